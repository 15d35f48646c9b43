"""Attempts of a customer's activities that wait to be retried begin at once; attempts that run are left alone."""

from typing import Any

import pytest

from bot.commands import Reset
from bot.fleet.proposals.activity_acts import ResetActivity
from bot.fleet.proposals.activity_warnings import AttemptsGoOn
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.reset import WORTH_OFFERING, propose_reset, resettable_attempt
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import NothingOpen, NothingWaits
from bot.model import Activity, ActivityState, Pause
from tests.fleet.builders import BOOM, HOUR, NOW, activity, description, execution
from tests.fleet.grounds import context

COMMAND = Reset(target="hilton")


def waiting(**changes: Any) -> Activity:
    known = {"state": ActivityState.SCHEDULED, "attempt": 6, "last_failure": BOOM, "next_attempt_at": NOW + HOUR}
    return activity(**(known | changes))


def proposed(*activities: Activity, run: str = "1") -> Proposal:
    return propose_reset(COMMAND, context(), [description(*activities, of=execution(run=run))])


def refusal(*activities: Activity) -> Refusal:
    with pytest.raises(Declined) as declined:
        proposed(*activities)
    return declined.value.reason


def test_each_attempt_that_waits_begins_at_once_with_what_its_heartbeats_have_left() -> None:
    acts = proposed(waiting(details='{"rows": 9}'), waiting(activity_id="2", details="")).acts

    assert [(act.activity_id, act.attempt, act.keeps_progress) for act in acts if isinstance(act, ResetActivity)] == [
        ("1", 6, True),
        ("2", 6, False),
    ]


def test_an_attempt_that_runs_goes_on_and_the_dialog_says_so() -> None:
    proposal = proposed(waiting(), activity(activity_id="2", attempt=3, last_failure=BOOM))

    assert len(proposal.acts) == 1
    assert proposal.warnings == (AttemptsGoOn(1),)


@pytest.mark.parametrize(
    "other",
    [
        activity(attempt=3, last_failure=BOOM),
        waiting(attempt=1, last_failure=None, next_attempt_at=None),
        waiting(attempt=1, last_failure=None),
        waiting(state=ActivityState.PAUSED, pause=Pause()),
        waiting(pause=Pause()),
        waiting(state=ActivityState.CANCEL_REQUESTED),
    ],
    ids=["runs", "waits for a worker", "has not failed", "paused", "paused while it waits", "being cancelled"],
)
def test_only_what_waits_after_a_failed_attempt_can_be_reset(other: Activity) -> None:
    assert refusal(other) == NothingWaits(COMMAND, "hilton")
    assert not resettable_attempt(description(other), other.activity_id, NOW)


def test_there_has_to_be_something_that_runs() -> None:
    with pytest.raises(Declined) as declined:
        propose_reset(COMMAND, context(), [])

    assert declined.value.reason == NothingOpen(COMMAND, "hilton")


def test_a_later_attempt_is_the_same_proposal_and_one_that_has_begun_is_another() -> None:
    assert proposed(waiting()).digest == proposed(waiting(attempt=7)).digest
    assert proposed(waiting()).digest != proposed(waiting(), waiting(activity_id="2")).digest
    assert proposed(waiting()).digest != proposed(waiting(), run="2").digest


def test_an_alert_offers_it_while_the_next_attempt_is_a_while_away() -> None:
    soon = waiting(next_attempt_at=NOW + WORTH_OFFERING / 2)

    assert resettable_attempt(description(waiting()), "1", NOW) == waiting().next_attempt_at
    assert not resettable_attempt(description(soon), "1", NOW)
    assert not resettable_attempt(description(waiting()), "2", NOW)
    assert not resettable_attempt(description(waiting(), cancel_requested=True), "1", NOW)
