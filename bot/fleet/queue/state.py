"""The state of a cluster's queue, and how messages change it. Pure.

The workflow holds a ``QueueState``, which no function here changes: a step returns a new one. Each message may arrive
twice. ``bot.model.queue`` explains batches, demands, tickets and surveys.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from bot.fleet.queue.places import held_among, includes, waiting_for
from bot.fleet.queue.rules import upgrade
from bot.model.queue import (
    Demand,
    Enqueue,
    LeftOut,
    Member,
    NotBegun,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueState,
    StartingCustomer,
    Survey,
)
from bot.model.queue_requests import BeginQueuedResult, SurveyRequest

# Temporal limits a payload to 2 MB. If very many customers are left out, only the last ones are kept.
MAX_LEFT_OUT = 50
# A withdrawn sequence that begins all the same does so within seconds, so the last ones are enough.
MAX_WITHDRAWN = 200


def begin() -> QueueState:
    """An empty queue."""
    return upgrade(QueueState())


def queued_sequence(batch: str, customer: str) -> str:
    """The id of the customer's sequence in this batch. A repeated start gets the same id."""
    return f"{batch}{hashlib.sha256(customer.encode()).hexdigest()[:8]}"


def enqueue(state: QueueState, message: Enqueue) -> QueueState:
    """Add the customers of a batch, except those that already wait for all that the batch asks for. If a customer
    waits for only a part of that, the new place replaces the old one. If it waits for other days, it gets a second
    place."""
    present = waiting_for(message.batch, state)
    new = [queued for queued in message.customers if queued.customer not in present]
    names = {queued.customer for queued in new}
    same = (batch for batch in state.batches if batch.campaign == message.batch.campaign)
    parts = {batch.id for batch in same if state.by_batch and includes(message.batch, batch)}
    replaced = [each for each in state.queued if each.batch in parts and each.customer in names]
    kept = (each for each in state.queued if each.batch not in parts or each.customer not in names)
    held = held_among(replaced, state)
    added = (replace(each, is_held=each.customer in held) for each in new)
    after = replace(
        state,
        queued=tuple(ordered([*kept, *added], message.order)),
        order=message.order,
        batches=(*(batch for batch in state.batches if batch.id != message.batch.id), message.batch),
        left_out=tuple(left for left in state.left_out if left.customer not in names),
    )
    return _without_unused_batches(after)


def ordered(customers: Iterable[QueuedCustomer], order: QueueOrder) -> list[QueuedCustomer]:
    """The customers in this order. If the order is by volume, customers of unknown volume come last, and customers of
    equal volume are ordered by name."""
    by_name = sorted(customers, key=lambda queued: queued.customer)
    if order is QueueOrder.NAME:
        return by_name
    sign = 1 if order is QueueOrder.SMALLEST else -1
    return sorted(by_name, key=lambda queued: (queued.rows is None, sign * (queued.rows or 0)))


def change(state: QueueState, instruction: QueueInstruction) -> QueueState:
    """The state after an instruction. Customers that are no longer queued are ignored."""
    match instruction.change:
        case QueueChange.PAUSE:
            return replace(state, paused_by=instruction.by)
        case QueueChange.RESUME:
            return replace(state, paused_by="")
        case QueueChange.CLEAR:
            starting = tuple(each for each in state.starting if _is_kept(each, state))
            return _without_unused_batches(replace(_withdrawing(state, starting), queued=(), paused_by=""))
        case QueueChange.HOLD | QueueChange.RELEASE:
            is_held = instruction.change is QueueChange.HOLD
            queued = (
                replace(customer, is_held=is_held) if _concerns(instruction, customer) else customer
                for customer in state.queued
            )
            return replace(state, queued=tuple(queued))
        case QueueChange.REMOVE:
            return _without_unused_batches(_remove(state, instruction))


def _concerns(instruction: QueueInstruction, customer: QueuedCustomer | StartingCustomer) -> bool:
    is_of_batch = not instruction.batches or customer.batch in instruction.batches
    return is_of_batch and customer.customer in instruction.customers


def _remove(state: QueueState, instruction: QueueInstruction) -> QueueState:
    queued = tuple(queued for queued in state.queued if not _concerns(instruction, queued))
    starting = tuple(each for each in state.starting if _is_kept(each, state) or not _concerns(instruction, each))
    return replace(_withdrawing(state, starting), queued=queued)


def _is_kept(customer: StartingCustomer, state: QueueState) -> bool:
    """Whether a customer that is taken out of the queue stays in ``starting``. In a queue of an earlier version, it
    stays if its sequence has begun; whoever takes the customer out then also cancels the sequence. In a newer queue,
    it never stays, and the queue itself cancels the sequence. The queue does so when the sequence sends its first
    demand, because until then Temporal possibly does not list the sequence yet."""
    return customer.is_begun and not state.rules


def _withdrawing(state: QueueState, starting: tuple[StartingCustomer, ...]) -> QueueState:
    """The state in which the queue is beginning sequences only for the customers in ``starting``. The sequences of
    the others become ``withdrawn``, so that the queue cancels them if they begin nevertheless."""
    withdrawn = [each.sequence for each in state.starting if each not in starting] if state.by_batch else []
    return replace(state, starting=starting, withdrawn=(*state.withdrawn, *withdrawn)[-MAX_WITHDRAWN:])


