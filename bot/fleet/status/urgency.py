"""The order in which open customers are shown: what needs a person first."""

from collections.abc import Sequence

from bot.fleet.status.backfill import Backfill
from bot.model import Health, State

# Worst first: states that need a person, then states that go on by themselves. Customers with an unhealthy run come
# right after the failed ones.
_URGENCY = (
    State.FAILED,
    State.IN_DOUBT,
    State.CANCELLED,
    State.PARTIAL,
    State.CANCELLING,
    State.RUNNING,
    State.NOT_STARTED,
    State.UNKNOWN,
    State.COMPLETE,
    State.NOT_APPLICABLE,
)


def worst_first(backfills: Sequence[Backfill]) -> tuple[Backfill, ...]:
    """The backfills sorted: failed ones first, then by health, by how much their state needs a person, by cluster, by
    their turn in its queue, and by customer.

    A paused backfill ranks as partial, because nothing happens until somebody resumes it. One that waits in the queue
    ranks below those that run.
    """

    def key(backfill: Backfill) -> tuple[bool, int, int, str, int, str]:
        health, state = (backfill.health or Health.HEALTHY).rank, _ranked_as(backfill)
        turn = backfill.place.place if backfill.place else 0
        return state is not State.FAILED, health, _URGENCY.index(state), backfill.cluster, turn, backfill.customer

    return tuple(sorted(backfills, key=key))


def _ranked_as(backfill: Backfill) -> State:
    if backfill.place or backfill.may_be_queued:
        return State.PARTIAL if backfill.needs_person else State.NOT_STARTED
    is_paused = backfill.state is State.RUNNING and not backfill.goes_on
    return State.PARTIAL if is_paused else backfill.state
