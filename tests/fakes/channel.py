"""FakeChannel: the team's channel in memory, held to the contract of ``bot.ports.Channel`` by tests/adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.errors import DependencyError, NoAnswer, NotFound, Unavailable
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

    ``lost_replies`` counts posts that still are to take effect without an answer. ``late_effects`` counts those that
    get none and take effect so much later than they are given up: with the next call after ``lateness``.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    channel_id: str = "C0FAKE"
    said: list[Said] = field(default_factory=list)
    away: DependencyError | None = None
    lost_replies: int = 0
    late_effects: int = 0
    lateness: timedelta = timedelta(seconds=50)
    under_way: list[Said] = field(default_factory=list)
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
        said = Said(address, message, key, thread, broadcast, now)
        if self.late_effects:
            self.late_effects -= 1
            self.under_way.append(replace(said, said_at=now + self.lateness))
            raise NoAnswer("slack", "chat.postMessage: no answer in time")
        self.said.append(said)
        if self.lost_replies:
            self.lost_replies -= 1
            raise Unavailable("slack", "chat.postMessage: no connection")
        return address

    async def edit(self, address: Address, message: Message, key: str) -> None:
        self._answer()
        standing = self._standing(address)
        standing.message, standing.key = message, key
        standing.edits += 1

    async def find(
        self, key: str, since: datetime, thread: Address | None = None, until: datetime | None = None
    ) -> Address | None:
        self._answer()
        found = (
            said.address
            for said in self.said
            if said.key == key
            and since <= said.said_at <= (until or said.said_at)
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
        self.said += [said for said in self.under_way if said.said_at <= self.now()]
        self.under_way = [said for said in self.under_way if said.said_at > self.now()]
        if self.away is not None:
            raise self.away
