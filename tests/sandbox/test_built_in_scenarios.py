"""Scenarios that come with the sandbox are the two ends of the day in the operations log, and the day before it all
began."""

from collections import Counter
from datetime import date

import pytest

from sandbox.scenario.load import load_scenario
from sandbox.scenario.model import Scenario, State
from sandbox.scenario.runs import runs

HEAVY = {"hilton", "united-east", "marriott", "spirit"}
LOG_TABLE = {
    "us-west-2-prod": (30, 30),
    "chat-prod": (3, 3),
    "schwab-prod": (1, 1),
    "eu-west-2-prod": (0, 0),
    "ap-southeast-2-prod": (0, 0),
    "ca-central-1-prod": (0, 0),
    "voice-prod": (14, 17),
    "us-east-1-prod": (41, 44),
}


def complete_customers(scenario: Scenario) -> dict[str, tuple[int, int]]:
    """By cluster: customers whose complete runs cover the campaign, of how many."""
    covered: Counter[tuple[str, str]] = Counter()
    for run in runs(scenario):
        if run.state is State.COMPLETE:
            covered[run.cluster, run.customer] += run.range.days
    return {
        name: (
            sum(covered[name, customer] >= scenario.campaign.days for customer in cluster.customers),
            len(cluster.customers),
        )
        for name, cluster in scenario.clusters.items()
    }


def runs_of(scenario: Scenario, customer: str) -> list[tuple[State, date, date]]:
    return [(run.state, run.range.start, run.range.end) for run in runs(scenario) if run.customer == customer]


def volumes(scenario: Scenario) -> dict[tuple[str, str], tuple[int, int, float, int | None]]:
    """By cluster and customer: scorecards, scores, hours, and the most days that a run gets through."""
    return {
        (cluster, name): (customer.scorecards, customer.scores, customer.hours, customer.max_days)
        for cluster, found in scenario.clusters.items()
        for name, customer in found.customers.items()
    }


@pytest.mark.parametrize("name", ["monday", "morning", "evening"])
def test_all_hold_the_fleet_of_the_log(name: str) -> None:
    scenario = load_scenario(name).scenario

    assert scenario.campaign.days == 51
    assert {cluster: len(found.customers) for cluster, found in scenario.clusters.items()} == {
        cluster: total for cluster, (_, total) in LOG_TABLE.items()
    }


def test_the_evening_is_the_table_of_the_log() -> None:
    assert complete_customers(load_scenario("evening").scenario) == LOG_TABLE


def test_in_the_evening_the_heavy_ones_are_where_the_log_says() -> None:
    evening = load_scenario("evening").scenario
    whole = (State.CANCELLED, date(2026, 1, 1), date(2026, 2, 21))

    assert runs_of(evening, "hilton") == [
        whole,
        (State.COMPLETE, date(2026, 1, 1), date(2026, 1, 6)),
        (State.RUNNING, date(2026, 1, 6), date(2026, 1, 11)),
    ]
    assert runs_of(evening, "united-east") == [whole, (State.COMPLETE, date(2026, 1, 1), date(2026, 1, 6))]
    assert runs_of(evening, "marriott") == [whole, (State.COMPLETE, date(2026, 1, 1), date(2026, 1, 11))]
    assert runs_of(evening, "spirit") == [whole, (State.COMPLETE, date(2026, 1, 1), date(2026, 1, 11))]
    assert len(runs_of(evening, "oportun")) == 51


def test_in_the_morning_exactly_the_heavy_ones_are_too_big() -> None:
    morning = load_scenario("morning").scenario
    too_big = {
        run.customer
        for run in runs(morning)
        if run.state is State.RUNNING
        and run.range.days > (morning.clusters[run.cluster].customers[run.customer].max_days or run.range.days)
    }

    assert too_big == HEAVY
    assert {run.customer for run in runs(morning) if run.state is State.RUNNING} == HEAVY | {
        "vivint",
        "holidayinn-transfers",
    }
    assert sum(complete for complete, _ in complete_customers(morning).values()) == 89


def test_on_monday_nobody_has_started_anything_and_the_customers_are_those_of_the_morning() -> None:
    monday, morning = load_scenario("monday").scenario, load_scenario("morning").scenario

    assert runs(monday) == []
    assert volumes(monday) == volumes(morning)
