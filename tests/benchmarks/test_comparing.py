"""What got worse by a fifth since other figures."""

from dataclasses import replace
from datetime import UTC, datetime

from benchmarks.comparing import what_got_worse
from benchmarks.machine import Machine
from benchmarks.result import Broken, Figure, Result, Target, of_pairs
from benchmarks.saved import Record, Saved
from benchmarks.table import Line

HERE = Machine("a processor", 2, 24, "Linux")
ELSEWHERE = replace(HERE, cores=64)
RATE = Target(50, is_least=True)


def figures(*lines: Line, machine: Machine = HERE) -> Saved:
    return Saved(machine, {}, (Record("row", datetime(2026, 2, 22, tzinfo=UTC), "abc", 0, 1, lines),))


def taking(seconds: float) -> Result:
    return Result("alert", Figure.single(seconds), "s", Target(5))


def at_rate(rate: float) -> Result:
    return Result("windows", Figure.single(rate), "/s", RATE)


def times(ratio: float) -> Result:
    return of_pairs("pass", [(ratio, 1)], "s", None, "the bare client")


def worse(figures: str) -> str:
    return f"worse by a fifth or more: {figures}"


def test_a_fifth_more_is_still_as_before_and_more_than_that_is_worse() -> None:
    assert what_got_worse(figures(taking(1)), figures(taking(1.2))) == []
    assert what_got_worse(figures(taking(1)), figures(taking(1.21))) == [worse("alert: 1.21 s, before 1.00 s")]


def test_of_a_rate_less_is_worse() -> None:
    assert what_got_worse(figures(at_rate(60)), figures(at_rate(100))) == []
    assert what_got_worse(figures(at_rate(60)), figures(at_rate(49))) == [worse("windows: 49 /s, before 60 /s")]


def test_a_target_that_is_still_reached_does_not_hide_that_it_got_worse() -> None:
    assert what_got_worse(figures(taking(1)), figures(taking(4))) == [worse("alert: 4.00 s, before 1.00 s")]


def test_seconds_of_another_machine_are_not_compared_but_ratios_are() -> None:
    elsewhere = figures(taking(1), times(1), machine=ELSEWHERE)

    assert what_got_worse(elsewhere, figures(taking(9), times(2))) == [worse("pass: 2.00×, before 1.00×")]


def test_a_row_that_broke_is_said_to_be_broken_and_not_worse_by_a_fifth() -> None:
    broken = Broken("alerts", "not done within 8 minutes")

    assert what_got_worse(figures(taking(1)), figures(broken)) == ["alerts is broken: not done within 8 minutes"]


def test_what_was_not_measured_before_is_not_worse() -> None:
    assert what_got_worse(figures(), figures(taking(9))) == []
