"""The answer to ``struggling``."""

from dataclasses import replace
from typing import Any

from bot.blocks.struggling import render
from bot.commands import Struggling
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.board import Silent
from bot.fleet.status.struggling import StrugglingResult, struggling_of
from bot.message import Message
from tests.blocks.gate import action_ids, taken_by_slack
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, execution, run
from tests.fleet.sequences import progress, running, spec, standing

SILENT = Silent("chat-prod", "no answer within 3 s", NOW - HOUR, 3)


def draw(result: StrugglingResult) -> Message:
    return taken_by_slack(render(result, Struggling()))


def answer_lines(*runs: Run, silent: tuple[Silent, ...] = ()) -> list[str]:
    return draw(struggling_of([ClusterView("voice-prod", NOW, runs)], silent, NOW)).text.splitlines()


def running_run(customer: str, **changes: object) -> Run:
    return run(execution(customer), CAMPAIGN, activity(**changes))


def test_each_says_where_since_when_and_why() -> None:
    lines = answer_lines(running_run("hilton", attempt=2, last_failure=TIMED_OUT), running_run("vivint"))

    assert lines == [
        "1 of 2 open runs is struggling.",
        "Struggling: each attempt times out on heartbeat, and the next one starts over. Split the run into smaller "
        "windows; rows already written stay.",
        "hilton on voice-prod (Jan 1–Feb 20): Attempt 2, struggling, running for 1 h. Timed out on heartbeat. "
        "At Jan 7 (21%, 12,345 of 57,300 rows).",
    ]


def test_a_link_leads_to_each() -> None:
    message = draw(struggling_of([ClusterView("voice-prod", NOW, (running_run("hilton", attempt=2),))], [], NOW))

    assert "<https://temporal.test/backfill-hilton-2026-01-01-2026-02-21|Temporal>" in str(message.blocks)


def test_one_that_is_being_cancelled_or_not_recognised_says_so() -> None:
    cancelled = replace(running_run("hilton", attempt=2, last_failure=BOOM), cancel_requested=True)
    odd = run(execution("odd"), None, activity(attempt=2, last_failure=BOOM))
    lines = answer_lines(cancelled, odd)

    assert "hilton on voice-prod (Jan 1–Feb 20), cancelling: Attempt 2, retrying" in "\n".join(lines)
    assert "backfill-odd-2026-01-01-2026-02-21 on voice-prod (not recognised): Attempt 2" in "\n".join(lines)


def test_the_worst_and_the_most_tried_come_first_each_with_an_icon() -> None:
    runs = [
        running_run("once", attempt=2, last_failure=TIMED_OUT),
        running_run("failing", attempt=9, last_failure=BOOM),
        running_run("often", attempt=4, last_failure=TIMED_OUT),
    ]
    message = draw(struggling_of([ClusterView("voice-prod", NOW, runs)], [], NOW))
    shown = [line for line in message.text.splitlines() if " on voice-prod " in line]

    assert message.text.startswith("3 of 3 open runs are not healthy: 2 struggling and 1 retrying.")
    assert [line.split()[0] for line in shown] == ["often", "once", "failing"]
    assert str(message.blocks).count(":warning:") == 3


def test_that_nothing_struggles_is_said() -> None:
    assert answer_lines(running_run("hilton"), running_run("vivint")) == [
        "Nothing struggles: 2 open runs, all healthy."
    ]
    assert answer_lines() == ["Nothing runs."]


def test_silence_is_never_told_as_health() -> None:
    lines = answer_lines(silent=(SILENT,))

    assert lines == [
        "Nothing is known to run, 1 cluster did not answer.",
        "chat-prod did not answer (no answer within 3 s), last seen 1 h ago: not looked at.",
        "Until it answers, there are no new alerts about its runs. backfill-bot check on the bot's host says why.",
    ]
    assert answer_lines(running_run("hilton"), silent=(SILENT,))[0] == (
        "Nothing struggles: 1 open run, healthy, 1 cluster did not answer."
    )
    assert answer_lines(Run(execution("gone"), None))[0] == "Nothing is known to run, 1 could not be looked at."


def test_names_and_failures_from_outside_ping_nobody() -> None:
    nasty = "<!channel> *bold*"
    odd = running_run(nasty, attempt=2, last_failure=replace(BOOM, message=nasty))
    message = draw(struggling_of([ClusterView("voice-prod", NOW, (odd,))], [], NOW))

    assert "<!channel>" not in message.text + str(message.blocks)
    assert "*bold*" not in str(message.blocks)


def test_a_thousand_of_them_fit_one_message() -> None:
    runs = [
        running_run(f"tenant-{n}", attempt=2, last_failure=replace(BOOM, message="x" * 5_000)) for n in range(1_000)
    ]
    lines = answer_lines(*runs)

    assert lines[0] == "1,000 of 1,000 open runs are retrying."
    assert lines[-1].endswith("more runs: open the message to see them.")


def test_one_that_does_not_fit_is_counted_in_the_singular() -> None:
    failure = replace(BOOM, message="x" * 5_000)
    answers = (
        answer_lines(*(running_run(f"tenant-{n}", attempt=2, last_failure=failure) for n in range(1, number)))
        for number in range(1, 100)
    )
    last = next(lines[-1] for lines in answers if "open the message" in lines[-1])

    assert last == "1 more run: open the message to see it."


def test_a_window_of_a_sequence_says_so() -> None:
    view = ClusterView(
        "voice-prod", NOW, (running_run("hilton", attempt=2),), (standing(progress(running(3, CAMPAIGN))),)
    )
    message = draw(struggling_of([view], [], NOW))

    assert "hilton on voice-prod (Jan 1–Feb 20), a window of its sequence: Attempt 2, retrying" in message.text


def actions_for(*runs: Run, **changes: Any) -> list[str]:
    return action_ids(draw(struggling_of([ClusterView("voice-prod", NOW, runs, **changes)], [], NOW)))


def test_a_button_at_the_head_splits_whoever_struggles() -> None:
    hilton, spirit = (running_run(name, attempt=2, last_failure=TIMED_OUT) for name in ("hilton", "spirit"))
    retrying = running_run("vivint", attempt=2, last_failure=BOOM)

    assert actions_for(hilton, spirit, retrying) == ["control.split_all"]
    assert actions_for(hilton, retrying) == ["control.split"]
    assert actions_for(retrying) == []


def test_a_window_of_a_sequence_is_split_by_its_sequence_and_has_no_button() -> None:
    window_run = running_run("hilton", attempt=2, last_failure=TIMED_OUT)
    own = replace(standing(progress(of=spec("hilton", "voice-prod")), started_at=NOW - 24 * HOUR), progress=None)

    assert actions_for(window_run, sequences=(own,)) == []
