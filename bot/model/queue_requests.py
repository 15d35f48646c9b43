"""What a cluster's queue asks of the activities that act for it. A field that is added later needs a default."""

from dataclasses import dataclass

from bot.model.queue import Batch, NotBegun


@dataclass(frozen=True, slots=True)
class SurveyRequest:
    """A request for a survey. ``members`` are the workflow id, the sequence and the customer of each sequence that
    the queue knows, ``starting`` the sequence and the customer of each that it has begun and that has not sent its
    demand yet. ``is_wanted``: somebody waits for a slot. ``held`` are the places on hold, by customer and batch, and
    ``batches`` are their batches."""

    members: tuple[tuple[str, str, str], ...]
    starting: tuple[tuple[str, str], ...]
    is_wanted: bool
    held: tuple[tuple[str, str], ...] = ()
    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, slots=True)
class BeginQueuedRequest:
    """A request to begin the sequence of a queued customer under the id ``sequence``. ``may_wait``: if it cannot
    begin now, the customer may get another turn; in queues of earlier versions its turn goes on until it can."""

    batch: Batch
    customer: str
    sequence: str
    may_wait: bool = False


@dataclass(frozen=True, slots=True)
class BeginQueuedResult:
    """``not_begun`` is None if the sequence is begun."""

    not_begun: NotBegun | None = None
