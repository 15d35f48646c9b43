"""The data of a sequence, the workflow that runs one customer's windows: what it should do, its state, its progress.

Temporal stores all of it as JSON, so a field that is added later needs a default (docs/decisions/sequences.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.doubt import Doubt
from bot.model.execution import Pause, Ref
from bot.model.instruction import Instruction
from bot.model.window import Window
from bot.model.window_results import AlikeWindows, CompletedWindow

WORKFLOW_TYPE = "SequentialBackfill"
PROGRESS_QUERY = "progress"


class OnStuck(StrEnum):
    """What a sequence does after the failure of a window that cannot be cut any further."""

    STOP = "stop"
    CONTINUE = "continue"


class Phase(StrEnum):
    """The phase of a sequence. While it is clearing, it waits for runs that it has cancelled."""

    CLEARING = "clearing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    ENDED = "ended"


class WindowEnd(StrEnum):
    """How a window of a sequence ended."""

    COMPLETE = "complete"
    DIFFERS = "complete, but its count differs"
    IN_DOUBT = "in doubt"
    HALVED = "cut in halves"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class SequenceEnd(StrEnum):
    """How a sequence ended."""

    COMPLETE = "complete"
    IN_DOUBT = "every window ran, and a count differs"
    INCOMPLETE = "ended with days missing"
    STOPPED = "stopped at a window that failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many days a window has. The first windows have ``days`` days. Later windows are sized so that each takes
    about the time ``target``, within the bounds ``least`` and ``most``."""

    days: int
    least: int
    most: int
    target: timedelta


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that is open when a sequence begins, and its days if they are recognised."""

    ref: Ref
    window: Window | None


@dataclass(frozen=True, slots=True)
class SequenceSpec:
    """What a sequence should do, fixed when it is started.

    ``id`` is unique and permanent: message keys and tokens of starts contain it. ``asked`` is the word of the command
    that began it, and ``started_by`` a user id. ``started_at`` is on the cluster's clock, as the ends of runs are.
    ``clear`` are runs to cancel; nothing starts before they have closed. ``adopt`` are windows that run already and
    are followed first. ``days`` are the ranges to run, in order and without overlap; windows are cut from them.
    ``split_after`` is the number of heartbeat timeouts after which a window is halved. ``cancel_patience`` is how
    long a cancelled run may stay open before the bot asks people to look. ``thread_key`` is the outbox key of the
    message whose thread the sequence writes to: an alert, its own card, or a message about many customers.
    ``batch`` is the id of its batch in the cluster's queue, or "". Sequences of earlier versions lack ``campaign``.
    """

    id: str
    cluster: str
    customer: str
    asked: str
    clear: tuple[OpenRun, ...]
    adopt: tuple[OpenRun, ...]
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
    batch: str = ""
    campaign: str = ""

    @property
    def card_key(self) -> str:
        """The outbox key of the sequence's own message."""
        return f"sequence:{self.id}"


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Why a message about missing days is out of date. At ``at`` the bot saw that a run, whose web page is ``link``,
    had completed the days; or, if ``is_unwatched``, that the cluster was no longer configured."""

    at: datetime
    link: str
    is_unwatched: bool = False


@dataclass(frozen=True, slots=True)
class RunningWindow:
    """A window that runs now. ``number`` counts the windows begun or adopted, from 1; the start's token contains it.

    ``ref`` is None until the start is confirmed. ``is_adopted``: the run is older than the sequence. ``rests_until``:
    the run has closed, and up to this time an attempt without heartbeats may still write; else None. ``is_piece``:
    the sequence runs these days again. ``is_found``: as in ``StartResult``.
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
    """A window that has ended. ``note`` and ``doubt`` explain ``end``; ``is_found`` is as in ``StartResult``."""

    number: int
    window: Window
    end: WindowEnd
    took: timedelta
    ref: Ref | None = None
    note: str = ""
    is_found: bool = False
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class SequenceState:
    """The whole state of a sequence. One run of the workflow hands it to the next when it continues as new.

    ``size`` is in days, maybe a fraction, so that growth is not lost on small windows. ``pieces`` are windows with
    fixed borders (halves, repeated windows); they run before ``days``. ``begun`` counts windows begun or adopted,
    ``closed`` those that have ended other than by being cut in halves. ``complete_days`` counts the days that the
    sequence has completed. ``troubled`` are ended windows that are neither complete nor cut in halves nor to run
    again. ``told`` is the number of the last published line; outbox keys contain it. ``proven`` is the length of the
    longest completed window, in days. ``dead_band``: the size changes only if a window's time misses the target time
    by more than this share of the target. ``counts_skipped``: skipped days count as closed windows. ``tickets`` is
    the number of the latest ticket or demand to its cluster's queue: the two are numbered together. ``latest`` is the
    window that completed last. ``measured_time`` is how long ``measured_days`` days took together. The defaults of
    ``proven``, ``dead_band`` and ``counts_skipped`` stand for the rules of earlier versions.
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
    tickets: int = 0
    latest: CompletedWindow | None = None
    measured_days: int = 0
    measured_time: timedelta = timedelta(0)
    alike: AlikeWindows | None = None
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class SequenceProgress:
    """The progress of a sequence, for queries, cards and status.

    ``queued`` counts the windows to come at the present size. Skipped days are among ``troubled``. ``size`` is in
    whole days. ``to_come`` are the days that it will still run; none while it is being stopped. ``left`` are the days
    that an ended sequence has not reached. ``waits_for_slot``: a window waits for the cluster's queue. The other
    fields are as in ``SequenceState``. Earlier versions do not report ``left`` and ``pause``.
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
    waits_for_slot: bool = False
    latest: CompletedWindow | None = None
    measured_days: int = 0
    measured_time: timedelta = timedelta(0)
    left: tuple[Window, ...] = ()
    pause: Pause | None = None

    @property
    def total(self) -> int:
        """How many windows it has, at the present size."""
        return self.closed + len(self.running) + self.queued

    @property
    def numbers(self) -> tuple[int, int]:
        """The first and last running window, by number ("3 to 5 of 12"). If none runs, both are the next window."""
        first = min(self.closed + 1, self.total)
        return first, max(first, self.closed + len(self.running))

    @property
    def skipped_days(self) -> int:
        """How many days were skipped on request."""
        return sum(ended.window.days for ended in self.troubled if ended.end is WindowEnd.SKIPPED)

    @property
    def marked(self) -> tuple[EndedWindow, ...]:
        """The windows that ended with a problem: ``troubled`` without the skipped ones."""
        return tuple(ended for ended in self.troubled if ended.end is not WindowEnd.SKIPPED)
