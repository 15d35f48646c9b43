"""What people read when they ask for the status; every message passes the strict gate of the local Slack."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.status import render
from bot.fleet.backfill import derive, with_failures
from bot.fleet.board import Board, ClusterRow, Silent, row_of, with_volumes
from bot.fleet.runs import ClusterView, Run
from bot.fleet.status import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.message import Message
from bot.model import ActivityState, ExecutionStatus, Window
from sandbox.slack.gate import MessageArguments, check_message
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    MINUTE,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    execution,
    run,
    seen,
    window,
)
from tests.fleet.evening import CUSTOMERS, evening_runs

S = ExecutionStatus
NASTY = "<!channel> *bold* <@U1> `x` & co"


def draw(result: StatusResult) -> Message:
    """Rendered, and taken by Slack."""
    message = render(result)
    check_message(MessageArguments(text=message.text, blocks=list(message.blocks), text_limit=4_000))
    return message


def row(*runs: Run, customers: tuple[str, ...], cluster: str = "voice-prod") -> ClusterRow:
    return row_of(ClusterView(cluster, NOW, runs), customers, CAMPAIGN)


def fleet(*rows: ClusterRow | Silent) -> Message:
    return draw(FleetStatus(Board(CAMPAIGN, NOW, rows)))


def lines(message: Message) -> list[str]:
    return message.text.splitlines()


def drawn(message: Message) -> str:
    return str(message.blocks)


def going_on(customer: str, days: Window = CAMPAIGN, **changes: object) -> Run:
    return run(execution(customer, days), days, activity(**changes))


@pytest.fixture
def evening() -> Board:
    rows = [
        row(
            *(one for one in evening_runs() if one.execution.ref.cluster == cluster), customers=names, cluster=cluster
        )
        for cluster, names in CUSTOMERS.items()
    ]
    return Board(CAMPAIGN, NOW, tuple(rows))


def test_the_evening_reads_as_the_operations_log(evening: Board) -> None:
    told = lines(draw(FleetStatus(evening)))

    assert told[:10] == [
        "89 of 95 customers complete, 6 open.",
        "2026-01-01 → 2026-02-21, 51 days, end excluded.",
        "us-west-2-prod 30/30 complete",
        "chat-prod 3/3 complete",
        "schwab-prod 1/1 complete",
        "eu-west-2-prod N/A (no customers expected)",
        "ap-southeast-2-prod N/A (no customers expected)",
        "ca-central-1-prod N/A (no customers expected)",
        "voice-prod 14/17 complete, 3 open",
        "us-east-1-prod 41/44 complete, 3 open",
    ]
    partial = "is partial, 1 of {} windows done, nothing runs, {} days missing ({} → Feb 21)."
    assert told[10:13] == [
        f"marriott on us-east-1-prod {partial.format(6, 41, 'Jan 11')}",
        f"spirit on us-east-1-prod {partial.format(6, 41, 'Jan 11')}",
        f"united-east on us-east-1-prod {partial.format(11, 46, 'Jan 6')}",
    ]
    assert told[13].startswith(
        "hilton on voice-prod is running, window 2 of 11 (Jan 6 → Jan 11). Attempt 1, healthy, running for 12 m."
    )
    assert told[14].startswith("holidayinn-transfers on voice-prod is running, full range. Attempt 1, healthy,")
    assert told[15].startswith(
        "vivint on voice-prod is running, full range. Attempt 1, healthy, running for 22 h 10 m."
    )
    assert len(told) == 16


def test_the_blocks_say_the_same_with_a_table_and_links(evening: Board) -> None:
    message = draw(FleetStatus(evening))
    headline, table, open_customers = (block["text"]["text"] for block in message.blocks)

    assert headline.startswith("*89 of 95 customers complete, 6 open.*\n2026-01-01 → 2026-02-21, 51 days")
    assert "voice-prod           14/17  3 open" in table
    assert "ca-central-1-prod      N/A  no customers expected" in table
    assert "*hilton* on voice-prod is running, window 2 of 11" in open_customers
    assert "<https://temporal.test/backfill-vivint-2026-01-01-2026-02-21|Temporal>" in open_customers


def test_the_table_is_narrow_enough_for_a_phone(evening: Board) -> None:
    table = draw(FleetStatus(evening)).blocks[1]["text"]["text"]

    assert max(len(line) for line in table.splitlines()) <= 54


def test_a_silent_cluster_is_unknown_with_why_and_when_it_was_last_seen() -> None:
    message = fleet(
        row(going_on("hilton"), customers=("hilton",)),
        Silent("chat-prod", "no answer within 3 s", NOW - 4 * MINUTE, 3),
        Silent("new-prod", "connection refused", None, 1),
    )

    assert lines(message)[0] == "0 of 5 customers complete, 1 open, 4 unknown."
    assert "chat-prod unknown: did not answer (no answer within 3 s), last seen 4 m ago" in lines(message)
    assert "new-prod unknown: did not answer (connection refused), never seen yet" in lines(message)
    assert (
        "*chat-prod* did not answer (no answer within 3 s), last seen 4 m ago. Its 3 customers are unknown."
        in drawn(message)
    )


def test_a_cluster_without_rows_in_range_is_not_applicable() -> None:
    message = fleet(with_volumes(row(customers=("hilton",)), {}))

    assert lines(message)[0] == "N/A: no customer has anything to backfill."
    assert "voice-prod N/A (no rows in range)" in lines(message)


def test_customers_that_nobody_has_started_share_a_line() -> None:
    message = fleet(row(customers=tuple(f"tenant-{n}" for n in range(12))))

    assert lines(message)[-1].startswith("voice-prod has 12 customers not started: tenant-0, tenant-1, ")
    assert lines(message)[-1].endswith("tenant-9 and 2 more.")


def test_what_struggles_is_told_first_with_its_reason() -> None:
    message = fleet(
        row(going_on("vivint"), going_on("hilton", attempt=3, last_failure=TIMED_OUT), customers=("vivint", "hilton"))
    )

    assert lines(message)[3] == (
        "hilton on voice-prod is running, full range. Attempt 3, struggling, running for 1 h. Heartbeat timeout. "
        "At day 2026-01-07, 12,345 of 57,300 rows. Last heartbeat 30 s ago."
    )


def test_a_failed_backfill_says_what_was_seen_to_fail() -> None:
    failed = run(closed(S.FAILED, "hilton", CAMPAIGN), CAMPAIGN, failures=(seen(1), seen(2, BOOM)))

    assert lines(fleet(row(failed, customers=("hilton",))))[-1] == (
        "hilton on voice-prod is failed, nothing runs, 51 days missing (Jan 1 → Feb 21). "
        "Last failure seen: error: connection reset by peer."
    )


def test_what_fits_into_no_row_is_told_below() -> None:
    silent_source = replace(row(customers=("vivint",), cluster="chat-prod"), source_silent="connection refused")
    message = fleet(row(going_on("ghost"), run(execution("odd"), None), customers=()), silent_source)

    assert lines(message)[-3:] == [
        "The source of chat-prod did not say whether what is not started there has rows: connection refused.",
        "Seen but not expected, and not counted: ghost on voice-prod (running, healthy).",
        "1 execution not recognised, and not counted: backfill-odd-2026-01-01-2026-02-21 on voice-prod.",
    ]
    assert "Seen but not expected" in drawn(message)


def test_several_open_windows_are_told_apart() -> None:
    first = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    message = fleet(
        row(first, going_on("hilton", window(6, 11)), going_on("hilton", window(11, 16)), customers=("hilton",))
    )

    assert "is running, windows 2 to 3 of 11 (Jan 6 → Jan 11, Jan 11 → Jan 16)." in lines(message)[-1]
    assert "Jan 6 → Jan 11: Attempt 1, healthy" in lines(message)[-1]


def test_a_full_range_beside_a_window_is_told_too() -> None:
    message = fleet(row(going_on("hilton"), going_on("hilton", window(1, 6)), customers=("hilton",)))

    assert "is running, full range and window 1 of 11 (Jan 1 → Jan 6)." in lines(message)[-1]


@pytest.mark.parametrize("result", ["fleet", "cluster", "customer"])
def test_names_from_outside_are_shown_literally_and_ping_nobody(result: str) -> None:
    one = row(
        going_on(NASTY, attempt=2, last_failure=replace(BOOM, message=NASTY)), customers=(NASTY,), cluster=NASTY
    )
    board = Board(CAMPAIGN, NOW, (one,))
    results: dict[str, StatusResult] = {
        "fleet": FleetStatus(Board(CAMPAIGN, NOW, (one, Silent(NASTY, NASTY, None, 1)))),
        "cluster": ClusterStatus(NASTY, board),
        "customer": CustomerStatus(NASTY, NASTY, CAMPAIGN, NOW, one.customers[0]),
    }
    message = draw(results[result])

    assert "<!channel>" not in message.text + drawn(message)
    assert "<@U1>" not in message.text + drawn(message)
    assert "&lt;!channel&gt;" in message.text
    assert "*bold*" not in drawn(message)


def test_a_huge_fleet_fits_one_message_and_says_what_is_left_out() -> None:
    def crowd(cluster: int) -> ClusterRow:
        runs = [going_on(f"tenant-{cluster}-{n}", attempt=n, last_failure=BOOM) for n in range(1, 200)]
        names = tuple(one.name for one in runs) + tuple(f"idle-{n}" for n in range(801))
        return row(*runs, customers=names, cluster=f"cluster-{cluster}-with-a-name-of-some-length")

    crowds = [crowd(n) for n in range(3)]
    rows = [replace(crowds[n % 3], cluster=f"cluster-{n}-with-a-name-of-some-length") for n in range(200)]
    message = fleet(*rows, Silent("chat-prod", "x" * 5_000, None, 3))

    assert lines(message)[0] == "0 of 200,003 customers complete, 200,000 open, 3 unknown."
    assert lines(message)[2].startswith("chat-prod unknown: did not answer")
    assert "more clusters: type /backfill status and its name." in message.text
    assert (
        "more lines of open customers: type /backfill status and the name of a cluster or customer." in message.text
    )
    assert "more lines of open customers" in drawn(message)


def test_a_cluster_names_who_is_complete_and_who_has_nothing_to_do() -> None:
    done = run(closed(S.COMPLETED, "nrg", CAMPAIGN), CAMPAIGN)
    told = with_volumes(row(done, going_on("hilton"), customers=("nrg", "hilton", "idle")), {})
    message = draw(ClusterStatus("voice-prod", Board(CAMPAIGN, NOW, (told,))))

    assert lines(message)[0] == "voice-prod: 1 of 2 customers complete, 1 open."
    assert lines(message)[2].startswith("hilton is running, full range. Attempt 1, healthy")
    assert lines(message)[3:] == ["Complete: nrg.", "N/A, no rows in range: idle."]


def test_a_silent_cluster_asked_for_is_unknown() -> None:
    silent = Silent("voice-prod", "no answer within 3 s", None, 17)
    message = draw(ClusterStatus("voice-prod", Board(CAMPAIGN, NOW, (silent,))))

    assert lines(message)[0] == (
        "voice-prod did not answer (no answer within 3 s), never seen yet. Its 17 customers are unknown."
    )


def customer(*runs: Run, **changes: object) -> Message:
    told = derive("voice-prod", "hilton", CAMPAIGN, runs, NOW)
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, replace(told, **changes))  # type: ignore[arg-type]
    return draw(result)


def test_a_customer_is_told_window_by_window_with_attempts_failures_and_links() -> None:
    whole = run(closed(S.CANCELLED, "hilton", CAMPAIGN, ago=5 * HOUR, took=15 * HOUR), CAMPAIGN, failures=(seen(1),))
    first = run(closed(S.COMPLETED, "hilton", window(1, 6), took=2 * HOUR + 15 * MINUTE), window(1, 6))
    message = customer(whole, first, going_on("hilton", window(6, 11)))

    assert lines(message)[0].startswith("hilton on voice-prod is running, window 2 of 11 (Jan 6 → Jan 11).")
    assert lines(message)[1:3] == [
        "2026-01-01 → 2026-02-21, 51 days, end excluded.",
        "5 of 51 days complete, 46 days missing (Jan 6 → Feb 21).",
    ]
    assert lines(message)[3].startswith("Jan 6 → Jan 11: running. Attempt 1, healthy, running for 1 h.")
    assert lines(message)[4:] == [
        "Jan 1 → Jan 6: completed, took 2 h 15 m, no failure seen. Started 2026-02-22 14:45 UTC.",
        "Jan 1 → Feb 21: cancelled, took 15 h, at least 2 attempts. Started 2026-02-21 22:00 UTC. "
        "Failures seen: attempt 1, heartbeat timeout.",
    ]
    assert "<https://temporal.test/backfill-hilton-2026-01-01-2026-01-06|Temporal>" in drawn(message)


def test_1_825_windows_of_a_customer_fit_and_the_latest_are_shown() -> None:
    windows = [window(n, n + 1) for n in range(1, 1_826)]
    runs = [run(closed(S.COMPLETED, "hilton", w, ago=n * HOUR), w) for n, w in enumerate(reversed(windows))]
    told = derive("voice-prod", "hilton", window(1, 1_900), runs, NOW)
    message = draw(CustomerStatus("voice-prod", "hilton", window(1, 1_900), NOW, told))

    assert lines(message)[3].startswith("Dec 30 → Dec 31: completed")
    assert lines(message)[-1].endswith("earlier runs not shown.")


def test_failures_of_many_attempts_are_shown_from_the_latest_back() -> None:
    many = with_failures(derive("voice-prod", "hilton", CAMPAIGN, [going_on("hilton")], NOW), {})
    failures = tuple(seen(n) for n in range(1, 41))
    message = customer(replace(many.runs[0], failures=failures))

    assert "Failures seen: 34 earlier failures not shown; attempt 35, heartbeat timeout; " in message.text


def test_a_customer_of_a_silent_cluster_is_unknown() -> None:
    silent = Silent("voice-prod", "no answer within 3 s", NOW - timedelta(seconds=40), 17)
    message = draw(CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, silent))

    assert lines(message)[0] == (
        "hilton is unknown: voice-prod did not answer (no answer within 3 s), last seen 40 s ago."
    )


def test_a_customer_that_nobody_expects_or_that_runs_although_complete_is_told_so() -> None:
    done = run(closed(S.COMPLETED, "hilton", CAMPAIGN), CAMPAIGN)
    message = customer(done, going_on("hilton", window(1, 6)), expected=False)

    assert "It is not in the configuration: nobody expects it on this cluster." in message.text
    assert "A run is open all the same." in message.text


@pytest.mark.parametrize(
    ("pollers", "told"),
    [
        (0, "No worker polls backfill."),
        (1, "One worker polls backfill."),
        (2, "2 workers poll backfill."),
        (None, "not known"),
    ],
)
def test_a_waiting_run_says_whether_anybody_could_pick_it_up(pollers: int | None, told: str) -> None:
    waiting = going_on("hilton", state=ActivityState.SCHEDULED, started_at=None, last_heartbeat_at=None)
    message = customer(replace(waiting, pollers=pollers))

    assert "Attempt 1, waiting, running for 1 h. No worker has picked it up for 1 h." in message.text
    assert told in message.text


def test_a_run_that_could_not_be_looked_at_has_no_health() -> None:
    message = customer(replace(going_on("hilton"), health=None))

    assert "is running, full range. Health not known, running for 1 h." in lines(message)[0]
