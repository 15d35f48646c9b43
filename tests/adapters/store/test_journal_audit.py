"""The contract of bot.ports.Journal about the audit, on the fake and on the database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.store import open_store
from bot.errors import Conflict
from bot.model import AuditOutcome, AuditRecord, AuditTrail, JournalEntry, Subject
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, episode, minutes

HILTON = Subject("voice-prod", "hilton", "backfill-hilton-2026-01-01-2026-02-21")


def record(subject: Subject = HILTON, **changes: Any) -> AuditRecord:
    """A refused acknowledgement."""
    plain = AuditRecord(NOW, "U1", "ack", subject, AuditOutcome.REFUSED, "Only operators may ack.")
    return replace(plain, **changes)


async def test_an_empty_journal_has_no_audit(store: Sides) -> None:
    assert await store.journal.audit("", 10) == AuditTrail((), 0)
    assert await store.journal.audit("hilton", 10) == AuditTrail((), 0)


@pytest.mark.parametrize("outcome", AuditOutcome)
async def test_a_record_comes_back_as_it_was_written(store: Sides, outcome: AuditOutcome) -> None:
    recorded = record(
        outcome=outcome,
        at=NOW + timedelta(microseconds=5),
        why='“<!channel>" søppel',
        before="not snoozed",
        after="snoozed until it changes",
        reason="“søvnløs”",
        plan_digest="1a2b3c4d",
        change="c1",
    )

    await store.journal.record(JournalEntry(audit=(recorded,)), NOW)

    assert await store.journal.audit("", 10) == AuditTrail((recorded,), 1)


async def test_the_latest_come_first_and_all_are_counted(store: Sides) -> None:
    for number in range(5):
        await store.journal.record(JournalEntry(audit=(record(at=NOW + minutes(number)),)), NOW)

    trail = await store.journal.audit("", 2)

    assert [entry.at for entry in trail.records] == [NOW + minutes(4), NOW + minutes(3)]
    assert trail.in_all == 5


async def test_the_same_change_made_twice_is_two_records(store: Sides) -> None:
    await store.journal.record(JournalEntry(audit=(record(),)), NOW)
    await store.journal.record(JournalEntry(audit=(record(),)), NOW)

    assert (await store.journal.audit("", 10)).in_all == 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("hilton", ["voice-prod", "chat-prod"]),
        ("HILTON", ["voice-prod", "chat-prod"]),
        ("Voice-Prod/Hilton", ["voice-prod"]),
        ("backfill-odd", ["nowhere"]),
        ("nowhere/backfill-odd", ["nowhere"]),
        ("STRASSE", ["ort"]),
        ("ÖRTLICH/straße", []),
        ("backfill-hilton-2026-01-01-2026-02-21", []),
        ("hil", []),
        ("%", []),
        ("voice-prod", ["voice-prod"]),
        ("/", []),
    ],
)
async def test_records_are_found_by_name_in_any_case(store: Sides, name: str, found: list[str]) -> None:
    subjects = (
        Subject("ort", "Straße"),
        Subject("nowhere", "", "backfill-odd"),
        Subject("chat-prod", "Hilton"),
        HILTON,
    )
    await store.journal.record(JournalEntry(audit=tuple(record(subject) for subject in subjects)), NOW)

    trail = await store.journal.audit(name, 10)

    assert [entry.subject.cluster for entry in trail.records] == found
    assert trail.in_all == len(found)


async def test_everything_on_a_cluster_is_found_by_its_name_and_nothing_else(store: Sides) -> None:
    here = (HILTON, Subject("voice-prod", "a/b"), Subject("Voice-Prod"), Subject("voice-prod", "", "w"))
    elsewhere = (Subject("voice-prod-2", "hilton"), Subject("voice_prod"), Subject(customer="hiltn"), Subject())
    await store.journal.record(JournalEntry(audit=tuple(record(subject) for subject in (*here, *elsewhere))), NOW)

    found = [entry.subject for entry in (await store.journal.audit("Voice-prod", 10)).records]

    assert found == list(reversed(here))
    assert (await store.journal.audit("voice-prod/a", 10)).in_all == 0


async def test_a_change_that_was_overtaken_leaves_no_record(store: Sides) -> None:
    with pytest.raises(Conflict):
        await store.journal.record(JournalEntry(episodes=(episode("e1", revision=4),), audit=(record(),)), NOW)

    assert (await store.journal.audit("", 10)).in_all == 0


async def test_what_came_of_a_change_takes_the_place_of_its_beginning(store: Sides) -> None:
    begun = record(outcome=AuditOutcome.BEGUN, why="", reason="times out", change="c1")
    over = replace(begun, outcome=AuditOutcome.DONE, at=NOW + minutes(1), before="1 run", after="11 windows")
    for entry in (begun, record(), over):
        await store.journal.record(JournalEntry(audit=(entry,)), NOW)

    assert await store.journal.audit("", 10) == AuditTrail((record(), over), 2)


async def test_a_change_that_is_begun_and_over_in_one_step_is_one_record(store: Sides) -> None:
    begun = record(outcome=AuditOutcome.BEGUN, change="c1")
    over = replace(begun, outcome=AuditOutcome.FAILED, why="Temporal does not answer.")
    await store.journal.record(JournalEntry(audit=(begun, record(change="c2"), over)), NOW)

    assert (await store.journal.audit("", 10)).records == (record(change="c2"), over)


async def test_a_replaced_record_is_found_by_what_it_is_about_now(store: Sides) -> None:
    await store.journal.record(JournalEntry(audit=(record(Subject(customer="hilton"), change="c1"),)), NOW)
    await store.journal.record(JournalEntry(audit=(record(HILTON, change="c1"),)), NOW)

    assert (await store.journal.audit("voice-prod/hilton", 10)).in_all == 1


async def test_records_outlive_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(audit=(record(),)), NOW)
    async with open_store(url) as store:
        trail = await store.journal.audit("hilton", 10)

    assert trail == AuditTrail((record(),), 1)


def test_the_outcomes_a_store_may_hold_keep_their_words() -> None:
    # Rows hold these: another text would need a migration.
    assert [outcome.value for outcome in AuditOutcome] == ["begun", "done", "refused", "failed"]


async def test_the_changes_of_a_time_come_in_the_order_recorded_without_its_end(store: Sides) -> None:
    for number in (3, 0, 1, 2):
        await store.journal.record(JournalEntry(audit=(record(at=NOW + minutes(number)),)), NOW)

    found = await store.journal.changes(NOW, NOW + minutes(3))

    assert [entry.at for entry in found] == [NOW + minutes(number) for number in (0, 1, 2)]


async def test_the_latest_act_of_each_customer_is_told(store: Sides) -> None:
    cancelled = record(Subject("voice-prod", "hilton"), command="cancel", outcome=AuditOutcome.DONE)
    again = replace(cancelled, at=NOW + minutes(5), user_id="U2")
    others = (
        replace(cancelled, command="split", at=NOW + minutes(6)),
        replace(cancelled, outcome=AuditOutcome.REFUSED, at=NOW + minutes(7)),
        replace(cancelled, subject=Subject("voice-prod", "Hilton")),
        replace(cancelled, subject=Subject("us-east-1-prod", "nrg"), command="terminate"),
        replace(cancelled, subject=Subject("us-east-1-prod", "spirit")),
    )
    await store.journal.record(JournalEntry(audit=(cancelled, again, *others)), NOW)

    found = await store.journal.latest_acts(["voice-prod/hilton", "us-east-1-prod/nrg"], ["cancel", "terminate"])

    assert set(found) == {again, others[3]}
    assert await store.journal.latest_acts([], ["cancel"]) == ()
    many = [f"voice-prod/{number}" for number in range(1_200)]
    assert await store.journal.latest_acts([*many, "voice-prod/hilton"], ["cancel"]) == (again,)


async def test_the_acts_of_a_customer_are_not_those_of_one_whose_name_differs_in_case(store: Sides) -> None:
    upper, lower = Subject("voice-prod", "Acme"), Subject("voice-prod", "acme")
    acts = [record(subject, command="cancel", outcome=AuditOutcome.DONE) for subject in (upper, lower)]
    await store.journal.record(JournalEntry(audit=tuple(acts)), NOW)

    assert await store.journal.latest_acts([upper.full_name], ["cancel"]) == (acts[0],)
    assert await store.journal.latest_acts([lower.full_name], ["cancel"]) == (acts[1],)
