"""What a command does to the queue of its cluster, so that the queue begins nothing that was just stopped."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.commands import Cancel, ControlRequest, Pause, Resume, Terminate
from bot.errors import Unavailable
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import ChangeQueue, Proposal
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.fleet.status.queue import QueueSilent
from bot.model.queue import QueueChange, QueuedCustomer, QueueStanding, QueueState, StartingCustomer

_OF_CLUSTER: dict[type[ControlRequest], QueueChange] = {
    Pause: QueueChange.PAUSE,
    Resume: QueueChange.RESUME,
    Cancel: QueueChange.CLEAR,
    Terminate: QueueChange.CLEAR,
}
_OF_CUSTOMER: dict[type[ControlRequest], QueueChange] = {
    Pause: QueueChange.HOLD,
    Resume: QueueChange.RELEASE,
    Cancel: QueueChange.REMOVE,
    Terminate: QueueChange.REMOVE,
}


def of_cluster(command: ControlRequest, queue: QueueStanding | QueueSilent | None) -> tuple[ChangeQueue, ...]:
    """The change of the whole queue and, for ``resume``, the release of each held place. Empty if the command changes
    no queue, if no queue is open, or if nothing in the queue would change. If the queue does not answer, only the
    change of the whole queue is proposed."""
    change = _OF_CLUSTER.get(type(command))
    if change is None or queue is None or _skips_days(command):
        return ()
    if isinstance(queue, QueueSilent):
        return (ChangeQueue(change, "", None),)
    held = _of_places(QueueChange.RELEASE, queue.state) if change is QueueChange.RESUME else ()
    is_paused = bool(queue.state.paused_by)
    queued = _not_begun(queue.state) if change is QueueChange.CLEAR else queue.state.queued
    applies = is_paused if change is QueueChange.RESUME else bool(queued)
    if not applies or (change is QueueChange.PAUSE and is_paused):
        return held
    batches = tuple(sorted({each.batch for each in queued}))
    return (ChangeQueue(change, "", tuple(each.customer for each in queued), batches), *held)


def of_part(command: ControlRequest, part: QueueStanding | QueueSilent | None) -> tuple[ChangeQueue, ...]:
    """The changes of the part of the queue that belongs to one campaign: one for each of its places that would
    change. Raises Unavailable if the queue does not answer, because then its customers are not known."""
    change = _OF_CUSTOMER.get(type(command))
    if change is None or part is None or _skips_days(command):
        return ()
    if isinstance(part, QueueSilent):
        raise Unavailable("the queue", part.why)
    return _of_places(change, part.state)


def _of_places(change: QueueChange, state: QueueState) -> tuple[ChangeQueue, ...]:
    """One change for each place that ``change`` concerns. A removal concerns every place, a hold concerns places that
    are not held yet, and a release concerns held places."""
    places = _not_begun(state) if change is QueueChange.REMOVE else state.queued
    names = tuple(each.customer for each in places)
    return tuple(
        ChangeQueue(change, each.customer, names, (each.batch,))
        for each in places
        if not isinstance(each, QueuedCustomer)
        or change is QueueChange.REMOVE
        or each.is_held is (change is QueueChange.RELEASE)
    )


def of_waiting(command: Pause | Resume, context: ProposalContext) -> Proposal | None:
    """The proposal for a customer that only waits in the queue. ``pause`` holds its place, so others go first;
    ``resume`` releases the place. None if the customer has a sequence or does not wait in the queue, or if its place
    is already as the command wants it."""
    customer, queue = context.target.customer, context.queue
    queued = queue.state.queued if isinstance(queue, QueueStanding) else ()
    own = [each for each in queued if each.customer == customer]
    change = QueueChange.HOLD if isinstance(command, Pause) else QueueChange.RELEASE
    if context.sequence or all(each.is_held == (change is QueueChange.HOLD) for each in own):
        return None
    act = ChangeQueue(change, customer, tuple(each.customer for each in queued), _batches_of(own))
    return Proposal(command, context.target, (act,))


def with_place_given_up(
    command: Cancel | Terminate, context: ProposalContext, propose: Callable[[], Proposal]
) -> Proposal:
    """The proposal to stop a customer, with the acts that ``propose`` proposes. If the customer is queued, or the
    queue does not answer, an act that takes the customer out of the queue comes first. If ``propose`` then declines
    because nothing else is left to stop, that act is the only one.

    If ``propose`` raises ActionBlocked, this function always raises it, too. If ``propose`` raises a Declined of
    another kind, this function raises it only if no act takes the customer out of the queue.
    """
    out = _of_customer(context)
    if out is None:
        return propose()
    try:
        proposal = propose()
    except ActionBlocked:
        raise
    except Declined:
        return Proposal(command, context.target, (out,))
    return replace(proposal, acts=(out, *proposal.acts))


def _of_customer(context: ProposalContext) -> ChangeQueue | None:
    customer, queue = context.target.customer, context.queue
    if isinstance(queue, QueueSilent):
        return ChangeQueue(QueueChange.REMOVE, customer, None)
    queued = _not_begun(queue.state) if queue else ()
    own = [each for each in queued if each.customer == customer]
    if not own:
        return None
    return ChangeQueue(QueueChange.REMOVE, customer, tuple(each.customer for each in queued), _batches_of(own))


def _batches_of(places: Sequence[QueuedCustomer | StartingCustomer]) -> tuple[str, ...]:
    """The batches in which one customer waits: more than one if it waits for different days."""
    return tuple(sorted({each.batch for each in places}))


def _skips_days(command: ControlRequest) -> bool:
    return isinstance(command, Cancel) and command.range is not None


def _not_begun(state: QueueState) -> tuple[QueuedCustomer | StartingCustomer, ...]:
    """The customers whose sequences the queue has not begun: those whose turn has come, then those who wait."""
    return (*(customer for customer in state.starting if not customer.is_begun), *state.queued)
