"""The operations log as Markdown, and the message that it comes with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.blocks.report import markdown, render
from bot.fleet.name_lookup import Target
from bot.fleet.notifications import notification
from bot.fleet.notifications.notification import ReportCard
from bot.fleet.report.left import Remaining
from bot.fleet.report.report import (
    ClusterResult,
    CountedCluster,
    Happened,
    OpenCustomer,
    OpenRunFacts,
    Report,
    ReportedAlert,
    Struggled,
)
from bot.fleet.report.span import Span
from bot.fleet.status.estimate import Estimate, WorkLeft
from bot.model import (
    ActiveSnooze,
    AlertReason,
    AuditOutcome,
    AuditRecord,
    Ending,
    ExecutionStatus,
    Failure,
    FailureKind,
    Health,
    State,
    Subject,
    Window,
)
from tests.blocks.gate import taken_by_slack

DAY = date(2026, 2, 22)
SINCE, UNTIL = datetime(2026, 2, 22, tzinfo=UTC), datetime(2026, 2, 23, tzinfo=UTC)
AT = datetime(2026, 2, 22, 18, 0, tzinfo=UTC)
CAMPAIGN = Window(date(2026, 1, 1), date(2026, 2, 21))
HILTON = Target("voice-prod", "hilton")
HOUR = timedelta(hours=1)
REPORT = Report(
    span=Span(SINCE, UNTIL),
    at=AT,
    is_past=False,
    range=CAMPAIGN,
    happened=Happened(started=12, completed=9, windows=8, ended=1),
    clusters=(ClusterResult("voice-prod", 2, "1/2", complete=("vivint",), open=1),),
    day=DAY,
    people={"U1": "Olivia"},
)


def test_a_log_that_leaves_out_the_beginning_says_so_in_the_message_and_in_the_file() -> None:
    span = Span(UNTIL - timedelta(days=90), UNTIL, began=datetime(2025, 10, 3, 7, tzinfo=UTC))
    cut = replace(REPORT, span=span, day=None)
    notice = "The campaign began on 2025-10-03; this log has its last 90 days."

    assert notice in render(cut).text.splitlines()
    assert notice in markdown(cut)
    assert "this log has" not in markdown(REPORT)


def with_hilton() -> Report:
    """hilton was split by Olivia, and its second window runs."""
    run = OpenRunFacts(Window(date(2026, 1, 6), date(2026, 1, 11)), False, HOUR, 1, Health.HEALTHY, "day 2026-01-07")
    failure = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
    act = AuditRecord(AT - HOUR, "U1", "split", Subject(*("voice-prod", "hilton")), AuditOutcome.DONE, reason="slow")
    return replace(
        REPORT,
        open=(OpenCustomer(HILTON, State.RUNNING, (Window(date(2026, 1, 6), date(2026, 2, 21)),), (run,)),),
        struggled=(Struggled(HILTON, 2, failure, ExecutionStatus.CANCELLED, acts=(act,)),),
        remaining=(Remaining(HILTON, 46, 9, 1, goes_on=True, eta=Estimate(19 * HOUR, 26 * HOUR)),),
        changes=(act,),
    )


def test_the_message_begins_with_the_number_people_need_and_has_the_log_as_its_file() -> None:
    message = taken_by_slack(render(with_hilton()))

    assert message.text == "\n".join(
        [
            "Operations log of 2026-02-22: 1 of 2 customers complete, 1 open.",
            "Struggled: hilton.",
            "What runs now needs about 19–26 h.",
        ]
    )
    assert message.document
    assert (message.document.name, message.document.title) == (
        "operations-log-2026-02-22.md",
        "Operations log of 2026-02-22",
    )
    assert message.document.text == markdown(with_hilton())


def test_the_time_until_the_last_is_done_counts_the_slots_of_the_cluster() -> None:
    time = Estimate(4 * HOUR, 5 * HOUR)
    left = Remaining(HILTON, 46, 9, 0, goes_on=True, eta=time, work=WorkLeft("voice-prod", time, following=time))
    report = replace(REPORT, remaining=(left,) * 44, slots={"voice-prod": 10})

    assert "What runs now needs about 18–22 h." in render(report).text.splitlines()
    assert "- What runs now: about 18–22 h until the last customer is done." in markdown(report).splitlines()


def test_a_report_of_an_earlier_version_is_read_as_it_was() -> None:
    body = notification.dump(ReportCard(with_hilton())).replace(',"work":null', "").replace(',"slots":{}', "")
    body = body.replace(',"is_queued":false,"may_be_queued":false', "").replace(',"queued":[]', "")

    assert not [field for field in ("slots", "queued") if field in body]
    assert notification.parse(body) == ReportCard(with_hilton())


def test_an_open_run_who_struggled_and_what_was_done_read_as_one_line_each() -> None:
    lines = markdown(with_hilton()).splitlines()

    assert (
        "| hilton | voice-prod | running; Jan 6–10 running for 1 h, attempt 1, healthy, at day 2026-01-07 |" in lines
    )
    assert (
        "- voice-prod/hilton: last failure: heartbeat timeout; the run over the full range: cancelled; "
        "split by Olivia, 2026-02-22 17:00 UTC: done (“slow”)."
    ) in lines
    assert "| hilton | voice-prod | 46 days missing, 1 run open, 9 windows to run | 19–26 h |" in lines
    assert "| 2026-02-22 17:00 UTC | Olivia | split voice-prod/hilton | slow | done |" in lines


def test_a_quiet_day_says_so_in_each_section() -> None:
    text = markdown(REPORT)

    for sentence in ("Nobody.", "No alert was open.", "Nothing has been counted yet.", "Nobody changed anything."):
        assert f"\n{sentence}\n" in text
    assert "Not known" not in text


def test_alerts_say_who_has_acknowledged_and_snoozed_them_open_ones_first() -> None:
    over = ReportedAlert("voice-prod", "vivint", AlertReason.HEARTBEAT_TIMEOUT, SINCE, 3, ended_at=AT)
    still_open = ReportedAlert(
        "voice-prod",
        "hilton",
        AlertReason.HEARTBEAT_TIMEOUT,
        AT - HOUR,
        2,
        acked_by="U1",
        snooze=ActiveSnooze("U1", AT + HOUR),
        reminders=2,
    )
    alerts = (replace(over, ending=Ending.COMPLETED), still_open)
    lines = [line for line in markdown(replace(REPORT, alerts=alerts)).splitlines() if "heartbeat" in line]

    assert lines == [
        "| hilton | voice-prod | heartbeat timeout, attempt 2 | 2026-02-22 17:00 UTC | open; acknowledged by Olivia; "
        "snoozed until 2026-02-22 19:00 UTC by Olivia; 2 reminders |",
        "| vivint | voice-prod | heartbeat timeout, attempt 3 | 2026-02-22 00:00 UTC | "
        "completed, 2026-02-22 18:00 UTC |",
    ]


def test_counts_name_the_days_that_differ() -> None:
    week = Window(date(2026, 1, 7), date(2026, 1, 9))
    counted = CountedCluster("voice-prod", 1, 49, 51, (("hilton", (week,)),), AT)
    lines = markdown(replace(REPORT, counted=(counted,))).splitlines()

    assert "| voice-prod | 1 | 49 | 51 | 2026-02-22 18:00 UTC |" in lines
    assert "- hilton on voice-prod: Jan 7–8 differ from the source." in lines


@pytest.mark.parametrize(("customers", "last"), [(21, "1 more customer differs."), (22, "2 more customers differ.")])
def test_customers_that_differ_beside_those_named_are_counted(customers: int, last: str) -> None:
    differing = tuple((f"c{n}", (Window(date(2026, 1, 7), date(2026, 1, 9)),)) for n in range(customers))
    counted = CountedCluster("voice-prod", customers, 49, 51, differing, AT)

    assert f"- {last}" in markdown(replace(REPORT, counted=(counted,))).splitlines()


def test_a_past_day_says_from_what_its_states_were_derived() -> None:
    assert "States are those of 2026-02-23 00:00 UTC, from the run history:" in markdown(
        replace(REPORT, is_past=True, at=UNTIL)
    )


def test_the_log_between_two_digests_names_both_times() -> None:
    between = replace(REPORT, day=None, span=Span(AT - 24 * HOUR, AT))

    assert render(between).text.startswith("Operations log from 2026-02-21 18:00 UTC to 2026-02-22 18:00 UTC: 1 of 2")
    document = render(between).document
    assert document
    assert document.name == "operations-log-2026-02-22T1800Z.md"


def test_what_people_and_systems_wrote_breaks_no_table_and_shows_no_secret() -> None:
    token = "xoxb-" + "1" * 12 + "-abcdefghijklmnop"
    act = AuditRecord(
        AT, "U1", "split", Subject("voice-prod", "a|b"), AuditOutcome.FAILED, why="x | y\n# z", reason=f"see {token}"
    )
    text = markdown(replace(REPORT, changes=(act,)))

    assert "| split voice-prod/a\\|b | see (hidden) | failed: x \\| y # z |" in text
    assert token not in text


def test_a_fleet_of_thousands_is_one_file() -> None:
    names = tuple(f"customer-{n}" for n in range(5_000))
    large = replace(REPORT, clusters=(ClusterResult("voice-prod", 5_000, "5000/5000", complete=names),))
    document = render(large).document

    assert document
    assert "customer-4999." in document.text
