"""What the operations log says is left to do for a customer, and how long it takes until several customers are
complete. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.fleet.name_lookup import Target
from bot.fleet.status.estimate import Estimate, WorkLeft
from bot.fleet.status.estimate import until_last as until_last_work


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left to do for a customer: how many ``days`` are missing, how many ``windows`` are still to begin, and
    how many runs are open (``running``). ``goes_on`` is False if nothing runs. Then nothing happens until a person
    acts, unless the customer ``is_queued`` or ``may_be_queued``. ``eta`` is None if there is no estimate. ``work`` is
    the work that ``eta`` estimates; reports of earlier versions lack it."""

    target: Target
    days: int
    windows: int
    running: int
    goes_on: bool
    eta: Estimate | None
    work: WorkLeft | None = None
    is_queued: bool = False
    may_be_queued: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether nothing happens until a person acts."""
        return not (self.goes_on or self.is_queued or self.may_be_queued)


def until_last(left: Iterable[Remaining], slots: Mapping[str, int]) -> Estimate | None:
    """How long until the last of these customers is complete, if all run from now on; None if none of them has an
    estimate. ``slots`` is how many windows run at once on each cluster."""
    works = (each.work or WorkLeft(each.target.cluster, each.eta) for each in left if each.eta)
    return until_last_work(works, slots)
