"""FakeChannel: the team's channel in memory, held to the contract of ``bot.ports.Channel`` by tests/adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.errors import NotFound, SystemAnswer, Unavailable
from bot.message import Message
from bot.model import Address


@dataclass
class Said:
    """One message as it stands."""

    address: Address
    message: Message
    key: str
    thread: Address | None
    broadcast: bool
    said_at: datetime
    edits: int = 0


@dataclass
class FakeChannel:
    """Holds messages in order; ``away`` is raised by every call while it is set.

    ``lost_replies`` counts posts that still are to take effect without an answer.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    channel_id: str = "C0FAKE"
    said: list[Said] = field(default_factory=list)
    away: SystemAnswer | None = None
    lost_replies: int = 0
    posts: int = 0
    calls: int = 0

    async def post(
        self, message: Message, key: str, thread: Address | None = None, *, broadcast: bool = False
    ) -> Address:
        self._answer()
        if thread is not None:
            self._standing(thread)
        self.posts += 1
        now = self.now()
        address = Address(self.channel_id, f"{now.timestamp():.0f}.{self.posts:06}")
        self.said.append(Said(address, message, key, thread, broadcast, now))
        if self.lost_replies:
            self.lost_replies -= 1
            raise Unavailable("slack", "chat.postMessage: no answer in time")
        return address

    async def edit(self, address: Address, message: Message, key: str) -> None:
        self._answer()
        standing = self._standing(address)
        standing.message, standing.key = message, key
        standing.edits += 1

    async def find(self, key: str, since: datetime, thread: Address | None = None) -> Address | None:
        self._answer()
        found = (
            said.address
            for said in self.said
            if said.key == key
            and said.said_at >= since
            and (said.thread == thread or (thread is None and said.broadcast))
        )
        return next(found, None)

    async def permalink(self, address: Address) -> str:
        self._answer()
        self._standing(address)
        return f"https://slack.test/archives/{address.channel}/p{address.ts.replace('.', '')}"

    async def check(self) -> str:
        self._answer()
        return "a channel in memory"

    def delete(self, address: Address) -> None:
        """What a person does to a message of the bot's."""
        self.said.remove(self._standing(address))

    def _standing(self, address: Address) -> Said:
        for said in self.said:
            if said.address == address:
                return said
        raise NotFound("slack", f"no message at {address.ts}")

    def _answer(self) -> None:
        self.calls += 1
        if self.away is not None:
            raise self.away
