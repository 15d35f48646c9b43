"""Refused and failed changes are in the audit, with the reason and what they were about."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from bot.commands import Ack, Cancel, ControlRequest, Pause, Resume, Retry, Run, Snooze, Split, Terminate
from bot.errors import BackfillBotError, Conflict, Unavailable
from bot.fleet.audit import MAX_REASON
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.sequences import PausedAlready
from bot.model import Actor, AuditOutcome, AuditRecord, Ending, JournalEntry, Subject
from bot.usecases.ack import ack
from bot.usecases.control.audit_failures import record_refusal, recording_failures
from bot.usecases.snooze import snooze
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.services import CHANNEL, NOW, OPERATOR, TEAM, VIEWER, FakeWorld
from tests.wording import declines

OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
VICTOR = Actor(VIEWER, TEAM, CHANNEL)
HILTON = episode()
ABOUT_HILTON = Subject("voice-prod", "hilton", HILTON.ref.workflow_id)


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.episodes[HILTON.id] = HILTON
    return world


@pytest.mark.parametrize(
    ("command", "subject"),
    [
        (Ack(episode=HILTON.id), ABOUT_HILTON),
        (Snooze(target="Voice-Prod/Hilton"), ABOUT_HILTON),
        (Ack(target="vivint"), Subject("voice-prod", "vivint")),
        (Ack(target="hiltn"), Subject(customer="hiltn")),
        (Ack(episode="gone"), Subject()),
        (Ack(group=HILTON.id), Subject("voice-prod")),
        (Ack(group="gone"), Subject()),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_refusal_is_recorded_with_what_it_was_about(
    world: FakeWorld, command: Ack | Snooze, subject: Subject
) -> None:
    await record_refusal(command, VICTOR, "Only operators may.", world.services)

    assert world.journal.audited == [
        AuditRecord(NOW, VIEWER, command.word(), subject, AuditOutcome.REFUSED, "Only operators may.")
    ]


@pytest.mark.parametrize(
    ("target", "subject"),
    [
        ("Hilton", Subject("voice-prod", "hilton")),
        ("voice-prod/vivint", Subject("voice-prod", "vivint")),
        ("VOICE-prod", Subject("voice-prod")),
        ("hiltn", Subject(customer="hiltn")),
    ],
)
@pytest.mark.parametrize("kind", [Run, Split, Pause, Resume, Retry, Cancel, Terminate])
async def test_a_control_that_is_refused_is_recorded_by_its_target(
    world: FakeWorld, kind: type[ControlRequest], target: str, subject: Subject
) -> None:
    await record_refusal(kind(target=target), VICTOR, "Only operators may.", world.services)

    assert world.journal.audited == [
        AuditRecord(NOW, VIEWER, kind.word(), subject, AuditOutcome.REFUSED, "Only operators may.")
    ]


async def test_the_reason_that_was_given_is_recorded_with_what_was_not_done(world: FakeWorld) -> None:
    split = Split(target="hilton")

    async def fail() -> None:
        async with recording_failures(split, OLIVIA, world.services, "times\nout, says xoxb-1-marked"):
            raise Declined(PausedAlready(Pause(target="hilton"), "hilton"))

    with declines("Type /backfill resume hilton to go on"):
        await fail()
    await record_refusal(split, VICTOR, "Only operators may.", world.services, "x" * 1_000)

    failed, refused = world.journal.audited
    assert (failed.outcome, failed.why) == (AuditOutcome.FAILED, "The sequence of hilton is paused already.")
    assert failed.reason == "times out, says (hidden)"
    assert refused.reason == "x" * (MAX_REASON - 1) + "…"


async def test_a_button_of_an_alert_that_is_over_tells_which_it_was(world: FakeWorld) -> None:
    world.journal.episodes[HILTON.id] = replace(HILTON, ending=Ending.COMPLETED, ended_at=NOW)

    with declines():
        await snooze(Snooze(episode=HILTON.id), OLIVIA, world.services)

    (record,) = world.journal.audited
    assert (record.subject, record.outcome) == (ABOUT_HILTON, AuditOutcome.FAILED)
    assert record.why == "The alert about hilton is over: completed."


async def test_a_change_of_nothing_is_recorded_as_failed_without_the_hint(world: FakeWorld) -> None:
    with declines("Did you mean hilton"):
        await ack(Ack(target="hiltn"), OLIVIA, world.services)

    (record,) = world.journal.audited
    assert (record.command, record.outcome, record.why) == (
        "ack",
        AuditOutcome.FAILED,
        "No alert is open for “hiltn”.",
    )


@dataclass
class AlwaysOvertaken(FakeJournal):
    """Every change of an alert is a conflict."""

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        if entry.episodes:
            raise Conflict("store", "somebody else was faster")
        await super().record(entry, now)


async def test_a_change_that_was_overtaken_again_and_again_is_recorded_once_as_failed(world: FakeWorld) -> None:
    world.journal = AlwaysOvertaken(world.outbox, episodes=world.journal.episodes)

    with pytest.raises(Conflict):
        await ack(Ack(target="hilton"), OLIVIA, world.services)

    (record,) = world.journal.audited
    assert (record.outcome, record.why) == (AuditOutcome.FAILED, "store: somebody else was faster")


async def test_a_secret_that_somebody_typed_or_a_system_said_is_not_recorded(world: FakeWorld) -> None:
    async def fail() -> None:
        async with recording_failures(Ack(target="xoxb-1-marked"), OLIVIA, world.services):
            raise Unavailable("store", "postgresql://bot:marked@db does not answer")

    with pytest.raises(Unavailable):
        await fail()
    with declines():
        await ack(Ack(target="xoxb-1-marked"), OLIVIA, world.services)

    assert len(world.journal.audited) == 2
    assert "marked" not in str(world.journal.audited)


async def test_a_store_that_is_away_changes_nothing_about_what_the_person_hears(world: FakeWorld) -> None:
    world.journal.away = Unavailable("store", "database is locked")

    with pytest.raises(BackfillBotError, match="database is locked"):
        await ack(Ack(target="hilton"), OLIVIA, world.services)
    await record_refusal(Ack(target="hilton"), VICTOR, "Only operators may.", world.services)

    assert world.journal.audited == []
