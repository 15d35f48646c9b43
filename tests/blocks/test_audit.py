"""The answer to ``audit``."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks.audit import render
from bot.fleet.audit import AuditResult
from bot.message import Message
from bot.model import AuditOutcome, AuditRecord, AuditTrail, Subject
from tests.blocks.gate import taken_by_slack

AT = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)
HILTON = Subject("voice-prod", "hilton", "backfill-hilton-2026-01-01-2026-02-21")
DONE = AuditRecord(AT, "U0OLIVIA", "ack", HILTON, AuditOutcome.DONE, before="not acknowledged", after="acknowledged")
REFUSED = AuditRecord(AT, "U0VICTOR", "snooze", HILTON, AuditOutcome.REFUSED, "Only operators may snooze.")
HOW = "/backfill audit NAME shows those about one customer or cluster, and /backfill report DATE all of one day"
NAMES = {"U0OLIVIA": "Olivia", "U0VICTOR": "Victor"}


def draw(*records: AuditRecord, in_all: int = 0, **facts: Any) -> Message:
    result = AuditResult(**{"name": "", "people": NAMES, **facts}, trail=AuditTrail(records, in_all or len(records)))
    return taken_by_slack(render(result))


def test_each_line_says_when_who_what_and_what_came_of_it() -> None:
    message = draw(REFUSED, DONE)

    assert message.text.splitlines() == [
        "2 changes, made or tried, the latest first.",
        "2026-02-22 09:00 UTC, Victor: snooze hilton on voice-prod: refused. Only operators may snooze.",
        "2026-02-22 09:00 UTC, Olivia: ack hilton on voice-prod: done (not acknowledged → acknowledged)",
    ]


SPLIT = AuditRecord(
    AT,
    "U0OLIVIA",
    "split",
    HILTON,
    AuditOutcome.DONE,
    before="no sequence, 1 workflow open",
    after="sequence begun",
    reason="times out again",
    plan_digest="1a2b3c4d",
)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            SPLIT,
            "Olivia: split hilton on voice-prod, because “times out again”:"
            " done (no sequence, 1 workflow open → sequence begun), plan 1a2b3c4d",
        ),
        (
            replace(SPLIT, outcome=AuditOutcome.BEGUN, before="", after="", subject=Subject("voice-prod")),
            "Olivia: split voice-prod, because “times out again”: begun, outcome not known, plan 1a2b3c4d",
        ),
        (
            replace(
                SPLIT, outcome=AuditOutcome.FAILED, before="2 running", after="1 paused", plan_digest="", why="No."
            ),
            "Olivia: split hilton on voice-prod, because “times out again”: failed (2 running → 1 paused). No.",
        ),
        (
            replace(SPLIT, reason="", before="", plan_digest=""),
            "Olivia: split hilton on voice-prod: done (sequence begun)",
        ),
    ],
    ids=["done", "begun", "failed in part", "without a reason"],
)
def test_a_change_that_was_confirmed_is_told_with_reason_and_plan(record: AuditRecord, expected: str) -> None:
    message = draw(record)

    assert message.text.splitlines()[1].endswith(f", {expected}")
    assert f"*{record.outcome.value}" in str(message.blocks)


def test_a_long_reason_is_cut() -> None:
    assert len(draw(replace(SPLIT, reason="x" * 500)).text) < 450


def test_nobody_is_pinged_and_moments_are_in_the_readers_own_time_zone() -> None:
    drawn = str(draw(DONE).blocks)

    assert "*Olivia* `ack` hilton on voice-prod: *done* (not acknowledged → acknowledged)" in drawn
    assert f"<!date^{int(AT.timestamp())}^" in drawn
    assert "<@" not in drawn


def test_what_is_left_out_is_counted() -> None:
    lines = draw(DONE, REFUSED, in_all=1_204).text.splitlines()

    assert lines[0] == "1,204 changes, made or tried, the latest first."
    assert lines[-1] == f"and 1,202 more: {HOW}"


@pytest.mark.parametrize("why", ["x" * 300, "<&*" * 100])
def test_more_than_fits_one_message_is_counted_with_what_is_left_out(why: str) -> None:
    long = AuditRecord(AT, "U0VICTOR", "ack", HILTON, AuditOutcome.FAILED, why)
    drawn = "\n".join(block["text"]["text"] for block in draw(*[long] * 40, in_all=100).blocks).splitlines()

    assert drawn[-1] == f"and {100 - (len(drawn) - 2)} more: {HOW}"
    assert len(drawn) > 5


def test_the_plain_text_counts_what_is_left_out_of_it_as_well() -> None:
    long = AuditRecord(AT, "U0VICTOR", "ack", HILTON, AuditOutcome.FAILED, "x" * 300)
    lines = draw(*[long] * 40, in_all=100).text.splitlines()

    assert lines[-1] == f"and {100 - (len(lines) - 2)} more: {HOW}"
    assert len(lines) > 5


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "No changes yet."),
        ("hilton", "No changes about hilton yet."),
    ],
)
def test_that_there_is_nothing_is_said(name: str, expected: str) -> None:
    assert draw(name=name).text == expected


def test_one_customers_audit_says_whose_it_is() -> None:
    assert draw(DONE, name="hilton").text.startswith("1 change about hilton, made or tried")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (Subject("voice-prod", "", "backfill-odd"), "ack backfill-odd on voice-prod: failed. Gone."),
        (Subject(customer="hiltn"), "ack hiltn: failed. Gone."),
        (Subject(), "ack (an unknown alert): failed. Gone."),
    ],
)
def test_what_it_was_about_is_told_as_far_as_it_is_known(subject: Subject, expected: str) -> None:
    message = draw(AuditRecord(AT, "U0GONE", "ack", subject, AuditOutcome.FAILED, "Gone."))

    assert message.text.endswith(f"U0GONE: {expected}")


def test_names_and_reasons_from_outside_ping_nobody_and_format_nothing() -> None:
    nasty = "<!channel> *bold* <@U1> `x` &lt;"
    record = AuditRecord(AT, "U1", "ack", Subject(nasty, nasty), AuditOutcome.FAILED, nasty, reason=nasty)
    message = draw(record, name=nasty, people={"U1": nasty})
    shown = message.text + str(message.blocks)

    assert "<!channel>" not in shown
    assert "<@U1>" not in shown
    assert "*bold*" not in str(message.blocks)
    assert "&amp;lt;" in shown
