"""Whether a cluster is complete, by its run history."""

from datetime import timedelta

from bot.fleet.runs.run import Run
from bot.fleet.status.completion import (
    ClusterCompletion,
    CountPatience,
    backfills_of,
    completion_of,
    never_run,
)
from bot.model import ExecutionStatus as S
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed, execution, run, window

CLUSTER = "voice-prod"
PATIENT, IMPATIENT = CountPatience(NOW, 2 * HOUR), CountPatience(NOW, timedelta(0))


def complete(customer: str) -> Run:
    return run(closed(S.COMPLETED, customer, CAMPAIGN), CAMPAIGN)


def completion(
    *runs: Run, volumes: dict[str, int] | None = None, patience: CountPatience = IMPATIENT
) -> ClusterCompletion:
    backfills = backfills_of(CLUSTER, ("hilton", "vivint"), CAMPAIGN, runs, NOW)
    return completion_of(CLUSTER, backfills, volumes or {}, patience)


def test_a_cluster_is_complete_when_all_its_customers_are() -> None:
    half = run(closed(S.COMPLETED, "vivint", window(1, 6)), window(1, 6))

    assert completion(complete("hilton"), complete("vivint")).is_complete
    assert not completion(complete("hilton"), half).is_complete
    assert not completion(complete("hilton"), run(execution("vivint"), CAMPAIGN)).is_complete


def test_a_customer_that_has_never_run_counts_unless_the_source_has_nothing_for_it() -> None:
    found = completion(complete("hilton"), volumes={"vivint": 3})

    assert (found.expected, found.complete, found.is_complete) == (2, 1, False)
    assert completion(complete("hilton")).expected == 1
    assert completion(complete("hilton")).is_complete


def test_the_source_is_asked_about_nobody_while_somebody_else_is_not_complete() -> None:
    running = [run(execution("hilton"), CAMPAIGN)]

    assert never_run(backfills_of(CLUSTER, ("hilton", "vivint"), CAMPAIGN, running, NOW)) == ()
    assert never_run(backfills_of(CLUSTER, ("hilton", "vivint"), CAMPAIGN, [], NOW)) == ("hilton", "vivint")


def test_counts_are_waited_for_and_not_for_ever() -> None:
    both = complete("hilton"), complete("vivint")  # an hour ago

    assert not completion(*both, patience=PATIENT).is_counted
    assert completion(*both, patience=CountPatience(NOW + HOUR, 2 * HOUR)).is_counted
