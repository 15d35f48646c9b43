"""Longer heartbeat timeouts for what runs of a customer."""

from datetime import timedelta
from typing import Any

import pytest

from bot.commands import LONGEST_TIMEOUT, Timeout
from bot.fleet.proposals.activity_acts import ExtendTimeout
from bot.fleet.proposals.activity_warnings import DeathSeenLater
from bot.fleet.proposals.timeout import more_time, propose_timeout
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import NoHeartbeats, NothingOpen, TimeoutLongEnough
from bot.fleet.runs.health import Past, assess
from bot.model import Activity, ActivityState, MoreTime, Pause
from tests.fleet.builders import BOOM, HOUR, MINUTE, NOW, PATIENCE, TIMED_OUT, activity, description, execution
from tests.fleet.grounds import context

FIVE, HALF_AN_HOUR = 5 * MINUTE, 30 * MINUTE
TYPED = Timeout(target="hilton", span=HALF_AN_HOUR)
CLICKED = Timeout(target="hilton")


def copying(**changes: Any) -> Activity:
    return activity(**{"heartbeat_timeout": FIVE, "attempt": 3, "last_failure": TIMED_OUT, **changes})


def acts(command: Timeout, *activities: Activity) -> list[tuple[str, timedelta, timedelta]]:
    proposal = propose_timeout(command, context(), [description(*activities)])
    return [(act.activity_id, act.before, act.after) for act in proposal.acts if isinstance(act, ExtendTimeout)]


def refusal(command: Timeout, *activities: Activity) -> Refusal:
    with pytest.raises(Declined) as declined:
        propose_timeout(command, context(), [description(*activities)])
    return declined.value.reason


def test_each_activity_that_runs_gets_the_timeout_that_was_typed() -> None:
    assert acts(TYPED, copying(), copying(activity_id="2", heartbeat_timeout=MINUTE)) == [
        ("1", FIVE, HALF_AN_HOUR),
        ("2", MINUTE, HALF_AN_HOUR),
    ]


def test_without_one_it_becomes_six_times_as_long_up_to_a_day() -> None:
    assert acts(CLICKED, copying()) == [("1", FIVE, HALF_AN_HOUR)]
    assert acts(CLICKED, copying(heartbeat_timeout=20 * HOUR)) == [("1", 20 * HOUR, LONGEST_TIMEOUT)]


def test_it_says_that_a_dead_worker_shows_later() -> None:
    proposal = propose_timeout(TYPED, context(), [description(copying())])

    assert proposal.warnings == (DeathSeenLater(HALF_AN_HOUR),)


def test_an_activity_whose_timeout_is_as_long_or_that_has_none_is_left_as_it_is() -> None:
    long, without = copying(heartbeat_timeout=HOUR), copying(activity_id="3", heartbeat_timeout=None)

    assert acts(TYPED, long, copying(activity_id="2"), without) == [("2", FIVE, HALF_AN_HOUR)]
    assert refusal(TYPED, long, without) == TimeoutLongEnough("hilton", HOUR)
    assert refusal(TYPED, without) == NoHeartbeats("hilton")
    assert refusal(TYPED) == NoHeartbeats("hilton")


def test_an_alert_offers_it_where_a_heartbeat_timeout_is_the_matter_and_can_become_longer() -> None:
    def offered(**changes: Any) -> MoreTime | None:
        return more_time(assess(description(copying(**changes)), Past(), PATIENCE, NOW))

    assert offered() == MoreTime(FIVE, HALF_AN_HOUR)
    assert offered(last_failure=BOOM) is None
    assert offered(heartbeat_timeout=LONGEST_TIMEOUT) is None
    assert offered(heartbeat_timeout=None) is None
    assert offered(state=ActivityState.PAUSED, pause=Pause()) is None


def test_there_has_to_be_something_that_runs() -> None:
    with pytest.raises(Declined) as declined:
        propose_timeout(TYPED, context(), [])

    assert declined.value.reason == NothingOpen(TYPED, "hilton")


def test_another_timeout_or_run_is_another_proposal_and_a_later_attempt_is_not() -> None:
    def digest(command: Timeout = TYPED, run: str = "1", **changes: Any) -> str:
        described = description(copying(**changes), of=execution(run=run))
        return propose_timeout(command, context(), [described]).digest

    assert digest() == digest(attempt=4)
    assert len({digest(), digest(CLICKED.model_copy(update={"span": HOUR})), digest(run="2")}) == 3
    assert digest() != digest(heartbeat_timeout=MINUTE)
