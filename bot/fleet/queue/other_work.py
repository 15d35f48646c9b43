"""What takes slots of a cluster besides the sequences that its queue knows. Pure."""

from collections.abc import Collection, Iterable

from bot.fleet.runs.mapping import ORDER_KEY
from bot.model import Execution, Phase, SequenceProgress


def runs_of_nobody(runs: Iterable[Execution], sequences: Collection[str]) -> list[Execution]:
    """The runs that belong to none of these sequences: the team has started them itself, or their sequence ended
    before they did."""
    return [run for run in runs if starting_sequence(run) not in sequences]


def starting_sequence(run: Execution) -> str:
    """The id of the sequence that has started the run; "" if it was no sequence."""
    return run.hints.get(ORDER_KEY, "").rpartition(":")[0]


def slots_of(progress: SequenceProgress | None, parallel: int) -> int:
    """How many slots a sequence takes that the queue does not know: the most windows that it may still run at once.
    If the sequence does not answer (``progress`` None), this is ``parallel``."""
    if progress is None:
        return parallel
    starts_no_more = progress.phase in (Phase.PAUSED, Phase.STOPPING, Phase.ENDED) or not progress.queued
    return len(progress.running) if starts_no_more else progress.spec.parallel
