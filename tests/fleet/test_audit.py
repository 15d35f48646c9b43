"""Audit records of changes to alerts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.commands import Ack, Snooze
from bot.fleet.audit import about, about_typed, done
from bot.model import ActiveSnooze, Actor, AuditOutcome, AuditRecord, Subject
from tests.fakes.episodes import episode

OLIVIA = Actor("U0OLIVIA", "T0FAKE", "C0BACKFILLS")
NOW = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)
HILTON = episode()
CONFIGURED = {"voice-prod": ("hilton", "vivint"), "chat-prod": ("hilton",)}


def test_a_change_is_told_with_what_differs_before_and_after() -> None:
    taken = replace(HILTON, acked_by="U0OLIVIA", changed_at=NOW)

    assert done(Ack(target="hilton"), OLIVIA, HILTON, taken) == AuditRecord(
        at=NOW,
        user_id="U0OLIVIA",
        command="ack",
        subject=Subject("voice-prod", "hilton", "backfill-hilton-2026-01-01-2026-02-21"),
        outcome=AuditOutcome.DONE,
        before="not acknowledged",
        after="acknowledged",
    )


def test_a_snooze_is_told_with_its_end_in_utc() -> None:
    there = datetime(2026, 2, 22, 16, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    forever, until = (
        replace(HILTON, quiet=ActiveSnooze("U0OSCAR", end), acked_by="U0OSCAR") for end in (None, there)
    )
    record = done(Snooze(target="hilton"), OLIVIA, forever, until)

    assert (record.command, record.before, record.after) == (
        "snooze",
        "snoozed until it changes",
        "snoozed until 2026-02-22 11:00 UTC",
    )


def test_an_alert_that_was_not_recognised_is_told_by_its_workflow() -> None:
    subject = about(episode(customer=""))

    assert subject.name == "backfill--2026-01-01-2026-02-21"
    assert subject.full_name == f"voice-prod/{subject.name}"


@pytest.mark.parametrize(
    ("typed", "subject"),
    [
        ("Vivint", Subject("voice-prod", "vivint")),
        ("CHAT-prod/hilton", Subject("chat-prod", "hilton")),
        ("hilton", Subject(customer="hilton")),
        ("hiltn", Subject(customer="hiltn")),
        ("voice-prod", Subject("voice-prod")),
    ],
)
def test_a_typed_name_is_told_as_exactly_as_it_is_known(typed: str, subject: Subject) -> None:
    assert about_typed(typed, CONFIGURED) == subject


@pytest.mark.parametrize(
    ("subject", "name", "full_name"),
    [
        (Subject("voice-prod", "hilton", "w"), "hilton", "voice-prod/hilton"),
        (Subject("voice-prod", "", "w"), "w", "voice-prod/w"),
        (Subject("voice-prod"), "voice-prod", "voice-prod"),
        (Subject(customer="hiltn"), "hiltn", "/hiltn"),
        (Subject(), "", "/"),
    ],
)
def test_a_subject_is_called_by_the_narrowest_name_known(subject: Subject, name: str, full_name: str) -> None:
    assert (subject.name, subject.full_name) == (name, full_name)


def test_a_secret_typed_as_a_name_is_hidden_before_the_name_is_cut() -> None:
    assert about_typed("https://user:secret@" + "h" * 200, {}).customer.startswith("https://(hidden)@h")
