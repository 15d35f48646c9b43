"""A sequence: the durable driver of one customer's windows (design.md §5), as it travels between the bot's parts.

Everything here is plain data that Temporal keeps as JSON: a field that is added later needs a default.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.execution import ExecutionStatus, Ref
from bot.model.instruction import Instruction
from bot.model.window import Window

WORKFLOW_TYPE = "SequentialBackfill"
PROGRESS_QUERY = "progress"


class OnStuck(StrEnum):
    """What a sequence does after a window that cannot be cut any further has failed."""

    STOP = "stop"
    CONTINUE = "continue"


class Phase(StrEnum):
    """What a sequence is doing."""

    CLEARING = "clearing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    ENDED = "ended"


class WindowEnd(StrEnum):
    """What became of a window of a sequence."""

    COMPLETE = "complete"
    DIFFERS = "complete, but its count differs"
    HALVED = "cut in halves"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class SequenceEnd(StrEnum):
    """How a sequence ended."""

    COMPLETE = "complete"
    INCOMPLETE = "ended with days missing"
    STOPPED = "stopped at a window that failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many days a window has: ``days`` to begin with, then what the time taken says, from ``least`` to ``most``.

    ``target`` is how long a window should take.
    """

    days: int
    least: int
    most: int
    target: timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """A run that is open when a sequence begins, and the days it is for (None: not recognised)."""

    ref: Ref
    window: Window | None


@dataclass(frozen=True, slots=True)
class SequenceSpec:
    """What a sequence is to do, fixed when it is started.

    ``id`` names this one sequence for good: its messages' keys and its starts are made of it. ``clear`` are runs to
    be cancelled and waited for before anything starts; ``adopt`` are windows that run already and are followed first.
    ``days`` are the ranges still to be run, in order, without a day twice: windows are cut from them as they are
    taken. ``split_after`` counts heartbeat timeouts of one window. ``cancel_patience`` is how long a cancelled run
    may stay open before people are asked. ``thread_key`` is the outbox key of the message whose thread tells the
    story; its own card where no alert tells it. ``started_by`` is a user id; ``asked`` the command's word.
    ``started_at`` is by the cluster's clock, as ends of runs are.
    """

    id: str
    cluster: str
    customer: str
    asked: str
    clear: tuple[Held, ...]
    adopt: tuple[Held, ...]
    days: tuple[Window, ...]
    sizes: Sizes
    parallel: int
    split_after: int
    on_stuck: OnStuck
    cancel_patience: timedelta
    started_by: str
    started_at: datetime
    reason: str
    plan_digest: str
    thread_key: str

    @property
    def card_key(self) -> str:
        """The outbox key of a message of its own."""
        return f"sequence:{self.id}"


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A later run has completed what a message tells of as missing, seen ``at`` then; ``link`` leads to that run.

    ``is_unwatched``: nothing is known of that, but the cluster is not configured any more, so nothing can be done.
    """

    at: datetime
    link: str
    is_unwatched: bool = False


@dataclass(frozen=True, slots=True)
class RunningWindow:
    """A window that runs now. ``number`` counts what the sequence has begun or adopted, from 1; it names the start.

    ``is_adopted``: it ran before the sequence came. ``ref`` is None until the start is known. ``rests_until`` is set
    once it is closed and its days are left alone, since a silent attempt may still be writing. ``is_piece``: its days
    have been run before, and are to be run again. ``is_found``: as in ``StartResult``.
    """

    number: int
    window: Window
    started_at: datetime
    ref: Ref | None = None
    is_adopted: bool = False
    rests_until: datetime | None = None
    is_piece: bool = False
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class EndedWindow:
    """A window of a sequence that is over, and what there is to say of it; ``is_found`` as in ``StartResult``."""

    number: int
    window: Window
    end: WindowEnd
    took: timedelta
    ref: Ref | None = None
    note: str = ""
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class SequenceState:
    """All that one run of the workflow hands to the next one, and all it decides by.

    ``pieces`` have fixed borders and go before ``days`` (halves, windows to be run again). ``size`` is in days and
    may be a fraction, so that growth by a fifth is not lost on small windows. ``begun`` counts windows begun or
    adopted, ``closed`` those over (not those cut in halves), ``complete_days`` the days that completed under it.
    ``counts_skipped``: days left out count as windows that are over, as they did in sequences of before.
    ``dead_band`` is the share of the target by which a window may miss it before sizes change; 0 in those of before.
    ``troubled`` are ended windows that are not simply complete. ``told`` counts the lines told: it makes the keys of
    the next. ``proven`` is how many days the longest window had that got through; None in a sequence that began
    before this was kept, and goes on by the rules of then.
    """

    spec: SequenceSpec
    size: float
    most: int
    pieces: tuple[Window, ...]
    days: tuple[Window, ...]
    begun: int = 0
    closed: int = 0
    complete_days: int = 0
    troubled: tuple[EndedWindow, ...] = ()
    told: int = 0
    is_cleared: bool = False
    paused_by: str = ""
    stop: Instruction | None = None
    stuck: bool = False
    proven: int | None = None
    counts_skipped: bool = True
    dead_band: float = 0.0


@dataclass(frozen=True, slots=True)
class SequenceProgress:
    """How a sequence stands, for queries, cards and status.

    ``queued`` are the windows still to come, by the size of now; ``closed`` those over, without those cut in halves.
    Days that were left out are no windows: they are among the ``troubled``, and counted by ``skipped_days``. ``size``
    is in whole days. ``to_come`` are the days that it will still run by itself: none when it is being stopped.
    """

    spec: SequenceSpec
    phase: Phase
    running: tuple[RunningWindow, ...]
    closed: int
    queued: int
    queued_days: int
    complete_days: int
    size: int
    troubled: tuple[EndedWindow, ...] = ()
    paused_by: str = ""
    end: SequenceEnd | None = None
    to_come: tuple[Window, ...] = ()

    @property
    def total(self) -> int:
        """Windows of the sequence, by the size of now."""
        return self.closed + len(self.running) + self.queued

    @property
    def numbers(self) -> tuple[int, int]:
        """Of ``total``, the first and the last that runs now; while none does, the next one, twice. Whoever tells
        which window it is tells this."""
        first = min(self.closed + 1, self.total)
        return first, max(first, self.closed + len(self.running))

    @property
    def skipped_days(self) -> int:
        """Days that somebody had left out."""
        return sum(one.window.days for one in self.troubled if one.end is WindowEnd.SKIPPED)

    @property
    def marked(self) -> tuple[EndedWindow, ...]:
        """Windows that are over and not simply complete."""
        return tuple(one for one in self.troubled if one.end is not WindowEnd.SKIPPED)


@dataclass(frozen=True, slots=True)
class SequenceStanding:
    """A sequence as its cluster knows it; ``progress`` is None when nobody asked, or its worker did not answer.

    What is known without asking it (``id``, ``started_by``, ``reason``, ``thread_key``) is from its memo.
    """

    ref: Ref
    customer: str
    id: str
    status: ExecutionStatus
    started_by: str
    started_at: datetime
    reason: str
    thread_key: str
    progress: SequenceProgress | None = None
