"""The team's chat: its channel, dialogs with one person, and who is who."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.message import Message, View
from bot.model import Address, Installation, Person


class Channel(Protocol):
    """The team's chat: Slack. Keys travel with each message, so that one can be found again."""

    async def post(
        self, message: Message, key: str, thread: Address | None = None, *, broadcast: bool = False
    ) -> Address:
        """Say it in the team channel, or in a thread (``broadcast``: shown in the channel as well).
        Raises NotFound when the thread is gone, and then nothing stands; after Unavailable it may stand all the same,
        and after NoAnswer it may come to stand later."""
        ...

    async def edit(self, address: Address, message: Message, key: str) -> None:
        """Replace what a message says. Raises NotFound when it has been deleted."""
        ...

    async def find(
        self, key: str, since: datetime, thread: Address | None = None, until: datetime | None = None
    ) -> Address | None:
        """The bot's own message that carries this key, posted at ``since`` or later, and at ``until`` or earlier.
        One that fell out of the ``thread`` it was meant for is taken away, and not found. Raises Refused when more
        was said then than can be looked through, Unavailable while what fell out cannot be taken away."""
        ...

    async def permalink(self, address: Address) -> str:
        """A link to the message. Raises NotFound."""
        ...

    async def check(self) -> str:
        """One line about workspace and channel, for ``python -m bot check``."""
        ...


class Modals(Protocol):
    """Dialogs with one person: Slack's modals."""

    async def open(self, trigger: str, view: View) -> str:
        """Show it; returns its id. Refused when ``trigger`` is over 3 s old, Conflict when it was used before."""
        ...

    async def update(self, view_id: str, view: View) -> None:
        """Show something else in its place. Raises NotFound when the person has closed it."""
        ...

    async def whisper(self, user_id: str, message: Message) -> None:
        """Tell one person, in the team channel or where they are not in it directly, what nothing else tells them."""
        ...


class People(Protocol):
    """Who is who in the chat service. Answers may be up to a minute old, or as old as ``within`` says."""

    async def person(self, user_id: str, within: timedelta | None = None) -> Person:
        """What is known of a user. Raises NotFound."""
        ...

    async def members(self, group_id: str, within: timedelta | None = None) -> frozenset[str]:
        """User ids in a user group. Raises NotFound."""
        ...

    async def home_team(self) -> str:
        """The id of the workspace the bot itself belongs to."""
        ...

    async def installation(self) -> Installation:
        """Where deliveries to this bot come from."""
        ...

    def forget(self, changed_id: str) -> None:
        """This user or group has changed: whoever asks next hears what is true then."""
        ...
