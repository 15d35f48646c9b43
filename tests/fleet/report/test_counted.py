"""What the latest count of each day says, by cluster."""

from dataclasses import replace

from bot.fleet.report.counted import counted_cluster
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.fleet.status.backfill import Backfill, derive
from bot.model import ExecutionStatus
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed, run, window


def counted(customer: str, *counts: CountedDays) -> Backfill:
    """A customer whose whole range completed four hours ago, with these counts."""
    whole = closed(ExecutionStatus.COMPLETED, customer, CAMPAIGN, ago=4 * HOUR)
    kept = run(replace(whole, hints=with_counts(whole, counts)), CAMPAIGN)
    return derive("voice-prod", customer, CAMPAIGN, [kept], NOW)


def test_days_are_counted_once_by_their_latest_count() -> None:
    hilton = counted(
        "hilton", CountedDays(CAMPAIGN, NOW - 3 * HOUR, True), CountedDays(window(2, 4), NOW - HOUR, False)
    )
    found = counted_cluster("voice-prod", [hilton, counted("vivint")], NOW)

    assert found
    assert (found.counted, found.matched, found.uncounted, found.latest) == (1, 49, 51, NOW - HOUR)
    assert found.differing == (("hilton", (window(2, 4),)),)


def test_a_count_of_later_is_not_known_yet() -> None:
    hilton = counted("hilton", CountedDays(CAMPAIGN, NOW - HOUR, True))
    found = counted_cluster("voice-prod", [hilton], NOW - 2 * HOUR)

    assert found
    assert (found.counted, found.uncounted) == (0, 51)


def test_a_count_of_days_that_were_run_again_since_says_nothing() -> None:
    """Jan 2–3 differed and Jan 4–5 matched, and a later run has completed both."""
    first = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=4 * HOUR)
    counts = (CountedDays(CAMPAIGN, NOW - 3 * HOUR, True), CountedDays(window(2, 4), NOW - 2 * HOUR, False))
    later = closed(ExecutionStatus.COMPLETED, "hilton", window(2, 6), run="2", took=HOUR / 2)
    runs = [run(replace(first, hints=with_counts(first, counts)), CAMPAIGN), run(later, window(2, 6))]
    found = counted_cluster("voice-prod", [derive("voice-prod", "hilton", CAMPAIGN, runs, NOW)], NOW)

    assert found
    assert (found.matched, found.uncounted, found.differing) == (47, 4, ())


def test_a_cluster_without_complete_days_has_nothing_to_count() -> None:
    assert counted_cluster("voice-prod", [derive("voice-prod", "hilton", CAMPAIGN, [], NOW)], NOW) is None
