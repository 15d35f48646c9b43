"""What messages change in a queue."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.queue import state as queue_state
from bot.model import Window
from bot.model.queue import (
    Batch,
    Enqueue,
    LeftOut,
    NotBegun,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueState,
    StartingCustomer,
)
from bot.model.queue_requests import BeginQueuedResult
from tests.fleet.builders import CAMPAIGN
from tests.fleet.queue.builders import BATCH, demand, given_out, names, queue, survey

SIZES = (("cvs", 95), ("hilton", 82), ("oportun", 307), ("unknown", None), ("alaska", 82))


def changed(state: QueueState, change: QueueChange, *customers: str) -> QueueState:
    return queue_state.change(state, QueueInstruction(change, "U0OLIVIA", customers))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (QueueOrder.SMALLEST, ["alaska", "hilton", "cvs", "oportun", "unknown"]),
        (QueueOrder.LARGEST, ["oportun", "cvs", "alaska", "hilton", "unknown"]),
        (QueueOrder.NAME, ["alaska", "cvs", "hilton", "oportun", "unknown"]),
    ],
)
def test_customers_are_ordered_by_volume_or_name_and_those_of_unknown_volume_come_last(
    order: QueueOrder, expected: list[str]
) -> None:
    assert names(queue(*SIZES, order=order)) == expected


def test_a_customer_that_is_queued_again_keeps_its_volume_and_its_place() -> None:
    state = queue_state.enqueue(queue(*SIZES), _message(("hilton", 1), ("tiny", 1)))

    assert names(state) == ["tiny", "alaska", "hilton", "cvs", "oportun", "unknown"]


LONGER = replace(BATCH, id="b2", whole=Window(CAMPAIGN.start, CAMPAIGN.end + timedelta(days=7)))
LATER = replace(BATCH, id="b3", whole=Window(CAMPAIGN.end, CAMPAIGN.end + timedelta(days=7)))
HILTON = queue_state.queued_sequence("b1", "hilton")


def places(state: QueueState) -> list[tuple[str, str]]:
    return [(queued.customer, queued.batch) for queued in state.queued]


def test_a_customer_that_is_queued_again_for_more_days_waits_for_all_of_them_and_stays_held() -> None:
    state = changed(queue(("hilton", 82)), QueueChange.HOLD, "hilton")
    after = queue_state.enqueue(state, _message(("hilton", 82), batch=LONGER))

    assert places(after) == [("hilton", "b2")]
    assert [queued.is_held for queued in after.queued] == [True]
    assert after.batches == (LONGER,)


@pytest.mark.parametrize("held", ["b1", "b3"])
@pytest.mark.parametrize(("rules", "is_held"), [(1, None), (2, True)])
def test_a_customer_whose_two_places_become_one_stays_held_if_one_of_them_was(
    held: str, rules: int, is_held: bool | None
) -> None:
    """By the earlier rules, only the last of them counts."""
    state = queue_state.enqueue(queue(("hilton", 82)), _message(("hilton", 82), batch=LATER))
    hold = QueueInstruction(QueueChange.HOLD, "U0OLIVIA", ("hilton",), (held,))
    state = replace(queue_state.change(state, hold), rules=rules)
    after = queue_state.enqueue(state, _message(("hilton", 82), batch=LONGER))

    assert places(after) == [("hilton", "b2")]
    assert [each.is_held for each in after.queued] == [held == "b3" if is_held is None else is_held]


@pytest.mark.parametrize(
    "changes", [{"whole": Window(CAMPAIGN.start, CAMPAIGN.start + timedelta(days=1))}, {"which": "failed"}]
)
def test_a_customer_that_waits_for_more_than_it_is_queued_for_again_goes_on_waiting_for_that(
    changes: dict[str, Any],
) -> None:
    after = queue_state.enqueue(
        queue(("hilton", 82)), _message(("hilton", 82), batch=replace(BATCH, id="b2", **changes))
    )

    assert places(after) == [("hilton", "b1")]


def test_a_customer_that_is_queued_for_other_days_gets_its_second_turn_when_its_sequence_is_over() -> None:
    state = queue_state.enqueue(queue(("hilton", 82)), _message(("hilton", 82), batch=LATER))
    first, steps = given_out(state, survey())
    open_one = queue_state.begun(first, HILTON, BeginQueuedResult())
    open_one = queue_state.take_demand(open_one, demand("hilton", 1, batch="b1", waiting=(1,)))
    waits, _ = given_out(open_one, survey())
    over = queue_state.take_demand(waits, demand("hilton", 2, batch="b1", is_over=True))
    last, _ = given_out(over, survey())

    assert (places(state), len(steps)) == ([("hilton", "b1"), ("hilton", "b3")], 1)
    assert places(waits) == [("hilton", "b3")]
    assert [(starting.customer, starting.batch) for starting in last.starting] == [("hilton", "b3")]


def test_a_customer_keeps_its_place_while_a_single_command_runs_its_days() -> None:
    state = queue_state.take_demand(queue(("hilton", 82)), demand("hilton", 1, waiting=(1,)))
    waits, _ = given_out(state, survey())
    over, _ = given_out(queue_state.take_demand(waits, demand("hilton", 2, is_over=True)), survey())

    assert places(waits) == [("hilton", "b1")]
    assert [starting.customer for starting in over.starting] == ["hilton"]


def test_a_customer_on_hold_is_passed_over_until_it_is_released() -> None:
    state = changed(queue(*SIZES), QueueChange.HOLD, "alaska")
    after, _ = given_out(state, survey(at_once=1))
    released, _ = given_out(changed(state, QueueChange.RELEASE, "alaska"), survey(at_once=1))

    assert [starting.customer for starting in after.starting] == ["hilton"]
    assert [starting.customer for starting in released.starting] == ["alaska"]


def test_a_paused_queue_starts_nobody_and_forgets_nobody() -> None:
    paused = changed(queue(*SIZES), QueueChange.PAUSE)

    assert given_out(paused, survey()) == (paused, [])
    assert changed(paused, QueueChange.RESUME) == queue(*SIZES)


def test_a_cleared_queue_has_no_customers_and_no_batches_and_is_idle() -> None:
    cleared = changed(queue(*SIZES), QueueChange.CLEAR)

    assert (names(cleared), cleared.batches, queue_state.is_idle(cleared)) == ([], (), True)


def test_removed_customers_do_not_start_and_a_batch_goes_with_its_last_customer() -> None:
    state = changed(queue(*SIZES), QueueChange.REMOVE, "alaska", "cvs", "oportun", "unknown")

    assert names(state) == ["hilton"]
    assert state.batches == (BATCH,)
    assert changed(state, QueueChange.REMOVE, "hilton").batches == ()


@pytest.mark.parametrize(("change", "names_given"), [(QueueChange.CLEAR, ()), (QueueChange.REMOVE, ("hilton",))])
def test_a_customer_whose_turn_has_come_is_taken_out_also_while_its_sequence_has_not_sent_its_first_demand(
    change: QueueChange, names_given: tuple[str, ...]
) -> None:
    state, _ = given_out(queue(("hilton", 82)), survey())
    (starting,) = state.starting
    begun = queue_state.begun(state, starting.sequence, BeginQueuedResult())

    earlier = replace(begun, rules=0)

    assert changed(state, change, *names_given).starting == ()
    assert changed(begun, change, *names_given).starting == ()
    assert changed(begun, change, *names_given).withdrawn == (starting.sequence,)
    assert changed(earlier, change, *names_given).starting == begun.starting


def test_an_older_demand_that_arrives_late_changes_nothing() -> None:
    latest = queue_state.take_demand(queue_state.begin(), demand("hilton", 7, held=(3,)))

    assert queue_state.take_demand(latest, demand("hilton", 5, waiting=(3,))) == latest


def test_a_slot_that_the_next_demand_does_not_name_is_free() -> None:
    state = queue_state.take_demand(queue_state.begin(), demand("hilton", 2, waiting=(1,)))
    state, _ = given_out(state, survey())
    state = queue_state.take_demand(state, demand("hilton", 4, waiting=(3,)))

    assert [member.granted for member in state.members] == [()]


def test_a_new_queue_believes_what_a_sequence_holds() -> None:
    state = queue_state.take_demand(queue_state.begin(), demand("hilton", 9, held=(4, 6), waiting=(8,)))

    assert [member.granted for member in state.members] == [(4, 6)]


def test_a_new_sequence_of_the_same_customer_has_none_of_the_slots_of_the_one_before() -> None:
    state = queue_state.take_demand(queue_state.begin(), demand("hilton", 9, held=(1,)))
    state = queue_state.take_demand(state, demand("hilton", 2, batch="b1", waiting=(1,)))

    assert [member.granted for member in state.members] == [()]


def test_a_sequence_that_is_over_leaves_the_queue() -> None:
    state = queue_state.take_demand(queue_state.begin(), demand("hilton", 2, held=(1,)))

    assert queue_state.is_idle(queue_state.take_demand(state, demand("hilton", 3, is_over=True)))


def test_what_temporal_says_is_gone_frees_its_slots() -> None:
    state = queue_state.take_demand(queue(("cvs", 1)), demand("hilton", 2, held=(1, 2, 3)))
    state, none = given_out(state, survey())
    _, steps = given_out(queue_state.without_gone(state, survey(gone=("sequence-hilton",))), survey())

    assert (none, len(steps)) == ([], 1)


def test_a_customer_with_nothing_to_run_is_dropped_and_one_in_whose_way_something_is_is_remembered() -> None:
    state, _ = given_out(queue(("cvs", 1), ("hilton", 2)), survey())
    state = queue_state.begun(
        state, queue_state.queued_sequence("b1", "cvs"), BeginQueuedResult(NotBegun.NOTHING_TO_RUN)
    )
    state = queue_state.begun(
        state, queue_state.queued_sequence("b1", "hilton"), BeginQueuedResult(NotBegun.RUN_OPEN)
    )

    assert (state.starting, state.batches) == ((), ())
    assert state.left_out == (LeftOut("hilton", NotBegun.RUN_OPEN),)


def test_a_customer_that_cannot_begin_now_waits_with_its_batch_behind_all_others() -> None:
    march = replace(BATCH, id="b2", campaign="march")
    state = queue_state.enqueue(queue(("cvs", 1), ("hilton", 2)), _message(("spirit", 3), batch=march))
    state, _ = given_out(state, survey(at_once=1))
    result = BeginQueuedResult(NotBegun.NOT_NOW)
    after = queue_state.begun(state, queue_state.queued_sequence("b1", "cvs"), result)

    assert places(after) == [("spirit", "b2"), ("hilton", "b1"), ("cvs", "b1")]
    assert [queued.rows for queued in after.queued] == [3, 2, 1]
    assert (after.starting, after.left_out) == ((), ())


def test_a_sequence_that_is_begun_keeps_its_slot_until_its_first_demand() -> None:
    state, _ = given_out(queue(("cvs", 1)), survey())
    sequence = queue_state.queued_sequence("b1", "cvs")
    state = queue_state.begun(state, sequence, BeginQueuedResult())
    demanded = queue_state.take_demand(state, demand("cvs", 2, batch="b1", waiting=(1,)))

    assert [starting.is_begun for starting in state.starting] == [True]
    assert demanded.starting == ()


def _message(*customers: tuple[str, int], batch: Batch = BATCH) -> Enqueue:
    queued = tuple(QueuedCustomer(name, rows, batch.id) for name, rows in customers)
    return Enqueue(batch, queued, QueueOrder.SMALLEST)


def test_a_survey_is_not_asked_about_a_sequence_that_may_begin_while_it_asks() -> None:
    beginning = StartingCustomer("hilton", "b1", HILTON)
    begun = StartingCustomer("cvs", "b1", "b1cvs", is_begun=True)
    state = replace(queue_state.begin(), starting=(beginning, begun))

    request = queue_state.survey_request(state)
    # The first one begins before the answer comes.
    state = queue_state.begun(state, HILTON, BeginQueuedResult())
    gone = tuple(sequence for sequence, _ in request.starting)
    state = queue_state.without_gone(state, replace(survey(), gone=gone))

    assert [each.customer for each in state.starting] == ["hilton"]


def test_a_held_place_whose_days_are_complete_leaves_the_queue_and_one_that_was_released_meanwhile_stays() -> None:
    state = changed(queue(("hilton", 82)), QueueChange.HOLD, "hilton")
    request = queue_state.survey_request(state)
    found = survey(finished=request.held)

    assert (request.held, request.batches) == ((("hilton", "b1"),), (BATCH,))
    assert queue_state.is_idle(queue_state.without_gone(state, found))
    assert names(queue_state.without_gone(changed(state, QueueChange.RELEASE, "hilton"), found)) == ["hilton"]