def take_demand(state: QueueState, demand: Demand) -> QueueState:
    """The state after a sequence has said which slots it has and wants. Slots that it does not name are free."""
    known = next((member for member in state.members if member.demand.workflow_id == demand.workflow_id), None)
    is_same = known is not None and known.demand.sequence == demand.sequence
    if known and is_same and demand.revision < known.demand.revision:
        return state
    starting = tuple(customer for customer in state.starting if customer.sequence != demand.sequence)
    others = tuple(member for member in state.members if member is not known)
    state = _without_unused_batches(replace(state, starting=starting, members=others))
    if demand.is_over:
        return state
    named = {*demand.waiting, *demand.held}
    before = known.granted if known and is_same else ()
    granted = tuple(sorted({*demand.held, *(ticket for ticket in before if ticket in named)}))
    is_waiting = known is not None and is_same and bool(known.ungranted)
    turns = state.turns if is_waiting else state.turns + 1
    turn = known.turn if known and is_waiting else turns
    return replace(state, members=(*state.members, Member(demand, granted, turn)), turns=turns)


def is_new_single(state: QueueState, demand: Demand) -> bool:
    """Whether the queue hears for the first time of this sequence, which a single command has begun. The queue then
    needs a new survey, because the latest one may lack the sequence."""
    is_known = any(member.demand.workflow_id == demand.workflow_id for member in state.members)
    return demand.is_single and not demand.is_over and not is_known


def begun(state: QueueState, sequence: str, result: BeginQueuedResult) -> QueueState:
    """The state after an attempt to begin a customer's sequence, whether the sequence was begun or not."""
    starting = next((customer for customer in state.starting if customer.sequence == sequence), None)
    if starting is None:
        return state
    others = tuple(customer for customer in state.starting if customer is not starting)
    if result.not_begun is None:
        return replace(state, starting=(*others, replace(starting, is_begun=True)))
    if result.not_begun is NotBegun.NOT_NOW:
        return _behind_others(replace(state, starting=others), starting)
    left_out = state.left_out
    if result.not_begun is not NotBegun.NOTHING_TO_RUN:
        left_out = (*left_out, LeftOut(starting.customer, result.not_begun))[-MAX_LEFT_OUT:]
    return _without_unused_batches(replace(state, starting=others, left_out=left_out))


def _behind_others(state: QueueState, starting: StartingCustomer) -> QueueState:
    """The state in which the customer waits again, behind all others. The rest of its batch also goes behind the
    other batches: it needs the same workers, and a lack of these may be why the sequence could not begin."""
    again = QueuedCustomer(starting.customer, starting.rows, starting.batch)
    first = (each for each in state.queued if each.batch != starting.batch)
    own = (each for each in state.queued if each.batch == starting.batch)
    return replace(state, queued=(*first, *own, again))


def survey_request(state: QueueState) -> SurveyRequest:
    """The questions for the next survey. Leaves out sequences that are not begun yet: such a sequence may begin just
    after the survey has looked for it, and would then count as gone."""
    demands = (member.demand for member in state.members)
    held = tuple((queued.customer, queued.batch) for queued in state.queued if queued.is_held)
    return SurveyRequest(
        members=tuple((demand.workflow_id, demand.sequence, demand.customer) for demand in demands),
        starting=tuple((starting.sequence, starting.customer) for starting in state.starting if starting.is_begun),
        is_wanted=is_wanted(state),
        held=held,
        batches=tuple(batch for batch in state.batches if batch.id in {of for _, of in held}),
    )


def without_gone(state: QueueState, survey: Survey) -> QueueState:
    """The state without sequences that Temporal no longer reports as open, and without held places whose days are
    complete. The slots of the sequences become free."""
    gone, finished = frozenset(survey.gone), frozenset(survey.finished if state.rules else ())
    return _without_unused_batches(
        replace(
            state,
            queued=tuple(
                queued
                for queued in state.queued
                if not (queued.is_held and (queued.customer, queued.batch) in finished)
            ),
            members=tuple(member for member in state.members if member.demand.workflow_id not in gone),
            starting=tuple(
                customer for customer in state.starting if not (customer.is_begun and customer.sequence in gone)
            ),
        )
    )


def without_member(state: QueueState, workflow_id: str) -> QueueState:
    """The state without the sequence of this workflow id."""
    return replace(
        state, members=tuple(member for member in state.members if member.demand.workflow_id != workflow_id)
    )


def is_idle(state: QueueState) -> bool:
    """Whether the queue may end: no customer waits, and no sequence is open. A paused queue may not end, because it
    would forget its pause."""
    return not (state.queued or state.starting or state.members or state.paused_by)


def is_wanted(state: QueueState) -> bool:
    """Whether somebody waits for a slot, or a sequence is being begun."""
    is_queued = not state.paused_by and any(not queued.is_held for queued in state.queued)
    return is_queued or bool(state.starting) or any(member.ungranted for member in state.members)


def _without_unused_batches(state: QueueState) -> QueueState:
    if not state.batches:
        return state
    used = {queued.batch for queued in state.queued} | {starting.batch for starting in state.starting}
    used |= {member.demand.batch for member in state.members}
    if all(batch.id in used for batch in state.batches):
        return state
    return replace(state, batches=tuple(batch for batch in state.batches if batch.id in used))
