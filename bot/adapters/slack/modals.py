"""SlackModals: bot.ports.Modals on the Web API (docs/slack-facts.md#trigger_id-and-views)."""

from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.errors import translate_errors
from bot.errors import AccessDenied, NotFound, UnrecognisedRefusal
from bot.message import HomeTab, Message, View
from bot.model import Address

_log = structlog.get_logger(__name__)


class SlackModals:
    """Modals, Home tabs and messages to one person, in one workspace. ``client`` must not retry by itself: a trigger
    opens one modal only."""

    def __init__(self, client: AsyncWebClient, channel_id: str) -> None:
        self._client = client
        self._channel_id = channel_id

    async def open(self, trigger: str, view: View) -> str:
        """Open a modal. Returns the id of its view. After Unavailable it may be open nevertheless."""
        with translate_errors("views.open"):
            answer = await self._client.views_open(trigger_id=trigger, view=view_json(view))
            return str(answer["view"]["id"])

    async def update(self, view_id: str, view: View) -> None:
        """Replace a modal's content, whatever it shows now: the last update wins."""
        with translate_errors("views.update"):
            await self._client.views_update(view_id=view_id, view=view_json(view))

    async def publish(self, user_id: str, tab: HomeTab) -> None:
        """Replace the person's Home tab (https://docs.slack.dev/reference/methods/views.publish)."""
        with translate_errors("views.publish"):
            blocks = [dict(block) for block in tab.blocks]
            await self._client.views_publish(user_id=user_id, view={"type": "home", "blocks": blocks})

    async def whisper(self, user_id: str, message: Message, channel: str = "", thread: Address | None = None) -> None:
        """Send an ephemeral message. Slack does not keep it, so it is gone after a reload. If Slack refuses it
        because the person or the bot is not in the channel, or for a reason that the bot does not know, send a direct
        message instead. A message that is at fault itself, such as one with invalid blocks, is not sent again
        (https://docs.slack.dev/reference/methods/chat.postEphemeral)."""
        blocks = blocks_json(message) or None
        try:
            with translate_errors("chat.postEphemeral"):
                await self._client.chat_postEphemeral(
                    channel=thread.channel if thread else channel or self._channel_id,
                    user=user_id,
                    text=message.text,
                    blocks=blocks,
                    thread_ts=thread.ts if thread else None,
                )
        except (AccessDenied, UnrecognisedRefusal, NotFound) as exc:
            _log.info("told by a direct message", user=user_id, why=str(exc))
            await self._send_direct_message(user_id, message.text, blocks)

    async def _send_direct_message(self, user_id: str, text: str, blocks: list[dict[str, Any]] | None) -> None:
        with translate_errors("conversations.open"):
            conversation = await self._client.conversations_open(users=user_id)
            channel = conversation["channel"]["id"]
        with translate_errors("chat.postMessage"):
            await self._client.chat_postMessage(
                channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )


def blocks_json(message: Message) -> list[dict[str, Any]]:
    """The blocks of a message as Slack takes them."""
    return [dict(block) for block in message.blocks]


def view_json(view: View) -> dict[str, Any]:
    """A view as Slack takes it, in a call or in the acknowledgement of a submission."""
    payload: dict[str, Any] = {
        "type": "modal",
        "title": _plain(view.title),
        "close": _plain(view.close),
        "blocks": [dict(block) for block in view.blocks],
    }
    if view.submit:
        payload["submit"] = _plain(view.submit)
    if view.purpose:
        payload |= {"callback_id": view.purpose, "private_metadata": view.memory}
    return payload


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
