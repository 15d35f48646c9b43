"""Runs that had the same customer and days at the same time are found; runs one after the other are not."""

from bot.fleet.diagnostics.same_days import SameDays, same_days
from bot.fleet.runs.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref
from bot.model.execution import CHAIN_HINT
from tests.fleet.builders import HOUR, NOW, execution, window

FIRST_WEEK = Identity("hilton", window(1, 8))


def run(name: str, began: int, ended: int | None = None, run_id: str = "", **hints: str) -> Execution:
    """A run that began and ended so many hours ago."""
    status = ExecutionStatus.RUNNING if ended is None else ExecutionStatus.COMPLETED
    return execution(
        ref=Ref("voice-prod", name, run_id or f"run-of-{name}"),
        status=status,
        started_at=NOW - began * HOUR,
        closed_at=None if ended is None else NOW - ended * HOUR,
        hints=hints,
    )


def found(*runs: Execution) -> SameDays | None:
    return same_days((run, FIRST_WEEK) for run in runs)


def test_a_run_for_each_table_is_found_while_they_run_and_after_they_have_ended() -> None:
    scores, calls, texts = run("scores", 4), run("calls", 3), run("texts", 2)

    assert found(texts, scores, calls) == SameDays(3, "hilton", window(1, 8), ("scores", "calls"))
    assert found(run("scores", 4, 2), run("calls", 3, 1)) == SameDays(2, "hilton", window(1, 8), ("scores", "calls"))


def test_a_long_run_is_compared_with_each_that_begins_meanwhile() -> None:
    long, second, third, after = run("long", 10), run("second", 9, 8), run("third", 7, 6), run("alone", 30, 29)

    assert found(long, second, third, after) == SameDays(3, "hilton", window(1, 8), ("long", "second"))
    assert found(run("long", 10, 5), second, third, run("later", 5, 4)) == SameDays(
        3, "hilton", window(1, 8), ("long", "second")
    )


def test_the_links_of_a_chain_beside_another_run_count_once() -> None:
    first, second = run("chain", 4, 3, "run-1"), run("chain", 3, 1, "run-2", **{CHAIN_HINT: "run-1"})

    assert found(first, second, run("beside", 5, 1)) == SameDays(2, "hilton", window(1, 8), ("beside", "chain"))


def test_a_run_that_follows_another_one_repeats_it() -> None:
    assert found(run("first", 4, 3), run("again", 3, 2), run("once-more", 1)) is None


def test_runs_of_other_days_or_customers_or_clusters_have_nothing_in_common() -> None:
    one, other = run("one", 2), run("other", 2)
    elsewhere = execution(ref=Ref("chat-prod", "one", "run-1"))

    assert same_days([(one, FIRST_WEEK), (other, Identity("hilton", window(8, 15)))]) is None
    assert same_days([(one, FIRST_WEEK), (other, Identity("vivint", window(1, 8)))]) is None
    assert same_days([(one, FIRST_WEEK), (elsewhere, FIRST_WEEK)]) is None


def test_links_of_a_chain_are_one_run() -> None:
    first, second = run("chain", 4, 2, "run-1"), run("chain", 3, 1, "run-2", **{CHAIN_HINT: "run-1"})

    assert found(first, second) is None
