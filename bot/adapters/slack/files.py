"""SlackFiles: bot.ports.Files on the Web API. SlackChannel also uses ``upload``, for the files of its messages.

An upload takes three calls (https://docs.slack.dev/messaging/working-with-files). Slack shares the file a moment
after the last call and does not return the message, so a caller that needs the message looks for it by the file's
name.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.errors import SYSTEM, translate_errors
from bot.errors import AccessDenied, Refused, Unavailable
from bot.message import Document
from bot.model import Address

# https://docs.slack.dev/reference/methods/files.getUploadURLExternal
LONGEST_ALT_TEXT = 1_000


class SlackFiles:
    """Files for the team channel and for single people. ``client`` must not retry by itself."""

    def __init__(self, client: AsyncWebClient, channel_id: str) -> None:
        self._client = client
        self._channel_id = channel_id

    async def share(self, document: Document, thread: Address | None = None) -> None:
        """See ``bot.ports.Files``. If the thread is gone, Slack shows the file in the channel."""
        channel, ts = (thread.channel, thread.ts) if thread else (self._channel_id, None)
        await upload(self._client, document, channel, ts)

    async def send(self, user_id: str, document: Document) -> None:
        """See ``bot.ports.Files``."""
        with translate_errors("conversations.open"):
            conversation = await self._client.conversations_open(users=user_id)
            channel = str(conversation["channel"]["id"])
        await upload(self._client, document, channel)

    async def upload(self, picture: bytes, name: str, alt_text: str) -> str:
        """See ``bot.ports.Files``. Slack takes at most ``LONGEST_ALT_TEXT`` characters of alternative text."""
        alt_text = alt_text[:LONGEST_ALT_TEXT]
        with _of_files():
            answer = await self._client.files_upload_v2(filename=name, content=picture, title=name, alt_txt=alt_text)
            return str(answer["files"][0]["id"])


async def upload(
    client: AsyncWebClient, document: Document, channel: str, thread_ts: str | None = None, comment: str = ""
) -> None:
    """Upload the file and share it. Raises Refused if the bot may not share files. After Unavailable, the file may
    have been shared nevertheless."""
    with _of_files():
        await client.files_upload_v2(
            filename=document.name,
            content=document.text,
            title=document.title,
            channel=channel,
            thread_ts=thread_ts,
            initial_comment=comment or None,
        )


@contextmanager
def _of_files() -> Iterator[None]:
    """Translate errors of an upload to those of bot.errors. AccessDenied becomes Refused, because a bot that may not
    upload can still do everything else."""
    try:
        with translate_errors("files.completeUploadExternal"):
            yield
    except SlackRequestError as exc:
        raise Unavailable(SYSTEM, "files: the upload was not taken") from exc
    except AccessDenied as exc:
        raise Refused(SYSTEM, exc.why) from exc
