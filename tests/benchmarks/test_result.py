"""The arithmetic of the table: medians, spreads, percentiles, ratios and verdicts."""

import pytest

from benchmarks.result import Figure, Result, Target, Verdict, of_pairs
from benchmarks.soak import slope


def test_a_median_has_the_extremes_and_the_count_beside_it() -> None:
    assert Figure.median_of([5, 1, 3]) == Figure(3, 1, 5, 3)
    assert Figure.median_of([4, 1, 3, 2]) == Figure(2.5, 1, 4, 4)


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99), (99.9, 100), (100, 100)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    assert Figure.percentile_of(list(range(100, 0, -1)), percent) == Figure(value, 1, 100, 100)


def test_the_percentile_of_few_values_is_the_greatest_of_them() -> None:
    assert Figure.percentile_of([2, 1], 99).value == 2


def test_a_ratio_is_the_median_over_pairs_and_not_the_ratio_of_medians() -> None:
    result = of_pairs("pass", [(2, 1), (30, 10), (4, 4)], "s", Target(2.5), "the bare client")

    assert result.ratio == Figure(2, 1, 3, 3)
    assert (result.bot.value, result.reference) == (4, Figure(4, 1, 10, 3))


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (Target(2), 2, Verdict.REACHED),
        (Target(2), 2.01, Verdict.MISSED),
        (Target(50, is_least=True), 50, Verdict.REACHED),
        (Target(50, is_least=True), 49.9, Verdict.MISSED),
        (None, 1, Verdict.TOLD),
    ],
)
def test_the_verdict_says_whether_the_limit_is_kept(target: Target | None, value: float, verdict: Verdict) -> None:
    assert Result("alert", Figure.single(value), "s", target).verdict is verdict


def test_the_ratio_decides_where_there_is_one() -> None:
    slow_but_close = of_pairs("pass", [(110, 100)], "s", Target(1.3), "the bare client")
    waited_for = Result("start", Figure.single(0.2), "s", Target(0.3), Figure.single(0.02), "Python")

    assert slow_but_close.verdict is Verdict.REACHED
    assert waited_for.verdict is Verdict.REACHED


def test_a_slope_is_what_grows_in_an_hour_by_the_closest_line() -> None:
    assert slope([(0, 100), (10, 101), (20, 102)]) == pytest.approx(360)
    assert slope([(0, 5), (10, 5), (20, 5)]) == 0
