"""What people read when they ask for the status of one customer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.status import render
from bot.fleet.backfill import derive
from bot.fleet.board import Silent
from bot.fleet.runs import Run
from bot.fleet.status import CustomerStatus
from bot.message import Message
from bot.model import ActivityState, ExecutionStatus, Window
from tests.blocks.gate import taken_by_slack
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, activity, closed, execution, run, seen, window

S = ExecutionStatus


def draw(result: CustomerStatus) -> Message:
    return taken_by_slack(render(result))


def lines(message: Message) -> list[str]:
    return message.text.splitlines()


def going_on(customer: str, days: Window = CAMPAIGN, **changes: object) -> Run:
    return run(execution(customer, days), days, activity(**changes))


def customer(*runs: Run, **changes: object) -> Message:
    told = derive("voice-prod", "hilton", CAMPAIGN, runs, NOW)
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, replace(told, **changes))  # type: ignore[arg-type]
    return draw(result)


def test_a_customer_is_told_window_by_window_with_attempts_failures_and_links() -> None:
    whole = run(closed(S.CANCELLED, "hilton", CAMPAIGN, ago=5 * HOUR, took=15 * HOUR), CAMPAIGN, failures=(seen(1),))
    first = run(closed(S.COMPLETED, "hilton", window(1, 6), took=2 * HOUR + 15 * MINUTE), window(1, 6))
    message = customer(whole, first, going_on("hilton", window(6, 11)))

    assert lines(message)[0].startswith("hilton on voice-prod: running, window 2 of 11 (Jan 6 → Jan 11).")
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
    assert "<https://temporal.test/backfill-hilton-2026-01-01-2026-01-06|Temporal>" in str(message.blocks)


def test_1_825_windows_of_a_customer_fit_and_the_latest_are_shown() -> None:
    windows = [window(n, n + 1) for n in range(1, 1_826)]
    runs = [run(closed(S.COMPLETED, "hilton", w, ago=n * HOUR), w) for n, w in enumerate(reversed(windows))]
    told = derive("voice-prod", "hilton", window(1, 1_900), runs, NOW)
    message = draw(CustomerStatus("voice-prod", "hilton", window(1, 1_900), NOW, told))

    assert lines(message)[3].startswith("Dec 30 → Dec 31: completed")
    assert lines(message)[-1].endswith("earlier runs not shown.")


def test_failures_of_many_attempts_are_shown_from_the_latest_back() -> None:
    message = customer(replace(going_on("hilton"), failures=tuple(seen(n) for n in range(1, 41))))

    assert "Failures seen: 34 earlier failures not shown; attempt 35, heartbeat timeout; " in message.text


def test_a_customer_of_a_silent_cluster_is_unknown() -> None:
    silent = Silent("voice-prod", "no answer within 3 s", NOW - timedelta(seconds=40), 17)
    message = draw(CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, silent))

    assert lines(message)[0] == (
        "hilton on voice-prod: unknown, voice-prod did not answer (no answer within 3 s), last seen 40 s ago."
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

    assert ": running, full range. Health not known, running for 1 h." in lines(message)[0]
