"""Within any second, no more calls are made than the budget has."""

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.call_budget import PACE_KEPT, SPAN, CallBudget, describes_per_second

# Sums of floats are not exact.
NEARLY_A_SECOND = SPAN - 1e-6
PAUSES = st.lists(st.floats(0, 2, allow_nan=False), max_size=40)


@given(st.integers(2, 40), PAUSES)
def test_whoever_makes_all_allowed_calls_never_exceeds_the_budget_in_any_second(
    per_second: int, pauses: list[float]
) -> None:
    budget, now, calls = CallBudget(per_second), 0.0, list[float]()
    for pause in pauses:
        now += pause
        while not budget.wait(now):
            budget.spend(now)
            calls.append(now)

    assert all(sum(last - NEARLY_A_SECOND < call <= last for call in calls) < per_second for last in calls)


@given(st.integers(1, 200))
def test_a_few_calls_of_each_second_are_kept_for_listings(per_second: int) -> None:
    budget = CallBudget(per_second)

    assert budget.within(1) == describes_per_second(per_second)
    assert budget.within(0) == 1
    assert per_second == 1 or describes_per_second(per_second) < per_second


@given(st.integers(1, 40), PAUSES)
def test_after_the_wait_that_it_tells_a_call_may_be_made(per_second: int, pauses: list[float]) -> None:
    budget, now = CallBudget(per_second), 0.0
    for pause in pauses:
        now += pause
        budget.spend(now, 3)
        now += budget.wait(now) + 1e-9

        assert budget.wait(now) == 0


def test_calls_of_more_than_a_second_ago_do_not_count() -> None:
    budget = CallBudget(100)
    budget.spend(0.0, 50)

    assert (budget.used(0.5), budget.used(1.0)) == (50, 0)


@given(st.integers(20, 200), st.integers(1, 30))
def test_early_calls_spread_evenly_and_reach_the_whole_budget(per_second: int, passes_per_second: int) -> None:
    budget, early, most = CallBudget(per_second), 0, 0
    for number in range(1, 10 * passes_per_second + 1):
        now = number / passes_per_second
        calls = budget.early(now)
        budget.spend(now, calls)
        early, most = early + calls, max(most, calls)

    assert most <= max(1, describes_per_second(per_second) * PACE_KEPT)
    assert early <= 10 * describes_per_second(per_second)
    assert passes_per_second * PACE_KEPT < 2 or early >= 10 * describes_per_second(per_second) - 1


def test_calls_that_could_not_wait_leave_nothing_for_early_ones_until_the_pace_has_caught_up() -> None:
    budget = CallBudget(100)
    at_rest = budget.early(10.0)
    budget.spend(10.0, 95)

    assert at_rest > 0
    assert (budget.early(10.0), budget.early(10.7), budget.early(20.0)) == (0, 0, at_rest)
