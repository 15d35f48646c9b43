"""The size of a window: every size chosen in docs/operations-log.md, and which basis takes precedence."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.name_lookup import Target
from bot.fleet.planning.sizing import Basis, SizingInputs, choose_size, requested_size
from bot.fleet.planning.throughput import Pace, Source
from tests.fleet.sizes import HOUR, PER_DAY, RULES

HILTON = Target("voice-prod", "hilton")


def pace(usual: timedelta, source: Source = Source.CUSTOMER) -> Pace:
    return Pace(source, 3, usual, usual, usual)


@pytest.mark.parametrize(
    ("customer", "days", "basis"),
    [
        ("hilton", 5, Basis.TIER),
        ("united-east", 5, Basis.TIER),
        ("marriott", 10, Basis.TIER),
        ("spirit", 10, Basis.TIER),
        ("oportun", 1, Basis.TIER),
        ("cvs", 1, Basis.OVERRIDE),
    ],
)
def test_every_choice_of_the_operations_log_comes_out(customer: str, days: int, basis: Basis) -> None:
    size = choose_size(Target("any-prod", customer), SizingInputs(PER_DAY[customer], None), 51, RULES)

    assert (size.days, size.basis) == (days, basis)


def test_baselines_are_those_of_the_tier_and_size_the_customer_itself_first_then_the_nearest() -> None:
    of_hilton = choose_size(HILTON, SizingInputs(82_353, None), 51, RULES)
    of_a_newcomer = choose_size(Target("x", "new"), SizingInputs(190_000, None), 51, RULES)

    assert [baseline.name for baseline in of_hilton.like] == ["hilton", "united-east"]
    assert [baseline.name for baseline in of_a_newcomer.like] == ["united-east", "hilton"]


def test_without_its_override_cvs_gets_the_days_that_went_well_for_it_and_not_those_of_its_tier() -> None:
    size = choose_size(Target("x", "cvs"), SizingInputs(95_000, None), 51, replace(RULES, overrides={}))

    assert (size.days, size.basis) == (1, Basis.BASELINE)


@pytest.mark.parametrize("hours", [0.1, 1.2, 20])
@pytest.mark.parametrize(("customer", "days"), [("united-east", 5), ("cvs", 1), ("marriott", 10)])
def test_a_baseline_of_its_own_beats_the_pace_of_its_neighbours(customer: str, days: int, hours: float) -> None:
    known = SizingInputs(PER_DAY[customer], pace(HOUR * hours, Source.CLUSTER))

    assert choose_size(Target("x", customer), known, 51, replace(RULES, overrides={})).days == days


@pytest.mark.parametrize(("per_day", "days"), [(28_000, 10), (49_000, 10), (60_000, 5), (400_000, 1), (10, 10)])
def test_a_customer_that_has_outgrown_the_tier_of_its_baseline_gets_no_more_than_its_tier_now(
    per_day: int, days: int
) -> None:
    assert choose_size(Target("x", "marriott"), SizingInputs(per_day, None), 51, RULES).days == days


@pytest.mark.parametrize(
    ("took", "days"), [(3.06, 5), (3.15, 5), (3.16, 4), (2.9, 5), (2.86, 5), (2.4, 6), (3.0, 5), (15, 1)]
)
def test_measured_windows_that_miss_the_target_by_a_few_per_cent_keep_their_size(took: float, days: int) -> None:
    measured = replace(pace(HOUR * took / 5), days=5)

    assert choose_size(HILTON, SizingInputs(82_353, measured), 51, RULES).days == days


def test_an_override_of_the_customer_on_its_cluster_wins_over_one_by_name() -> None:
    rules = replace(RULES, overrides={"hilton": 3, "voice-prod/hilton": 2})

    assert choose_size(HILTON, SizingInputs(82_353, None), 51, rules).days == 2
    assert choose_size(Target("chat-prod", "hilton"), SizingInputs(82_353, None), 51, rules).days == 3


def test_measured_hours_win_over_the_tier_and_an_override_over_both() -> None:
    known = SizingInputs(82_353, pace(HOUR))

    assert choose_size(HILTON, known, 51, RULES).days == 3
    assert choose_size(HILTON, known, 51, replace(RULES, overrides={"hilton": 7})).days == 7


@pytest.mark.parametrize(
    ("source", "basis", "days"),
    [(Source.CUSTOMER, Basis.CUSTOMER, 2), (Source.CLUSTER, Basis.TIER, 5), (Source.BASELINES, Basis.TIER, 5)],
)
def test_baselines_tell_times_and_measure_nothing(source: Source, basis: Basis, days: int) -> None:
    size = choose_size(HILTON, SizingInputs(82_353, pace(HOUR * 1.2, source)), 51, RULES)

    assert (size.basis, size.days) == (basis, days)


def test_the_pace_of_the_cluster_decides_for_who_has_neither_measurement_nor_baseline() -> None:
    size = choose_size(Target("x", "new"), SizingInputs(82_353, pace(HOUR * 1.2, Source.CLUSTER)), 51, RULES)

    assert (size.basis, size.days) == (Basis.CLUSTER, 2)


def test_the_bounds_hold_for_what_is_measured_and_the_size_tells_what_would_fit() -> None:
    quick = choose_size(HILTON, SizingInputs(82_353, pace(HOUR / 10)), 51, RULES)
    slow = choose_size(HILTON, SizingInputs(82_353, pace(5 * HOUR)), 51, RULES)

    assert (quick.days, quick.wanted) == (10, 30)
    assert (slow.days, slow.wanted) == (1, 0)


def test_an_unknown_volume_gets_the_size_of_the_largest_customers() -> None:
    size = choose_size(HILTON, SizingInputs(None, None), 51, RULES)

    assert (size.basis, size.days) == (Basis.CAUTION, 1)


def test_what_a_person_asks_for_is_taken_as_it_is() -> None:
    assert requested_size(31, RULES).days == 31


@given(
    per_day=st.none() | st.floats(0, 1e12),
    hours=st.none() | st.floats(0.001, 1e4),
    override=st.none() | st.integers(1, 400),
    longest=st.integers(1, 60),
)
def test_a_size_is_never_below_a_day_nor_more_than_the_campaign(
    per_day: float | None, hours: float | None, override: int | None, longest: int
) -> None:
    rules = replace(RULES, overrides={"hilton": override} if override else {})
    known = SizingInputs(per_day, pace(timedelta(hours=hours)) if hours else None)

    assert 1 <= choose_size(HILTON, known, longest, rules).days <= longest
