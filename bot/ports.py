"""What the use-cases need from the outside, in the bot's words. Adapters implement these; fakes pass the same tests.

Every coroutine here may raise ``Unavailable`` (no answer within the port's own time limit), ``RateLimited`` or
``Refused`` (bot.errors); what else a method raises is in its docstring.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.message import Message, View
from bot.model import (
    Address,
    AuditTrail,
    DayCount,
    Description,
    Entry,
    Episode,
    Execution,
    Instruction,
    Memory,
    Person,
    Queued,
    Ref,
    SeenFailure,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    StartOrder,
    TableSpec,
    Window,
)


class Engine(Protocol):
    """The workflow engine of one cluster: Temporal."""

    async def executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """Every run of these types that is open or within retention, oldest start first."""
        ...

    async def open_executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """The open ones only. Listings lag by moments: decide with ``describe``."""
        ...

    async def describe(self, ref: Ref) -> Description:
        """One run now, with its pending activities. Raises NotFound once retention has removed it."""
        ...

    async def pollers(self, task_queue: str) -> int:
        """How many workers poll the queue for activities now."""
        ...

    def link(self, ref: Ref) -> str:
        """Where a person can look at the run, or "" when no web UI is configured."""
        ...

    async def check(self) -> str:
        """One line about who answered, for ``python -m bot check``."""
        ...


class Control(Protocol):
    """What the bot changes in one cluster's workflow engine. Whatever is asked twice is done once."""

    async def start(self, order: StartOrder) -> Ref:
        """Start the team's workflow. The run that this very order has started before, open or closed, is returned
        instead of a second one; so is an open run of the same workflow id. Raises Refused."""
        ...

    async def cancel(self, ref: Ref, reason: str) -> None:
        """Ask a run to end. Nothing happens to one that is closed or was asked before. Raises NotFound."""
        ...

    async def terminate(self, ref: Ref, reason: str) -> None:
        """End a run without asking it. Nothing happens to one that is closed. Raises NotFound."""
        ...

    async def begin(self, spec: SequenceSpec) -> None:
        """Start a sequence; the same one (by ``id``) again is no second one. Raises Conflict when another one of this
        customer is open."""
        ...

    async def sequences(self) -> list[SequenceStanding]:
        """The open ones of this cluster by customer, as listed: moments late, and without their progress."""
        ...

    async def sequence(self, customer: str) -> SequenceStanding | None:
        """The latest one of a customer, open or closed, as it stands now, with its progress if a worker answers;
        None when none is known."""
        ...

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        """Tell the open sequence of a customer; returns how it stands then. Raises NotFound when none is open, and
        Refused, with its reason, when the sequence does not take the instruction."""
        ...


class Warehouse(Protocol):
    """The warehouse of one cluster: ClickHouse. All days are days of the campaign's time zone."""

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        """Rows of each day that has any; a day without rows is absent. One statement."""
        ...

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, int]:
        """Rows the source holds, by day. Raises ValueError when the table has no expected statement."""
        ...

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        """Source rows of each customer by day, from the configured query; absent means none."""
        ...

    async def check(self) -> str:
        """One line about who answered, for ``python -m bot check``."""
        ...


class Channel(Protocol):
    """The team's chat: Slack. Keys travel with each message, so that one can be found again."""

    async def post(
        self, message: Message, key: str, thread: Address | None = None, *, broadcast: bool = False
    ) -> Address:
        """Say it in the team channel, or in a thread (``broadcast``: shown in the channel as well).
        Raises NotFound when the thread is gone."""
        ...

    async def edit(self, address: Address, message: Message, key: str) -> None:
        """Replace what a message says. Raises NotFound when it has been deleted."""
        ...

    async def find(self, key: str, since: datetime, thread: Address | None = None) -> Address | None:
        """The bot's own message that carries this key, posted at ``since`` or later."""
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
        """Tell one person in the team channel what its modal cannot tell any more."""
        ...


class People(Protocol):
    """Who is who in the chat service; answers may be up to a minute old."""

    async def person(self, user_id: str) -> Person:
        """What is known of a user. Raises NotFound."""
        ...

    async def members(self, group_id: str) -> frozenset[str]:
        """User ids in a user group. Raises NotFound."""
        ...

    async def home_team(self) -> str:
        """The id of the workspace the bot itself belongs to."""
        ...


class Journal(Protocol):
    """What the bot has seen and decided; the engine holds the running truth and wins where they differ."""

    async def record(self, entry: Entry, now: datetime) -> None:
        """Write all of it in one transaction. A failure or speech already recorded is not recorded twice;
        observations of runs that are closed may be dropped. Raises Conflict, and records nothing, when one of the
        episodes is not at the revision it was read at (0: when it is there already)."""
        ...

    async def memory(self, cluster: str, refs: Collection[Ref]) -> Memory:
        """What a pass over this cluster starts from: its open episodes, the ended ones whose ``root_key`` an open
        one shares (a storm), and the observations of these runs: closed ones may have left very many."""
        ...

    async def open_episodes(self) -> tuple[Episode, ...]:
        """All of them, oldest first."""
        ...

    async def episode(self, episode_id: str) -> Episode | None:
        """One episode, open or ended."""
        ...

    async def failures(self, refs: Collection[Ref]) -> Mapping[Ref, tuple[SeenFailure, ...]]:
        """Failures seen of these runs, by attempt; a run without any is absent."""
        ...

    async def last_seen(self) -> Mapping[str, datetime]:
        """When each cluster last answered; one that never did is absent."""
        ...

    async def snapshot(self) -> str:
        """The latest non-empty ``Entry.snapshot`` (the fleet at the last digest), or ""."""
        ...

    async def audit(self, name: str, limit: int) -> AuditTrail:
        """The latest ``limit`` of what ``Entry.audit`` recorded about one customer (or workflow id where none was
        recognised) or everything on a cluster, told by its name or as ``cluster/name`` in any case; "" for all."""
        ...

    async def check(self) -> str:
        """One line about the store, for ``python -m bot check``."""
        ...


class Outbox(Protocol):
    """Speeches on their way (design.md §8): recorded first, then posted, then given their address."""

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        """What is to be posted or edited now, in the order recorded. A reply is due only once its thread stands,
        and never before an earlier reply of the same thread; a postponed one holds back its own thread only."""
        ...

    async def begin(self, key: str, now: datetime) -> None:
        """Remember that a try is about to be made, before making it."""
        ...

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        """The message stands at ``address`` and says what revision ``revision`` says; 0: nobody knows which one,
        so it is due to be edited. No edit of it is due before ``edit_from``, and then only its latest body."""
        ...

    async def postpone(self, key: str, until: datetime, reason: str) -> None:
        """It could not be said; try again at ``until``."""
        ...

    async def set_aside(self, key: str, reason: str) -> None:
        """It can never be said: keep it with its reason, and let nothing wait behind it."""
        ...

    async def address(self, key: str) -> Address | None:
        """Where the speech of this key stands, if it does."""
        ...

    async def stuck(self) -> Sequence[tuple[str, str]]:
        """Key and reason of everything set aside."""
        ...
