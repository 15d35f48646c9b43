"""What a cluster's queue asks of the activities that act for it. A field that is added later needs a default."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.queue import Batch, NotBegun


@dataclass(frozen=True, slots=True)
class SurveyRequest:
    """A request for a survey. ``members`` has the workflow id, the sequence and the customer of each sequence that
    has sent the queue a demand. ``starting`` has the sequence and the customer of each sequence that was begun and
    has sent no demand yet. ``is_wanted``: somebody waits for a slot. ``held`` are the customers on hold, each with
    the id of its batch, and ``batches`` are the batches of these customers."""

    members: tuple[tuple[str, str, str], ...]
    starting: tuple[tuple[str, str], ...]
    is_wanted: bool
    held: tuple[tuple[str, str], ...] = ()
    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, slots=True)
class BeginQueuedRequest:
    """A request to begin the sequence of a queued customer under the id ``sequence``. ``may_wait``: if the sequence
    cannot begin now, the customer may get another turn. Queues of earlier versions leave ``may_wait`` False; in these
    queues, the customer's turn goes on until the sequence can begin. ``since`` is when the turn began, or None
    from these queues. The attempts of the activity do not tell, because each run of the queue begins it anew."""

    batch: Batch
    customer: str
    sequence: str
    may_wait: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class BeginQueuedResult:
    """The answer to a ``BeginQueuedRequest``. ``not_begun`` is the reason why no sequence was begun, or None if a
    sequence was begun."""

    not_begun: NotBegun | None = None
