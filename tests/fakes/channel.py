"""FakeChannel: the team's channel in memory, tested against the contract of ``bot.ports.Channel``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.errors import AccessDenied, DependencyError, NoAnswer, NotFound, Refused, Unavailable
from bot.message import Message
from bot.model import Address


@dataclass
class PostedMessage:
    """One posted message."""

    address: Address
    message: Message
    key: str
    thread: Address | None
    broadcast: bool
    posted_at: datetime
    edits: int = 0


@dataclass
class FakeChannel:
    """Holds messages in order; ``away`` is raised by every call while it is set. The bot is not in the channels in
    ``closed``. ``of_people`` are the messages of others, in whose threads it may answer.

    The next ``lost_replies`` posts succeed without an answer. The next ``late_effects`` posts get no answer either,
    and appear later: with the first call after ``lateness``. Slack's rate limits allow ``posts_allowed`` and
    ``edits_allowed`` more calls; None: any number.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    channel_id: str = "C0FAKE"
    messages: list[PostedMessage] = field(default_factory=list)
    away: DependencyError | None = None
    lost_replies: int = 0
    late_effects: int = 0
    lateness: timedelta = timedelta(seconds=50)
    under_way: list[PostedMessage] = field(default_factory=list)
    posts: int = 0
    calls: int = 0
    closed: set[str] = field(default_factory=set)
    cards: list[tuple[Address, Mapping[str, Message]]] = field(default_factory=list)
    of_people: set[Address] = field(default_factory=set)
    posts_allowed: int | None = None
    edits_allowed: int | None = None

    async def post(
        self,
        message: Message,
        key: str,
        thread: Address | None = None,
        *,
        broadcast: bool = False,
        channel: str = "",
    ) -> Address:
        self._answer()
        if thread is not None and thread not in self.of_people:
            self._message_at(thread)
        channel = thread.channel if thread else channel or self.channel_id
        self._enter(channel)
        self.posts += 1
        self.posts_allowed = None if self.posts_allowed is None else self.posts_allowed - 1
        now = self.now()
        address = Address(channel, f"{now.timestamp():.0f}.{self.posts:06}")
        posted = PostedMessage(address, message, key, thread, broadcast, now)
        if self.late_effects:
            self.late_effects -= 1
            self.under_way.append(replace(posted, posted_at=now + self.lateness))
            raise NoAnswer("slack", "chat.postMessage: no answer in time")
        self.messages.append(posted)
        if self.lost_replies:
            self.lost_replies -= 1
            raise Unavailable("slack", "chat.postMessage: no connection")
        return address

    async def edit(self, address: Address, message: Message, key: str) -> None:
        self._answer()
        self._enter(address.channel)
        posted = self._message_at(address)
        self.edits_allowed = None if self.edits_allowed is None else self.edits_allowed - 1
        posted.message, posted.key = message, key
        posted.edits += 1

    async def find(
        self,
        key: str,
        since: datetime,
        thread: Address | None = None,
        until: datetime | None = None,
        *,
        channel: str = "",
    ) -> Address | None:
        self._answer()
        channel = thread.channel if thread else channel or self.channel_id
        self._enter(channel)
        addresses = (
            posted.address
            for posted in self.messages
            if (posted.key, posted.address.channel) == (key, channel)
            and since <= posted.posted_at <= (until or posted.posted_at)
            and (posted.thread == thread or (thread is None and posted.broadcast))
        )
        return next(addresses, None)

    def may_post(self, thread: Address | None = None, *, channel: str = "") -> bool:  # noqa: ARG002
        return self.posts_allowed != 0

    def may_edit(self, address: Address) -> bool:  # noqa: ARG002
        return self.edits_allowed != 0

    async def unfurl(self, address: Address, cards: Mapping[str, Message]) -> None:
        self._answer()
        self.cards.append((address, cards))

    async def permalink(self, address: Address) -> str:
        self._answer()
        self._message_at(address)
        return f"https://slack.test/archives/{address.channel}/p{address.ts.replace('.', '')}"

    async def check(self) -> str:
        self._answer()
        self._enter(self.channel_id)
        return "a channel in memory"

    async def check_membership(self, channel: str) -> str:
        self._answer()
        if channel in self.closed:
            raise Refused("slack", f"the bot is not in {channel}")
        return f"#{channel}"

    def delete(self, address: Address) -> None:
        """Delete a message of the bot, as a person may."""
        self.messages.remove(self._message_at(address))

    def _enter(self, channel: str) -> None:
        if channel in self.closed:
            raise AccessDenied("slack", "not_in_channel")

    def _message_at(self, address: Address) -> PostedMessage:
        for posted in self.messages:
            if posted.address == address:
                return posted
        raise NotFound("slack", f"no message at {address.ts}")

    def _answer(self) -> None:
        self.calls += 1
        self.messages += [posted for posted in self.under_way if posted.posted_at <= self.now()]
        self.under_way = [posted for posted in self.under_way if posted.posted_at > self.now()]
        if self.away is not None:
            raise self.away
