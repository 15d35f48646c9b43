"""SlackModals: bot.ports.Modals on the Web API (slack-contract.md §4.7)."""

from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.errors import in_our_words
from bot.errors import NotFound, Refused
from bot.message import Message, View

_log = structlog.get_logger(__name__)


class SlackModals:
    """Dialogs in one workspace. ``client`` must not try again by itself: a trigger is good for one dialog."""

    def __init__(self, client: AsyncWebClient, channel_id: str) -> None:
        self._client = client
        self._channel_id = channel_id

    async def open(self, trigger: str, view: View) -> str:
        """Show it; after Unavailable it may stand there all the same."""
        with in_our_words("views.open"):
            answer = await self._client.views_open(trigger_id=trigger, view=view_json(view))
            return str(answer["view"]["id"])

    async def update(self, view_id: str, view: View) -> None:
        """Replace it, whatever it shows now: the last one wins."""
        with in_our_words("views.update"):
            await self._client.views_update(view_id=view_id, view=view_json(view))

    async def whisper(self, user_id: str, message: Message) -> None:
        """An ephemeral message; Slack keeps none, so it is gone when the person reloads. Where Slack shows them none,
        since they or the bot are not in the channel, a direct message
        (https://docs.slack.dev/reference/methods/chat.postEphemeral)."""
        drawn = [dict(block) for block in message.blocks] or None
        try:
            with in_our_words("chat.postEphemeral"):
                await self._client.chat_postEphemeral(
                    channel=self._channel_id, user=user_id, text=message.text, blocks=drawn
                )
        except (Refused, NotFound) as exc:
            _log.info("told by a direct message", user=user_id, why=str(exc))
            await self._tell_directly(user_id, message.text, drawn)

    async def _tell_directly(self, user_id: str, text: str, drawn: list[dict[str, Any]] | None) -> None:
        with in_our_words("conversations.open"):
            opened = await self._client.conversations_open(users=user_id)
            channel = opened["channel"]["id"]
        with in_our_words("chat.postMessage"):
            await self._client.chat_postMessage(
                channel=channel, text=text, blocks=drawn, unfurl_links=False, unfurl_media=False
            )


def view_json(view: View) -> dict[str, Any]:
    """As Slack takes it, in a call or in the acknowledgement of a submission."""
    drawn: dict[str, Any] = {
        "type": "modal",
        "title": _plain(view.title),
        "close": _plain(view.close),
        "blocks": [dict(block) for block in view.blocks],
    }
    if view.submit:
        drawn["submit"] = _plain(view.submit)
    if view.purpose:
        drawn |= {"callback_id": view.purpose, "private_metadata": view.memory}
    return drawn


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
