"""The data of a cluster's queue: which customers wait for their sequence, and which sequences have slots.

Temporal stores all of it as JSON, and a queue of 5,000 customers has to fit into its 2 MB: so a customer has few
fields, and what customers of one command have in common is in its batch. A field that is added later needs a default.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.execution import Ref
from bot.model.window import Window

QUEUE_TYPE = "BackfillQueue"
QUEUE_QUERY = "state"
# Temporal limits the size of a signal; this many customers with long names stay far below it.
MAX_CUSTOMERS_PER_MESSAGE = 500


def queue_id(task_queue: str) -> str:
    """The workflow id of the queue whose sequences are driven on this task queue."""
    return f"{task_queue}-queue"


class QueueSignal(StrEnum):
    """The names of the signals that a queue and its sequences receive."""

    DEMAND = "demand"
    ENQUEUE = "enqueue"
    CHANGE = "change"
    GRANTED = "granted"
    DEMAND_AGAIN = "demand_again"


class QueueOrder(StrEnum):
    """Which of the queued customers is next."""

    SMALLEST = "smallest"
    LARGEST = "largest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Batch:
    """What the customers of one confirmed command have in common: who asked, why, and for which days.

    ``id`` is unique; the ids of the sequences contain it. ``which`` is the value of a ``bot.commands.Selection``:
    which of the windows to start. If ``days`` is None, each customer's windows are sized when its turn comes.
    ``campaign`` is "" in a batch of an earlier version.
    """

    id: str
    by: str
    reason: str
    which: str
    whole: Window
    days: int | None = None
    thread_key: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class QueuedCustomer:
    """A customer that waits for its sequence. ``rows`` is its volume, or None; ``batch`` is the id of its batch."""

    customer: str
    rows: int | None
    batch: str
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class StartingCustomer:
    """A customer whose sequence is being begun, until the sequence has sent its first demand. Meanwhile the customer
    counts against the number of sequences that the queue may begin. ``since`` is when its turn came; None if an
    earlier version of the bot began it.

    ``sequence`` is the id that the sequence gets. ``is_begun``: the sequence is open, or has already ended. ``rows``
    is the customer's volume.
    """

    customer: str
    batch: str
    sequence: str
    is_begun: bool = False
    rows: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """All slots that a sequence has and wants. Each is named by a ticket: a number under which the sequence asks for
    a slot and then holds it.

    ``waiting`` are the tickets that want a slot, and ``held`` those that have one. The whole demand is sent whenever
    it changes, so a lost or repeated demand does no harm; the latest has the highest ``revision``. ``batch`` is ""
    for the sequence of a single command. ``is_over``: the sequence has ended.
    """

    workflow_id: str
    sequence: str
    customer: str
    batch: str
    revision: int
    waiting: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    is_over: bool = False

    @property
    def is_single(self) -> bool:
        """Whether a command began this sequence itself, instead of the queue."""
        return not self.batch


@dataclass(frozen=True, slots=True)
class Member:
    """An open sequence that the queue knows. Each of its tickets asks for a slot, which is the permission to run one
    window; ``granted`` are the tickets that have their slot. ``turn`` orders the sequences that wait, the lowest
    first: those of single commands among themselves, and those of batches among themselves."""

    demand: Demand
    granted: tuple[int, ...] = ()
    turn: int = 0

    @property
    def ungranted(self) -> tuple[int, ...]:
        """The tickets that wait for a slot."""
        return tuple(ticket for ticket in self.demand.waiting if ticket not in self.granted)


class NotBegun(StrEnum):
    """Why the queue has begun no sequence for a customer whose turn came. ``NOT_NOW``: the sequence cannot begin now,
    for instance because no worker would run it, so the customer waits for another turn."""

    NOTHING_TO_RUN = "nothing to run"
    SEQUENCE_OPEN = "a sequence is open"
    RUN_OPEN = "a run is open"
    REFUSED = "refused"
    NOT_NOW = "not now"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A customer for which the queue has begun no sequence."""

    customer: str
    why: NotBegun


@dataclass(frozen=True, slots=True)
class OtherSequence:
    """An open sequence that has sent this queue no demand. ``slots`` is how many windows it may run at once."""

    workflow_id: str
    sequence: str
    customer: str
    slots: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What a queue has to know of its cluster. The queue makes its next survey after the time ``again_after``, or
    earlier if it needs one.

    ``at_once`` is how many windows may run at the same time. ``other_runs`` counts the open runs of the team's
    definitions that belong to no open sequence; ``examples`` are some of them. ``left_windows`` counts the
    ``other_runs`` that were started by sequences which are over by now. ``other_sequences`` take slots, too. ``gone``
    names the sequences of the queue that are not open: a member by its workflow id, a starting customer by its
    sequence id. ``finished`` are customers on hold whose days are complete by now, each with the id of its batch.
    """

    at_once: int
    other_runs: int
    examples: tuple[Ref, ...]
    other_sequences: tuple[OtherSequence, ...]
    gone: tuple[str, ...]
    again_after: timedelta
    finished: tuple[tuple[str, str], ...] = ()
    left_windows: int = 0


@dataclass(frozen=True, slots=True)
class QueueState:
    """The whole state of a queue, which one run of the workflow hands to the next when it continues as new.

    ``queued`` has the next turn first. ``singles_in_row`` counts the slots that went to sequences of single commands
    since a sequence of a batch last got a slot. ``turns`` is the latest ``Member.turn``. ``withdrawn`` are the ids of
    sequences that had sent no demand yet when their customers were taken out of the queue. ``by_batch``: a customer
    that is in several batches waits once for each; False in queues of earlier versions. ``rules`` is the version of
    the rules by which the queue decides; 0 in queues of earlier versions. ``survey`` was made at
    ``surveyed_at``: a run hands its latest survey on when it continues as new, unless the queue needs another one.
    """

    queued: tuple[QueuedCustomer, ...] = ()
    batches: tuple[Batch, ...] = ()
    starting: tuple[StartingCustomer, ...] = ()
    members: tuple[Member, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    order: QueueOrder = QueueOrder.SMALLEST
    paused_by: str = ""
    turns: int = 0
    singles_in_row: int = 0
    withdrawn: tuple[str, ...] = ()
    by_batch: bool = False
    rules: int = 0
    survey: Survey | None = None
    surveyed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enqueue:
    """A message to the queue: run these customers of a batch. From now on, ``order`` applies to all that wait."""

    batch: Batch
    customers: tuple[QueuedCustomer, ...]
    order: QueueOrder


class QueueChange(StrEnum):
    """The kinds of change that people make to a queue."""

    HOLD = "hold"
    RELEASE = "release"
    REMOVE = "remove"
    PAUSE = "pause"
    RESUME = "resume"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class QueueInstruction:
    """A change that the person ``by`` makes to the queue. Hold, release and remove concern these ``customers``; if
    ``batches`` are given, they concern the customers only in these batches. Pause, resume and clear concern the whole
    queue, and both fields are empty."""

    change: QueueChange
    by: str
    customers: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """An open queue as it is now. ``survey`` is its latest survey; None before the first survey."""

    state: QueueState
    survey: Survey | None = None
