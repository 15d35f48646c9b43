"""What the bot needs of Slack: channels, modals, files and people."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.message import Document, HomeTab, Message, View
from bot.model import Address, Installation, Person


class Channel(Protocol):
    """The channels in which the bot posts unasked. Each message carries a key, by which it can be found again.

    ``channel`` is the id of a channel, "" for the team's own. A message in a thread is in the channel of its thread.
    """

    async def post(
        self,
        message: Message,
        key: str,
        thread: Address | None = None,
        *,
        broadcast: bool = False,
        channel: str = "",
    ) -> Address:
        """Post a message in a channel, or in a thread (``broadcast``: shown in the channel as well). A message with a
        document is posted as that file; if Slack accepts no files from the bot, it is posted without the document.
        Raises NotFound when the thread is gone; then nothing is posted. After Unavailable the message may be posted
        all the same, and after NoAnswer it may appear later."""
        ...

    async def edit(self, address: Address, message: Message, key: str) -> None:
        """Replace the content of a message. Raises NotFound when it has been deleted."""
        ...

    async def find(
        self,
        key: str,
        since: datetime,
        thread: Address | None = None,
        until: datetime | None = None,
        *,
        channel: str = "",
    ) -> Address | None:
        """The bot's own message with this key, posted between ``since`` and ``until`` (None: up to now). Returns None
        if there is no such message.

        A reply that Slack posted outside its ``thread`` is deleted and does not count as found. Raises Refused when
        the span holds more messages than the bot searches, and Unavailable while such a stray cannot be deleted.
        """
        ...

    def may_post(self, thread: Address | None = None, *, channel: str = "") -> bool:
        """Whether the rate limits of Slack allow a post in a channel, or in a thread, now. If they do not, and the
        bot posts all the same, the post waits or raises RateLimited."""
        ...

    def may_edit(self, address: Address) -> bool:
        """Whether the rate limits of Slack allow an edit of this message now. If they do not, and the bot makes the
        edit all the same, the edit waits or raises RateLimited."""
        ...

    async def unfurl(self, address: Address, cards: Mapping[str, Message]) -> None:
        """Show cards for links in a message of somebody else. ``cards`` has the card of each link, by the text of the
        link exactly as Slack delivered it."""
        ...

    async def permalink(self, address: Address) -> str:
        """A link to the message. Raises NotFound."""
        ...

    async def check(self) -> str:
        """One line about workspace and team channel, for ``python -m bot check``."""
        ...

    async def check_membership(self, channel: str) -> str:
        """The name of this channel. Raises Refused when the bot may not post in it, with what to do about that."""
        ...


class Modals(Protocol):
    """Slack's modals, the Home tab, and messages to one person alone."""

    async def open(self, trigger: str, view: View) -> str:
        """Open a modal and return its id. Raises Refused for a ``trigger`` over 3 s old, Conflict for a used one."""
        ...

    async def update(self, view_id: str, view: View) -> None:
        """Replace the content of a modal. Raises NotFound when the person has closed it."""
        ...

    async def publish(self, user_id: str, tab: HomeTab) -> None:
        """Show this person the tab when they open the app's Home, and at once if they have it open. Raises Refused
        where the app has no Home tab."""
        ...

    async def whisper(self, user_id: str, message: Message, channel: str = "", thread: Address | None = None) -> None:
        """Show a message to one person alone, in a thread or in a channel ("" is the team's own). If the person
        cannot see it there, send it to them directly."""
        ...


class Files(Protocol):
    """Files and pictures in Slack. Each method raises Refused where the bot may not share files. After Unavailable
    the file may be there all the same."""

    async def share(self, document: Document, thread: Address | None = None) -> None:
        """Share a file in the team channel, or in a thread."""
        ...

    async def send(self, user_id: str, document: Document) -> None:
        """Send a file to one person, as a direct message."""
        ...

    async def upload(self, picture: bytes, name: str, alt_text: str) -> str:
        """Upload a PNG that is in no channel until a message shows it; returns its id."""
        ...


class People(Protocol):
    """Users, user groups and workspaces. Answers may be up to a minute old, or as old as ``within`` says. The bot's
    installation never changes, but the bot may learn its app later than its workspace."""

    async def person(self, user_id: str, within: timedelta | None = None) -> Person:
        """One user. Raises NotFound."""
        ...

    async def members(self, group_id: str, within: timedelta | None = None) -> frozenset[str]:
        """The ids of the users in a user group. Raises NotFound."""
        ...

    async def home_team(self) -> str:
        """The id of the workspace that the bot itself belongs to."""
        ...

    async def installation(self) -> Installation:
        """The workspace, organisation and app that are named in what Slack delivers to this bot. The app is "" while
        Slack does not tell it."""
        ...

    def forget(self, changed_id: str) -> None:
        """Drop the cached answer about a user or group that has changed."""
        ...
