"""The answer to ``status`` about one customer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.status import render
from bot.commands import Status
from bot.fleet.name_lookup import Target
from bot.fleet.runs.close_facts import close_event_hints
from bot.fleet.runs.open_work import AlsoRuns, OpenWork
from bot.fleet.runs.run import Run
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import derive
from bot.fleet.status.board import Silent
from bot.fleet.status.open_sequence import with_sequence
from bot.message import Message
from bot.model import (
    ActivityState,
    Cause,
    CloseEvent,
    Doubt,
    DoubtfulDays,
    DoubtReason,
    ExecutionStatus,
    Failure,
    FailureKind,
    OpenRun,
    Pause,
    Phase,
    SequenceProgress,
    Window,
    WindowEnd,
)
from tests.blocks.gate import taken_by_slack
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, MINUTE, NOW, activity, closed, execution, run, seen, window
from tests.fleet.sequences import ended, progress, running, spec, standing

S = ExecutionStatus
HELD = OpenRun(execution("hilton").ref, CAMPAIGN)


def draw(result: CustomerStatus) -> Message:
    return taken_by_slack(render(result, Status(target="hilton")))


def lines(message: Message) -> list[str]:
    return message.text.splitlines()


def running_run(customer: str, days: Window = CAMPAIGN, **changes: object) -> Run:
    return run(execution(customer, days), days, activity(**changes))


def customer(*runs: Run, **changes: object) -> Message:
    backfill = derive("voice-prod", "hilton", CAMPAIGN, runs, NOW)
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, replace(backfill, **changes))  # type: ignore[arg-type]
    return draw(result)


def test_a_customer_is_told_window_by_window_with_attempts_failures_and_links() -> None:
    whole = run(closed(S.CANCELLED, "hilton", CAMPAIGN, ago=5 * HOUR, took=15 * HOUR), CAMPAIGN, failures=(seen(1),))
    first = run(closed(S.COMPLETED, "hilton", window(1, 6), took=2 * HOUR + 15 * MINUTE), window(1, 6))
    message = customer(whole, first, running_run("hilton", window(6, 11)))

    assert lines(message)[0].startswith("hilton on voice-prod: running, window 2 of 11 (Jan 6–10).")
    assert lines(message)[1:3] == [
        "Jan 1–Feb 20 (51 days).",
        "5 of 51 days complete, 5 running, 41 missing (Jan 11–Feb 20): nothing starts these by itself.",
    ]
    assert lines(message)[3] == "Jan 6–10: running. Started 2026-02-22 17:00 UTC."
    assert lines(message)[4:] == [
        "Jan 1–5: completed, took 2 h 15 m, no failure seen. Started 2026-02-22 14:45 UTC.",
        "Jan 1–Feb 20: cancelled, took 15 h, at least 2 attempts. Started 2026-02-21 22:00 UTC. "
        "Failures seen: attempt 1, heartbeat timeout.",
    ]
    assert "<https://temporal.test/backfill-hilton-2026-01-01-2026-01-06|Temporal>" in str(message.blocks)
    assert "Started <!date^" in str(message.blocks)


def test_who_ended_a_run_with_the_bot_is_said() -> None:
    whole = run(closed(S.CANCELLED, "hilton", CAMPAIGN, ago=5 * HOUR, took=15 * HOUR), CAMPAIGN)
    backfill = derive("voice-prod", "hilton", CAMPAIGN, (whole, running_run("hilton", window(6, 11))), NOW)
    by = {whole.execution.ref: "U0OLIVIA"}
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, backfill, people=OLIVIA, ended_by=by)

    assert lines(draw(result))[-1].startswith("Jan 1–Feb 20: cancelled by Olivia, took 15 h,")


def test_1_825_windows_of_a_customer_fit_and_the_latest_are_shown() -> None:
    windows = [window(n, n + 1) for n in range(1, 1_826)]
    ends = [closed(S.COMPLETED, "hilton", w, ago=n * HOUR) for n, w in enumerate(reversed(windows))]
    runs = [run(end, days, failures=(seen(1),)) for end, days in zip(ends, reversed(windows), strict=True)]
    backfill = derive("voice-prod", "hilton", window(1, 1_900), runs, NOW)
    message = draw(CustomerStatus("voice-prod", "hilton", window(1, 1_900), NOW, backfill))

    assert lines(message)[3].startswith("Dec 30: completed")
    assert lines(message)[-1].endswith("more lines: open the message to see them.")


@pytest.mark.parametrize(("days", "has_picture"), [(800, True), (801, False)])
def test_a_range_that_is_too_long_to_be_read_has_no_picture(days: int, has_picture: bool) -> None:
    whole = Window.of_days(CAMPAIGN.start, days)
    backfill = derive("voice-prod", "hilton", whole, (), NOW)
    message = draw(CustomerStatus("voice-prod", "hilton", whole, NOW, backfill))

    assert (message.picture is not None) is has_picture


def test_of_many_open_runs_the_worst_three_are_shown_and_the_others_counted() -> None:
    windows = [running_run(f"hilton-{n}", window(n, n + 1)) for n in range(1, 5)]
    odd = run(execution("odd"), None, activity(attempt=9, last_failure=BOOM))

    assert "1 other run is open." in customer(*windows).text
    assert "2 other runs are open." in customer(*windows, running_run("hilton", window(5, 6))).text
    assert "Days not recognised: Attempt 9, retrying" in customer(runs=(odd, *windows)).text


def test_failures_of_many_attempts_are_shown_from_the_latest_back() -> None:
    message = customer(replace(running_run("hilton"), failures=tuple(seen(n) for n in range(1, 41))))

    assert "Failures seen: 34 earlier failures not shown; attempt 35, heartbeat timeout; " in message.text


def test_a_customer_of_a_silent_cluster_is_unknown() -> None:
    silent = Silent("voice-prod", "no answer within 3 s", NOW - timedelta(seconds=40), 17)
    message = draw(CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, silent))

    assert lines(message)[0] == (
        "hilton on voice-prod: unknown, voice-prod did not answer (no answer within 3 s), last seen 40 s ago."
    )


def test_a_customer_that_nobody_expects_or_that_runs_although_complete_is_told_so() -> None:
    done = run(closed(S.COMPLETED, "hilton", CAMPAIGN), CAMPAIGN)
    message = customer(done, running_run("hilton", window(1, 6)), expected=False)

    assert "It is not in the configuration: nobody expects it on this cluster." in message.text
    assert "A run is open all the same." in message.text


@pytest.mark.parametrize(
    ("pollers", "expected"),
    [
        (0, "No worker polls backfill for activities."),
        (1, "One worker polls backfill for activities."),
        (2, "2 workers poll backfill for activities."),
        (None, "not known"),
    ],
)
def test_a_waiting_run_says_whether_anybody_could_pick_it_up(pollers: int | None, expected: str) -> None:
    waiting = running_run("hilton", state=ActivityState.SCHEDULED, started_at=None, last_heartbeat_at=None)
    message = customer(replace(waiting, pollers=pollers))

    assert "waiting, full range: no worker has picked it up for 1 h. At Jan 7 (21%), running for 1 h." in message.text
    assert expected in message.text


def test_a_paused_run_says_who_paused_it_and_estimates_no_end() -> None:
    half = '{"rows":50,"total":100}'
    pause = Pause("olivia@laptop", NOW - 2 * HOUR, "database is full")
    paused = running_run("hilton", details=half, state=ActivityState.PAUSED, pause=pause)
    message = customer(paused)

    assert "paused, full range: the activity was paused 2 h ago by" in message.text
    assert "left" not in message.text


def test_encrypted_heartbeat_details_are_called_so() -> None:
    message = customer(running_run("hilton", details='"encrypted"', is_encrypted=True))

    assert "healthy, running for 1 h. Its heartbeat details are encrypted." in message.text


def test_a_run_that_could_not_be_looked_at_has_no_health() -> None:
    message = customer(replace(running_run("hilton"), health=None))

    assert ": running, full range. Health not known, running for 1 h." in lines(message)[0]


def done(days: Window, took: timedelta = HOUR, **changes: object) -> Run:
    return run(closed(S.COMPLETED, "hilton", days, took=took), days, **changes)


def test_many_windows_of_one_size_that_are_simply_complete_share_a_row() -> None:
    quick = [done(window(n, n + 1), took=8 * MINUTE) for n in range(1, 40)]
    message = customer(*quick, done(window(40, 41), took=25 * MINUTE), running_run("hilton", window(41, 42)))

    assert lines(message)[3].startswith("Feb 10: running.")
    assert lines(message)[4:] == [
        "40 windows of 1 day complete, Jan 1–Feb 9, each took 8 m to 25 m. The latest started 2026-02-22 16:52 UTC."
    ]


def test_what_is_not_simply_complete_or_of_another_size_keeps_its_own() -> None:
    many = [done(window(n, n + 1)) for n in range(1, 12)]
    message = customer(*many, done(window(12, 13), failures=(seen(1),)), done(window(13, 18)))

    assert [line.partition(" took")[0] for line in lines(message)[3:]] == [
        "Jan 13–17: completed,",
        "Jan 12: completed,",
        "11 windows of 1 day complete, Jan 1–11, each",
    ]


OLIVIA = {"U0OLIVIA": "Olivia"}


def lines_with_sequence(
    sequence_progress: SequenceProgress | None, *runs: Run, people: Mapping[str, str] = OLIVIA
) -> list[str]:
    backfill = with_sequence(derive("voice-prod", "hilton", CAMPAIGN, runs, NOW), standing(sequence_progress), NOW)
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, backfill, people=people)
    return lines(draw(result))


BEGUN = "A sequence runs its windows, begun by Olivia at 2026-02-21 18:00 UTC"


def test_a_customer_whose_windows_a_sequence_runs_says_who_wanted_that_why_and_how_far_it_is() -> None:
    answer = lines_with_sequence(
        progress(running(3, window(11, 16)), to_come=(window(16, 52),)),
        done(window(1, 6)),
        done(window(6, 11)),
        running_run("hilton", window(11, 16)),
    )

    assert answer[0].startswith(
        "hilton on voice-prod: running, window 3 of 11 (Jan 11–15), 8 queued. Attempt 1, healthy"
    )
    assert answer[2] == (
        "10 of 51 days complete, 5 running, 36 still to come (Jan 16–Feb 20): their windows start by themselves."
    )
    assert answer[3:5] == [
        f"{BEGUN} (split): it times out.",
        "It is running. 2 of 11 windows done, 1 runs, 8 queued (36 days, up to 5 days each).",
    ]


def test_windows_that_are_marked_are_named_with_what_is_the_matter() -> None:
    troubled = (ended(window(1, 2), WindowEnd.FAILED, "heartbeat timeout"), ended(window(2, 7), WindowEnd.DIFFERS))
    answer = lines_with_sequence(progress(troubled=troubled))

    assert answer[0].startswith("hilton on voice-prod: running, 2 of 11 windows done, 9 queued, 2 marked.")
    assert answer[5] == "Not complete: Jan 1 failed (heartbeat timeout); Jan 2–6 differs."


@pytest.mark.parametrize(
    ("sequence_progress", "headline", "activity"),
    [
        (
            progress(phase=Phase.PAUSED, paused_by="U0OLIVIA"),
            "paused by Olivia, 2 of 11 windows done, 9 queued",
            "It is paused by Olivia: no window starts before resume.",
        ),
        (
            progress(running(3, window(11, 16)), phase=Phase.PAUSED, paused_by="U0OLIVIA"),
            "paused by Olivia, window 3 of 11 (Jan 11–15) still runs, 8 queued",
            "It is paused by Olivia: no window starts before resume.",
        ),
        (
            progress(running(3, window(11, 16)), phase=Phase.STOPPING),
            "cancelling, window 3 of 11 (Jan 11–15)",
            "It is being cancelled: no window starts any more.",
        ),
        (
            progress(phase=Phase.CLEARING, closed=0, queued=11, of=spec(clear=(HELD,))),
            "running, 1 workflow to be closed first, then 11 windows",
            "It is cancelling 1 workflow first.",
        ),
        (
            progress(phase=Phase.CLEARING, closed=0, queued=0, queued_days=0, of=spec(clear=(HELD,), days=())),
            "cancelling, 1 workflow to be closed first",
            "It is cancelling 1 workflow first.",
        ),
        (
            progress(running(3, window(11, 16)), running(4, window(16, 21))),
            "running, windows 3 to 4 of 11, 7 queued",
            "It is running.",
        ),
        (
            progress(
                running(3, window(11, 16)), running(4, window(16, 21)), phase=Phase.PAUSED, paused_by="U0OLIVIA"
            ),
            "paused by Olivia, windows 3 to 4 of 11 still run, 7 queued",
            "It is paused by Olivia: no window starts before resume.",
        ),
    ],
)
def test_what_a_sequence_does_is_told_in_words(
    sequence_progress: SequenceProgress, headline: str, activity: str
) -> None:
    answer = lines_with_sequence(sequence_progress)

    assert answer[0].startswith(f"hilton on voice-prod: {headline}.")
    assert answer[4].startswith(activity)


def test_a_sequence_that_does_not_answer_says_what_is_known() -> None:
    answer = lines_with_sequence(None, running_run("hilton", window(1, 6)))

    assert answer[0].startswith("hilton on voice-prod: running, Jan 1–5, its sequence does not answer. Attempt 1")
    assert answer[3:5] == [
        f"{BEGUN}: it times out.",
        "The sequence does not answer, so how far it is is not known; windows go on by themselves.",
    ]


def test_people_whose_names_nobody_knows_are_told_by_their_id_and_nobody_is_pinged() -> None:
    nasty = {"U0OLIVIA": "<!channel>"}

    assert "begun by U0OLIVIA at" in lines_with_sequence(progress(), people={})[3]
    assert "<!channel>" not in str(lines_with_sequence(progress(of=spec(reason="<!channel>")), people=nasty))


def test_that_nobody_knows_whether_a_sequence_runs_is_said() -> None:
    backfill = derive("voice-prod", "hilton", CAMPAIGN, [], NOW)
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, backfill, sequences_silent="no answer in time")

    assert "Whether a sequence runs its windows is not known: no answer in time." in draw(result).text


def test_that_not_all_past_runs_are_known_is_said() -> None:
    backfill = derive("voice-prod", "hilton", CAMPAIGN, [], NOW)
    result = CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, backfill, history_silent="4,000 ended runs read")

    assert "may be complete, the past runs are not all known: 4,000 ended runs read." in draw(result).text
    assert "Unknown how many days are complete." in draw(result).text


def test_a_run_that_temporal_has_lost_is_told_as_such() -> None:
    lost = run(closed(S.GONE, "hilton", CAMPAIGN), CAMPAIGN)
    backfill = derive("voice-prod", "hilton", CAMPAIGN, [lost], NOW)
    text = draw(CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, backfill)).text

    assert (
        "failed, 51 days missing (Jan 1–Feb 20). Nothing runs; the full-range run is no longer known to Temporal."
        in text
    )
    assert "no longer known to Temporal, no failure seen. Started 2026-02-22 16:00 UTC." in text


def test_a_sequence_of_very_many_marks_fits() -> None:
    troubled = tuple(ended(window(n, n + 1), WindowEnd.FAILED, "x" * 5_000) for n in range(1, 1_800))
    sequence_progress = progress(troubled=troubled, of=spec(days=(window(1, 1_900),), reason="y" * 5_000))

    assert "and 1,791 more" in "\n".join(lines_with_sequence(sequence_progress))


def test_what_is_open_of_it_elsewhere_is_told_also_where_its_own_cluster_is_silent() -> None:
    note = AlsoRuns("hilton", OpenWork(Target("<old>", "hilton"), has_sequence=True))
    for status in (derive("voice-prod", "hilton", CAMPAIGN, (), NOW), Silent("voice-prod", "gone", None, 1)):
        message = draw(CustomerStatus("voice-prod", "hilton", CAMPAIGN, NOW, status, notes=(note,)))

        assert "&lt;old&gt;: a sequence" in message.text
        assert "&lt;old&gt;" in str(message.blocks)


def test_days_left_out_are_told_apart_from_windows_that_are_marked() -> None:
    marks = (ended(window(11, 16), WindowEnd.SKIPPED), ended(window(6, 11), WindowEnd.FAILED))
    answer = lines_with_sequence(progress(troubled=marks, closed=2, queued=8))

    assert answer[0].startswith(
        "hilton on voice-prod: running, 2 of 10 windows done, 8 queued, 5 days skipped, 1 marked."
    )


def test_days_in_doubt_are_missing_with_the_reason_and_with_what_proves_them() -> None:
    done = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    doubtful = run(closed(S.COMPLETED, "hilton", window(6, 52)), window(6, 52))
    doubt = DoubtfulDays(window(6, 52), Doubt(DoubtReason.CANCEL_REQUESTED))
    message = customer(done, replace(doubtful, doubts=(doubt,)))

    assert lines(message)[0].startswith(
        "hilton on voice-prod: in doubt: Jan 6–Feb 20 completed after a cancel was requested"
    )
    assert "46 days missing (Jan 6–Feb 20)" in lines(message)[0]
    assert "/backfill verify voice-prod/hilton" in message.text
    assert "/backfill run voice-prod/hilton" in message.text
    assert any(line.startswith("Jan 6–Feb 20: in doubt, took") for line in lines(message))


def test_a_failed_run_says_why_with_the_activity_that_failed() -> None:
    causes = (Cause(Failure(FailureKind.OTHER, "Activity task failed"), activity="copy_days"), Cause(BOOM))
    failed = closed(S.FAILED, "hilton", CAMPAIGN)
    known = replace(failed, hints=close_event_hints(CloseEvent(causes), failed, ()))
    message = customer(run(known, CAMPAIGN))

    assert "the full-range run failed: activity copy_days: connection reset by peer." in lines(message)[0]
    assert "failed: activity copy_days: connection reset by peer, took 1 h" in message.text
