"""What people read of a queue: how full it is, who is next, and who holds the slots that others wait for."""

from dataclasses import replace

import pytest

from bot.fleet.queue import state as queue_state
from bot.fleet.queue.summary import summary
from bot.fleet.status.queue import QueueSummary, SlotHolder, places
from bot.model.queue import OtherSequence, QueueChange, QueueInstruction, QueueStanding, QueueState, Survey
from tests.fleet.builders import execution
from tests.fleet.queue.builders import BATCH, demand, given_out, queue, survey


def summed(state: QueueState, of: Survey | None) -> QueueSummary:
    return summary(QueueStanding(state, of))


@pytest.fixture
def full() -> QueueState:
    """Three slots: hilton's single command has two and cvs one. vivint and spirit are queued."""
    state = queue(("vivint", 1), ("spirit", 2))
    state = queue_state.take_demand(state, demand("hilton", 1, waiting=(1, 2)))
    state = queue_state.take_demand(state, demand("cvs", 1, waiting=(1,)))
    state, _ = given_out(state, survey())
    return state


def test_a_full_queue_says_who_is_next_and_who_holds_the_slots(full: QueueState) -> None:
    seen = summed(full, survey())

    assert (seen.windows, seen.at_once, seen.queued, seen.upcoming) == (3, 3, 2, ("vivint", "spirit"))
    assert seen.holders == (SlotHolder("hilton", 2), SlotHolder("cvs", 1))
    assert seen.is_full


def test_runs_of_the_team_and_sequences_that_ask_for_nothing_hold_slots_too() -> None:
    wild = survey(
        other_runs=1,
        examples=(execution("wild").ref,),
        other_sequences=(OtherSequence("sequence-old", "seq-old", "old", 2),),
    )
    seen = summed(queue(("vivint", 1)), wild)

    assert (seen.windows, seen.other_runs, seen.examples) == (2, 1, wild.examples)
    assert seen.holders == (SlotHolder("old", 2),)
    assert seen.is_full


def test_a_single_command_that_waits_makes_the_queue_full_as_well(full: QueueState) -> None:
    empty = queue_state.change(full, QueueInstruction(QueueChange.CLEAR, "U0OLIVIA"))
    waiting = queue_state.take_demand(empty, demand("late", 1, waiting=(1,)))

    assert not summed(empty, survey()).is_full
    assert (summed(waiting, survey()).is_full, summed(waiting, survey()).waiting) == (True, 1)


def test_a_paused_queue_and_one_in_which_all_are_held_do_not_wait_for_slots(full: QueueState) -> None:
    paused = queue_state.change(full, QueueInstruction(QueueChange.PAUSE, "U0OLIVIA"))
    held = queue_state.change(full, QueueInstruction(QueueChange.HOLD, "U0OLIVIA", ("vivint", "spirit")))

    assert (summed(paused, survey()).is_full, summed(paused, survey()).paused_by) == (False, "U0OLIVIA")
    assert (summed(held, survey()).is_full, summed(held, survey()).held, summed(held, survey()).upcoming) == (
        False,
        2,
        (),
    )


def test_before_its_first_survey_a_queue_knows_no_bound(full: QueueState) -> None:
    seen = summed(full, None)

    assert (seen.at_once, seen.windows, seen.is_full) == (None, 3, False)


def test_a_queued_customer_has_a_place_and_a_person_who_asked() -> None:
    state = replace(queue(("vivint", 1), ("spirit", 2)), paused_by="U0NOOR")
    place = places(state)["spirit"]

    assert (place.place, place.waiting, place.by, place.reason) == (2, 2, BATCH.by, BATCH.reason)
    assert place.paused_by == "U0NOOR"
    assert "hilton" not in places(state)
