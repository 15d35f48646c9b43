"""What the journal keeps about campaigns, on the fake and on the database."""

from dataclasses import replace
from datetime import date

import pytest

from bot.errors import Conflict
from bot.model import (
    AuditOutcome,
    AuditRecord,
    CampaignDefinition,
    CampaignRecord,
    JournalEntry,
    OutboxMessage,
    Subject,
    Window,
)
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW

DAYS = Window(date(2026, 3, 1), date(2026, 4, 1))
MARCH = CampaignDefinition("xoxb-1-march <&", DAYS, "Europe/Berlin", "reindex", ("scores",), ("a",), ("b", "c"))
OPENED = CampaignRecord(MARCH.name, MARCH, "U1", NOW)


async def test_a_campaign_comes_back_as_it_was_recorded_and_changed(store: Sides) -> None:
    closed = CampaignRecord("default", None, "U2", NOW, closed_at=NOW)
    await store.journal.record(JournalEntry(campaigns=(OPENED, closed)), NOW)
    first = await store.journal.campaigns()
    extended = replace(first[1], definition=replace(MARCH, window=Window(date(2026, 3, 1), date(2026, 4, 8))))
    await store.journal.record(JournalEntry(campaigns=(extended,)), NOW)

    assert first == (replace(closed, revision=1), replace(OPENED, revision=1))
    assert await store.journal.campaigns() == (replace(closed, revision=1), replace(extended, revision=2))


async def test_of_two_changes_at_once_the_second_records_nothing(store: Sides) -> None:
    await store.journal.record(JournalEntry(campaigns=(OPENED,)), NOW)
    for stale in (OPENED, replace(OPENED, revision=7)):
        with pytest.raises(Conflict):
            await store.journal.record(
                JournalEntry(campaigns=(replace(stale, changed_by="U9"),), messages=(OutboxMessage("m", "{}"),)), NOW
            )

    assert await store.journal.campaigns() == (replace(OPENED, revision=1),)
    assert await store.journal.messages(["m"]) == {}


async def test_the_audit_of_a_campaign_has_what_is_about_it_or_about_none_in_particular(store: Sides) -> None:
    def record(command: str, campaign: str) -> AuditRecord:
        subject = Subject("voice-prod", "hilton")
        return AuditRecord(NOW, "U1", command, subject, AuditOutcome.DONE, campaign=campaign)

    records = (record("run", "march"), record("split", "default"), record("cancel", ""))
    await store.journal.record(JournalEntry(audit=records), NOW)
    everything, of_march = await store.journal.audit("hilton", 9), await store.journal.audit("hilton", 9, "march")

    assert [each.command for each in everything.records] == ["cancel", "split", "run"]
    assert ([each.command for each in of_march.records], of_march.in_all) == (["cancel", "run"], 2)
    assert (await store.journal.audit("", 9, "march")).in_all == 2
