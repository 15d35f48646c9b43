"""Messages that people write to the bot: mentions in channels, and direct messages
(https://docs.slack.dev/reference/events/app_mention, https://docs.slack.dev/reference/events/message.im)."""

import re

from pydantic import ValidationError

from bot.commands import SLASH
from bot.manifest import MENTION
from bot.model import Actor, Address
from handlers.listeners.payloads import Identifier, Payload, Text

# Messages with these subtypes are written by a person. Messages with another subtype are edits, deletions, or a
# bot's.
_WRITTEN = frozenset({"", "file_share", "thread_broadcast"})
_ANY_MENTION = r"<@\w+(?:\|[^<>]*)?>"


class _Edited(Payload):
    user: Text = ""


class _Event(Payload):
    type: Text
    user: Text = ""
    text: Text = ""
    channel: Text = ""
    ts: Text = ""
    thread_ts: Text = ""
    channel_type: Text = ""
    subtype: Text = ""
    bot_id: Text = ""
    edited: _Edited | None = None


class _Installed(Payload):
    user_id: Text = ""
    is_bot: bool = False


class WrittenMessage(Payload):
    """The event about a message, whoever wrote it."""

    event_id: Identifier
    team_id: Text = ""
    authorizations: tuple[_Installed, ...] = ()
    event: _Event

    @property
    def is_for_the_bot(self) -> bool:
        """Whether this is a new message of a person to the bot. Edits do not count: the command may have been
        answered long ago."""
        event = self.event
        is_meant = event.type == MENTION or event.channel_type == "im"
        is_new = event.subtype in _WRITTEN and event.edited is None
        is_of_person = not event.bot_id and event.user not in {"", *self._own_ids}
        return is_meant and is_new and is_of_person and bool(event.channel and event.ts)

    @property
    def actor(self) -> Actor:
        """Who wrote the message, and where."""
        return Actor(self.event.user, self.team_id, self.event.channel)

    @property
    def is_direct(self) -> bool:
        """Whether this is a direct message to the bot."""
        return self.event.channel_type == "im"

    @property
    def address(self) -> Address:
        """The message itself."""
        return Address(self.event.channel, self.event.ts)

    @property
    def thread(self) -> Address | None:
        """The thread in which the message was written; None outside of threads."""
        return Address(self.event.channel, self.event.thread_ts) if self.event.thread_ts else None

    @property
    def command_text(self) -> str:
        """The text of the message. The mention of the bot is removed, and so is a slash command at the beginning."""
        own = "|".join(rf"<@{re.escape(id_)}(?:\|[^<>]*)?>" for id_ in self._own_ids)
        # Where the payload does not name the bot, a mention at the beginning is taken for the bot's own.
        text = re.sub(own, " ", self.event.text) if own else re.sub(rf"^\s*{_ANY_MENTION}", " ", self.event.text)
        # People set a mention apart with a colon or comma.
        text = re.sub(r"^[\s:,]+", "", text)
        return re.sub(rf"^{re.escape(SLASH)}(?=\s|$)", " ", text).strip()

    @property
    def _own_ids(self) -> frozenset[str]:
        """The user ids of the bot in the payload."""
        return frozenset(each.user_id for each in self.authorizations if each.is_bot and each.user_id)


def written_message(body: dict[str, object]) -> WrittenMessage | None:
    """The message of the event; None if the event is not a command of a person to the bot."""
    try:
        message = WrittenMessage.read(body)
    except ValidationError:
        return None
    return message if message.is_for_the_bot else None
