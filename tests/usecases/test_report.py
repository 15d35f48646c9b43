"""The report over the evening of docs/operations-log.md: what the bot can know of it, in the order of the log."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.blocks.report import markdown
from bot.commands import Report as ReportCommand
from bot.errors import Unavailable
from bot.fleet.report.report import Report
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.model import (
    AuditOutcome,
    AuditRecord,
    Ending,
    ExecutionStatus,
    JournalEntry,
    Ref,
    SeenFailure,
    State,
    Subject,
)
from bot.usecases.report import report
from tests.fakes.episodes import episode
from tests.fakes.services import OPERATOR, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, TIMED_OUT, closed, execution, window
from tests.fleet.evening import CUSTOMERS, descriptions
from tests.fleet.sizes import evenly

SIZING = {
    "overrides": {"cvs": 1},
    "baselines": [
        {"name": "hilton", "scorecards": 82_000, "days": 5, "took": "2h 15m"},
        {"name": "oportun", "scorecards": 307_000, "days": 1},
        {"name": "cvs", "scorecards": 95_000, "days": 1},
    ],
}
VOLUME = {"name": "scorecards", "query": "SELECT customer, day, rows FROM volumes"}
VERIFY = {
    "tables": [
        {
            "name": name,
            "table": f"analytics.{name}",
            "customer_column": "customer",
            "time_column": "at",
            "expected": "SELECT day, rows FROM source WHERE customer = {customer:String}",
        }
        for name in ("scorecards", "scores")
    ]
}
STRUGGLED = {  # cluster, scorecards, scores, attempts
    "hilton": ("voice-prod", 4_200_000, 57_300_000, 2),
    "united-east": ("us-east-1-prod", 10_700_000, 61_000_000, 4),
    "marriott": ("us-east-1-prod", 1_400_000, 18_200_000, 2),
    "spirit": ("us-east-1-prod", 1_500_000, 4_700_000, 2),
}


def cancelled(customer: str, cluster: str) -> Ref:
    return closed(ExecutionStatus.CANCELLED, customer, CAMPAIGN, cluster).ref


def split_by_olivia(customer: str, cluster: str) -> AuditRecord:
    return AuditRecord(
        at=NOW - 9 * HOUR,
        user_id=OPERATOR,
        command="split",
        subject=Subject(cluster, customer),
        outcome=AuditOutcome.DONE,
        reason="times out on heartbeat",
    )


@pytest.fixture
async def evening() -> FakeWorld:
    world = FakeWorld(config=config(CUSTOMERS, sizing=SIZING, verify=VERIFY, volume=VOLUME), now=NOW)
    for described in descriptions():
        world.engines[described.execution.ref.cluster].put(described)
    for customer, (cluster, scorecards, scores, attempts) in STRUGGLED.items():
        warehouse = world.warehouses[cluster]
        warehouse.volume[customer] = evenly(scorecards // CAMPAIGN.days)
        warehouse.source["scores", customer] = evenly(scores // CAMPAIGN.days)
        seen = [
            SeenFailure(cancelled(customer, cluster), "1", attempt, TIMED_OUT, NOW - 10 * HOUR)
            for attempt in range(1, attempts)
        ]
        await world.journal.record(
            JournalEntry(failures=tuple(seen), audit=(split_by_olivia(customer, cluster),)), NOW
        )
    return world


async def reported(world: FakeWorld, day: date | None = None) -> Report:
    return await report(ReportCommand(day=day), world.services)


async def lines(world: FakeWorld, **options: Any) -> list[str]:
    return markdown(await reported(world, **options)).splitlines()


async def test_the_evening_holds_every_fact_of_the_operations_log_in_its_order(evening: FakeWorld) -> None:
    text = markdown(await reported(evening))

    facts = [
        "**89 of 95 customers complete, 6 open.** Campaign: Jan 1–Feb 20 (51 days).",
        "Watched 8 clusters with 95 customers.",
        "4 customers struggled",
        "| us-west-2-prod | 30 | 30/30 | oportun ran as 51 windows of 1 day;",
        "| chat-prod | 3 | 3/3 |",
        "| schwab-prod | 1 | 1/1 |",
        "| eu-west-2-prod | 0 | N/A | no data in range |",
        "| voice-prod | 17 | 14/17 | 3 open;",
        "| us-east-1-prod | 44 | 41/44 | 3 open;",
        "- voice-prod: brinks-care, cox-tech-support, cox-retention,",
        "- us-east-1-prod: alaska-air, sunbit, rentokil, rcg, propel, nrg,",
        "| marriott | us-east-1-prod | partial; 1 of 6 windows complete (3 h 19 m each); 5 to run;",
        "| spirit | us-east-1-prod | partial; 1 of 6 windows complete (3 h each); 5 to run;",
        "| united-east | us-east-1-prod | partial; 1 of 11 windows complete (6 h each); 10 to run;",
        "| hilton | voice-prod | running; 1 of 11 windows complete (2 h 15 m each); 9 to run;",
        "| vivint | voice-prod | running; full range running for 22 h 10 m, attempt 1, healthy",
        "| hilton | voice-prod | 4.2M | 57.3M | 2 | 82K | 5 days | 2 h 15 m | 183K |",
        "| marriott | us-east-1-prod | 1.4M | 18.2M | 2 | 27K | 10 days | 3 h 19 m | 83K |",
        "| spirit | us-east-1-prod | 1.5M | 4.7M | 2 | 29K | 10 days | 3 h | 98K |",
        "| united-east | us-east-1-prod | 10.7M | 61.0M | 4 | 210K | 5 days | 6 h | 175K |",
        "- voice-prod/hilton: last failure: heartbeat timeout; the run over the full range: cancelled; "
        "split by Olivia, 2026-02-22 09:00 UTC: done (“times out on heartbeat”);",
        "- oportun: 307K scorecards a day, windows of 1 day",
        "- cvs: set to 1 day",
        "No alert was open.",
        "Nothing has been counted yet.",
        "| hilton | voice-prod | 46 days missing, 1 run open, 9 windows to run |",
        "## Who did what",
        "| 2026-02-22 09:00 UTC | Olivia | split voice-prod/hilton | times out on heartbeat | done |",
    ]
    places = [text.find(fact) for fact in facts]

    assert [fact for fact, place in zip(facts, places, strict=True) if place < 0] == []
    assert places == sorted(places)
    sections = [line for line in text.splitlines() if line.startswith("#")]
    assert sections == [
        "# Operations log of 2026-02-22",
        "## What was done",
        "## Where each cluster stands",
        "### Still open",
        "## Who struggled",
        "## What the bot waited for",
        "## Counts verified",
        "## What is left",
        "## Who did what",
    ]


async def test_who_is_left_has_an_estimate_as_a_range(evening: FakeWorld) -> None:
    found = await reported(evening)
    etas = {left.target.customer: left.eta for left in found.remaining}

    for customer, least, most in (
        ("vivint", 70, 120),
        ("united-east", 50, 80),
        ("hilton", 18, 30),
        ("marriott", 12, 24),
    ):
        eta = etas[customer]
        assert eta is not None
        assert timedelta(hours=least) < eta.low < eta.high < timedelta(hours=most)


async def test_a_past_day_tells_the_states_of_its_end(evening: FakeWorld) -> None:
    """At the end of Feb 21, the full-range runs were open and nothing was complete."""
    found = await reported(evening, date(2026, 2, 21))

    assert (found.is_past, found.complete) == (True, 0)
    assert {customer.target.customer for customer in found.open} == {
        "hilton",
        "vivint",
        "united-east",
        "marriott",
        "spirit",
    }
    assert all(customer.state is State.RUNNING and customer.runs[0].health is None for customer in found.open)
    assert found.changes == ()


async def test_alerts_of_the_day_come_with_acks_and_snoozes_and_earlier_ones_do_not(evening: FakeWorld) -> None:
    acked = episode("vivint", opened_at=NOW - 2 * HOUR, acked_by=OPERATOR, revision=0)
    over = episode(
        "hilton", id="old", ending=Ending.COMPLETED, revision=0, opened_at=NOW - 90 * HOUR, ended_at=NOW - 80 * HOUR
    )
    await evening.journal.record(JournalEntry(episodes=(acked, over)), NOW)

    text = await lines(evening)

    assert (
        "| vivint | voice-prod | heartbeat timeout, attempt 2 | 2026-02-22 16:00 UTC | "
        "open; acknowledged by Olivia |" in text
    )
    assert not [line for line in text if "2026-02-19" in line]


async def test_counts_are_told_by_cluster_with_the_days_that_differ(evening: FakeWorld) -> None:
    whole = closed(ExecutionStatus.COMPLETED, "brinks-care", CAMPAIGN, ago=8 * HOUR)
    counts = (
        CountedDays(CAMPAIGN, NOW - 5 * HOUR, matches=True),
        CountedDays(window(7, 8), NOW - 4 * HOUR, matches=False),
    )
    evening.engines["voice-prod"].add(whole)
    await evening.ledger.keep([replace(whole, hints=with_counts(whole, counts))])

    (voice,) = [row for row in (await reported(evening)).counted if row.cluster == "voice-prod"]

    assert (voice.counted, voice.matched, voice.latest) == (1, 50, NOW - 4 * HOUR)
    assert voice.differing == (("brinks-care", (window(7, 8),)),)


async def test_a_cluster_that_does_not_answer_is_unknown_and_named(evening: FakeWorld) -> None:
    evening.engines["chat-prod"].away = Unavailable("chat-prod", "no answer within 3 s")

    text = await lines(evening)

    assert "**At least 86 of 95 customers complete, 6 open, 3 unknown.** Campaign: " in "\n".join(text)
    assert "| chat-prod | 3 | unknown | did not answer |" in text
    assert text[-1] == "- chat-prod did not answer: no answer within 3 s."


async def test_a_source_that_does_not_answer_leaves_volumes_unknown(evening: FakeWorld) -> None:
    evening.warehouses["voice-prod"].away = Unavailable("voice-prod", "down")

    hilton = next(line for line in await lines(evening) if line.startswith("| hilton | voice-prod | unknown"))

    assert hilton.startswith("| hilton | voice-prod | unknown | unknown | 2 | unknown |")


async def test_names_show_as_they_are_written_and_break_no_table(evening: FakeWorld) -> None:
    world = FakeWorld(config=config({"voice-prod": ("a|b*<!channel>", "snake_case")}), now=NOW)
    world.warehouses["voice-prod"].volume["a|b*<!channel>"] = evenly(7)
    world.engines["voice-prod"].add(execution("snake_case", started_at=NOW - 5 * MINUTE))

    text = await lines(world)

    assert any(line.startswith("| snake_case | voice-prod | running; full range") for line in text)
    assert "- 1 customer on voice-prod not started: a\\|b\\*\\<!channel\\>." in text


async def test_volumes_have_the_name_that_the_team_gives_them(evening: FakeWorld) -> None:
    evening.config = config(CUSTOMERS, sizing=SIZING, verify=VERIFY, volume={**VOLUME, "name": "calls"})
    named = markdown(await reported(evening))
    evening.config = config(CUSTOMERS, sizing=SIZING, verify=VERIFY, volume={"query": VOLUME["query"]})
    unnamed = markdown(await reported(evening))

    assert "| Customer | Cluster | Calls | Scorecards | Scores | Attempts | Calls a day |" in named
    assert "- oportun: 307K calls a day, windows of 1 day" in named
    assert "| Customer | Cluster | Rows | Scorecards | Scores | Attempts | Rows a day |" in unnamed
