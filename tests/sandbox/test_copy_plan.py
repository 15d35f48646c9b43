"""How a run goes: every moment of its days copied once, and silence where the scenario says."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sandbox.scenario.model import Campaign, Customer, Pace
from sandbox.scenario.pace import world_pace
from sandbox.worker.contract import Piece
from sandbox.worker.copy_plan import CopyPlan, copy_plan

START = date(2026, 3, 25)  # a clock change of most of Europe lies in the first week
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])


def a_course(days: int, zone: str = "UTC", day_seconds: float = 1, silent_after: float | None = None) -> CopyPlan:
    return CopyPlan(START, START + timedelta(days=days), ZoneInfo(zone), day_seconds, silent_after)


def piece(first: int, end: int, *, of: int) -> Piece:
    """The days `first` to `end` of a run of so many days."""
    start, stop, last = (str(START + timedelta(days=days)) for days in (first, end, of))
    return Piece("spirit", start, stop, str(START), last)


def spirit(**changes: object) -> Customer:
    return Customer.model_validate({"scorecards": 1, "scores": 1, "hours": 51, **changes})


@given(days=st.integers(1, 60), zone=ZONES, day_seconds=st.floats(0.001, 1000), share=st.floats(0, 1))
def test_steps_follow_each_other_from_what_is_done_to_the_end(
    days: int, zone: str, day_seconds: float, share: float
) -> None:
    planned = a_course(days, zone, day_seconds)
    done = int(days * share)
    spans = [planned.first_days(done), *(step.span for step in planned.steps(done))]

    assert spans[0].begin == planned.first_days(days).begin
    assert all(before.end == after.begin for before, after in pairwise(spans))
    assert spans[-1].end == planned.first_days(days).end


@given(days=st.integers(1, 60), day_seconds=st.floats(0.001, 1000))
def test_a_day_lasts_as_long_as_it_should(days: int, day_seconds: float) -> None:
    total = sum(step.seconds for step in a_course(days, day_seconds=day_seconds).steps(0))

    assert abs(total - days * day_seconds) < 1e-6 * days * day_seconds


@given(days=st.integers(2, 60), day_seconds=st.floats(0.001, 1000), share=st.floats(0.01, 0.99))
def test_a_too_long_run_goes_silent_after_its_days_and_never_copies_the_rest(
    days: int, day_seconds: float, share: float
) -> None:
    silent_after = days * share
    steps = list(a_course(days, day_seconds=day_seconds, silent_after=silent_after).steps(0))

    assert [step.silent for step in steps] == [False] * (len(steps) - 1) + [True]
    assert abs(sum(step.seconds for step in steps) - silent_after * day_seconds) < 1e-6 * days * day_seconds


def test_days_are_days_of_the_campaigns_time_zone() -> None:
    first = a_course(1, "America/New_York").first_days(1)

    assert first.begin.isoformat() == "2026-03-25T04:00:00+00:00"


def test_a_long_day_is_copied_in_pieces_so_that_rows_are_seen_to_move() -> None:
    assert [step.seconds for step in a_course(1, day_seconds=36).steps(0)] == [12, 12, 12]


def test_only_a_run_of_more_days_than_the_cluster_can_take_goes_silent() -> None:
    campaign = Campaign(start=START, end=START + timedelta(days=51))
    customer = spirit(max_days=10, silent_after_days=6)

    assert copy_plan(customer, campaign, piece(0, 10, of=10), speed=120).silent_after_days is None
    assert copy_plan(customer, campaign, piece(0, 11, of=11), speed=120).silent_after_days == 6


def test_of_a_run_in_pieces_one_goes_silent_where_the_whole_run_would() -> None:
    campaign = Campaign(start=START, end=START + timedelta(days=51))
    customer = spirit(max_days=5, silent_after_days=3)
    pieces = [piece(first, first + 2, of=6) for first in (0, 2, 4)]

    silent = [copy_plan(customer, campaign, each, speed=120).silent_after_days for each in pieces]
    assert silent == [None, 1, None]
    assert copy_plan(customer, campaign, piece(0, 2, of=5), speed=120).silent_after_days is None


def test_without_a_measure_of_silence_a_run_comes_as_far_as_it_could_have_gone() -> None:
    campaign = Campaign(start=START, end=START + timedelta(days=51))

    assert copy_plan(spirit(max_days=10), campaign, piece(0, 51, of=51), speed=120).silent_after_days == 10


def test_hours_become_seconds_by_the_speed() -> None:
    campaign = Campaign(start=START, end=START + timedelta(days=51))

    assert copy_plan(spirit(), campaign, piece(0, 51, of=51), speed=120).day_seconds == 30


@given(speed=st.floats(0.01, 1e6))
def test_heartbeats_come_often_enough_and_timeouts_never_below_their_floor(speed: float) -> None:
    pace = world_pace(Pace(), speed)

    assert pace.heartbeat_timeout >= timedelta(seconds=2)
    assert pace.heartbeat_every * 4 <= pace.heartbeat_timeout
    assert pace.retry_after > timedelta(0)
