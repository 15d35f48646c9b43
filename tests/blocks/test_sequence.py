"""The lines in a sequence's thread, and that they stay within Slack's limits."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import ActionId, AgainValue, TargetValue
from bot.blocks.notifications import draw
from bot.fleet.notifications import notification
from bot.fleet.notifications.sequence import (
    BegunLine,
    ClearedLine,
    CutLine,
    InstructedLine,
    SequenceEndLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
)
from bot.message import Message
from bot.model import (
    CLOCK,
    Count,
    Instruction,
    JoinedWindows,
    OnStuck,
    OpenRun,
    Order,
    Phase,
    Ref,
    SequenceEnd,
    TableCount,
    WindowEnd,
)
from tests.blocks.gate import action_ids, taken_by_slack
from tests.fleet.builders import CAMPAIGN, HOUR, window
from tests.fleet.sequences import ended, progress, spec

OTHER_CONTENTS = Count(
    (TableCount("scores", 5, 5, 0, other_contents=(window(7, 8),), days_of_other_contents=1),),
)
MATCH = Count((TableCount("scorecards", 413_011, 413_011, 0), TableCount("scores", 5_312_000, 5_312_000, 0)))
RUN = Ref("voice-prod", "backfill-hilton-2026-01-01-2026-02-21", "run-1")


def draw_stored(line: notification.Notification) -> Message:
    """The message of the line after it was stored in the outbox and read again."""
    return taken_by_slack(draw(notification.parse(notification.dump(line))))


def window_line(of: WindowEnd = WindowEnd.COMPLETE, **changes: Any) -> WindowLine:
    line = WindowLine(
        spec=spec(),
        ended=replace(ended(window(6, 11), of), took=timedelta(minutes=131)),
        closed=2,
        total=11,
        count=MATCH if of in (WindowEnd.COMPLETE, WindowEnd.DIFFERS) else None,
        size_before=5,
        size_after=5,
    )
    return replace(line, **changes)


@pytest.mark.parametrize(("end", "also"), [(WindowEnd.COMPLETE, ""), (WindowEnd.DIFFERS, ", but its count differs")])
def test_a_window_that_somebody_else_has_run_names_the_run(end: WindowEnd, also: str) -> None:
    known = window_line(end)
    line = replace(known, ended=replace(known.ended, ref=RUN, is_found=True))

    assert draw_stored(line).text.startswith(
        "hilton: window 2 of 11 (Jan 6–10) is not run: backfill-hilton-2026-01-01-2026-02-21 has completed "
        f"these days meanwhile{also}. Counts"
    )


def test_the_first_line_names_who_and_why_and_what_happens_in_which_order() -> None:
    of = spec(clear=(OpenRun(RUN, CAMPAIGN),), adopt=(OpenRun(RUN, window(1, 6)),), days=(window(6, 52),))
    message = draw_stored(BegunLine(of, windows=11))

    assert message.text == (
        "hilton: U0OLIVIA asked to split: it times out. "
        "Cancelling 1 old workflow first. "
        "1 window that already runs will be followed. "
        "Then 10 windows of up to 5 days run one after the other, 46 days in all."
    )
    assert "hilton: <@U0OLIVIA> asked to split" in json.dumps(message.blocks)


def test_several_at_a_time_are_said_to_be() -> None:
    assert "run 3 at a time, 51 days in all." in draw_stored(BegunLine(spec(parallel=3), windows=11)).text


def test_what_only_cancels_speaks_of_no_windows() -> None:
    line = BegunLine(spec(asked="cancel", clear=(OpenRun(RUN, CAMPAIGN),), days=()), windows=0)

    assert draw_stored(line).text == (
        "hilton: U0OLIVIA asked to cancel: it times out. Cancelling 1 old workflow first."
    )


def test_after_clearing_the_wait_is_explained() -> None:
    assert draw_stored(ClearedLine(spec(), closed=1, completed=0, waits=timedelta(minutes=5))).text == (
        "hilton: 1 old workflow is closed. The first window starts in 5 m (grace period for late writes)."
    )


def test_what_only_cancels_waits_as_well_and_says_so() -> None:
    line = ClearedLine(spec(days=()), closed=1, completed=0, waits=timedelta(minutes=5), is_all=True)

    assert draw_stored(line).text.endswith("The sequence ends in 5 m (grace period for late writes).")


def test_what_completed_after_all_is_not_run_again() -> None:
    text = draw_stored(ClearedLine(spec(), closed=2, completed=1, waits=timedelta(0))).text

    assert text == (
        "hilton: 2 old workflows are closed; 1 of them completed after all, and those days are not run again."
    )


def test_a_run_that_does_not_end_can_be_terminated() -> None:
    message = draw_stored(StillOpenLine(spec(), RUN, CAMPAIGN, timedelta(minutes=15)))
    (button,) = message.blocks[-1]["elements"]

    assert message.text == (
        "hilton on voice-prod: the workflow of Jan 1–Feb 20 was asked to end 15 m ago, and is still open. "
        "Nothing else runs its days until it is closed. Terminate ends it at once; rows not yet written are lost."
    )
    assert button["action_id"] == ActionId.TERMINATE
    assert TargetValue.model_validate_json(button["value"]).target == "voice-prod/hilton"


def test_a_workflow_that_outlives_the_run_above_it_is_named() -> None:
    left, quarter = replace(RUN, workflow_id="copy-3"), timedelta(minutes=15)

    assert draw_stored(StillOpenLine(spec(), left, CAMPAIGN, quarter, is_below=True)).text.startswith(
        "hilton on voice-prod: copy-3, below the workflow of Jan 1–Feb 20, is still open 15 m after that was asked "
        "to end. Nothing else runs its days until it is closed."
    )
    assert "copy-3, below a workflow that has ended, is still open" in (
        draw_stored(StillOpenLine(spec(), left, None, quarter, is_below=True)).text
    )


def test_a_run_of_unknown_days_is_named_by_its_workflow() -> None:
    assert "hilton on voice-prod: backfill-hilton-2026-01-01-2026-02-21 was asked to end" in (
        draw_stored(StillOpenLine(spec(), RUN, None, timedelta(minutes=15))).text
    )


def test_a_window_that_waits_tells_why_and_that_nothing_runs_twice() -> None:
    message = draw_stored(WaitingLine(spec(), window(6, 11), "no list of runs", timedelta(minutes=10)))

    assert message.text == (
        "hilton: window Jan 6–10 has not started: no list of runs. "
        "The sequence tries again at least every 10 m, and runs no day twice."
    )
    assert action_ids(message) == []


def test_a_complete_window_tells_time_counts_and_how_many_are_left() -> None:
    message = draw_stored(window_line())

    assert message.text == (
        "hilton: window 2 of 11 (Jan 6–10) complete in 2 h 11 m. "
        "Counts match: 413,011 scorecards; 5.3M scores. 9 of 11 left."
    )
    assert action_ids(message) == []


def test_another_size_is_told_with_its_reason() -> None:
    slow = replace(ended(window(6, 11), WindowEnd.COMPLETE), took=6 * HOUR)

    assert "It took 6 h, the target is 3 h: the next windows have 2 days, not 5." in (
        draw_stored(window_line(ended=slow, size_after=2)).text
    )


def test_after_the_last_window_nothing_is_said_of_next_ones() -> None:
    text = draw_stored(window_line(closed=11, size_after=6)).text

    assert text.endswith("Counts match: 413,011 scorecards; 5.3M scores.")


@pytest.mark.parametrize(
    ("of", "count", "expected"),
    [
        (WindowEnd.DIFFERS, Count((TableCount("scores", 5, 3, 0),)), "complete in 2 h 11 m, but its count differs. "),
        (WindowEnd.DIFFERS, OTHER_CONTENTS, "complete in 2 h 11 m, but its contents differ. scores: counts match, "),
        (WindowEnd.FAILED, None, "failed after 2 h 11 m: DB::Exception: too many parts. "),
    ],
)
def test_a_window_that_differs_or_failed_can_be_run_again(of: WindowEnd, count: Count | None, expected: str) -> None:
    over = replace(ended(window(6, 11), of, "DB::Exception: too many parts"), took=timedelta(minutes=131))
    message = draw_stored(window_line(of, ended=over, count=count))
    (button,) = message.blocks[-1]["elements"]

    assert expected in message.text
    assert button["action_id"] == ActionId.AGAIN
    assert AgainValue.model_validate_json(button["value"]) == AgainValue(
        target="voice-prod/hilton", start=window(6, 11).start, end=window(6, 11).end
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(OnStuck.STOP, "parts. No new window starts; 9 of 11 left."), (OnStuck.CONTINUE, "parts. 9 of 11 left.")],
)
def test_what_follows_a_failure_is_what_the_policy_says(policy: OnStuck, expected: str) -> None:
    over = ended(window(6, 11), WindowEnd.FAILED, "too many parts")

    assert draw_stored(window_line(ended=over, count=None, spec=spec(on_stuck=policy))).text.endswith(expected)


def test_a_cut_tells_why_the_halves_and_what_later_windows_have() -> None:
    line = CutLine(spec(), ended(window(6, 11), WindowEnd.HALVED), 2, (window(6, 9), window(9, 11)), size_after=3)

    assert draw_stored(line).text == (
        "hilton: window Jan 6–10 timed out on heartbeat 2 times. "
        "It is closed and run again as Jan 6–8 and Jan 9–10; the windows after them begin with 3 days."
    )
    assert "failed after 1 h: boom. It is closed and run again as" in (
        draw_stored(replace(line, timeouts=0, ended=ended(window(6, 11), WindowEnd.HALVED, "boom"))).text
    )


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.PAUSE, "U1 paused it: upgrade. The running window continues; no new one starts."),
        (Order.RESUME, "U1 resumed it: upgrade. The next windows start again."),
        (Order.RESIZE, "U1 gave the windows still to come 2 days each: upgrade. The running window keeps its size."),
        (Order.SKIP, "U1 skipped Jan 6–10: upgrade. Days not yet run stay missing."),
        (Order.AGAIN, "U1 asked to run Jan 6–10 again: upgrade. It runs before the next windows."),
        (Order.STOP, "U1 cancelled it: upgrade. No new window starts; the running window is being cancelled."),
    ],
)
def test_what_somebody_told_it_names_who_and_why_and_what_follows(order: Order, expected: str) -> None:
    line = InstructedLine(spec(), Instruction(order, "U1", "upgrade", days=2, window=window(6, 11)))
    message = draw_stored(line)

    assert message.text.startswith(f"hilton: {expected}")
    assert "<@U1>" in json.dumps(message.blocks)


def test_what_is_terminated_is_not_said_to_be_asked() -> None:
    line = InstructedLine(spec(), Instruction(Order.STOP, "U1", "upgrade", terminates=True))

    assert draw_stored(line).text == (
        "hilton: U1 terminated it: upgrade. No new window starts; the running window is terminated at once. "
        "Rows not yet written are lost."
    )


def test_what_was_cancelled_in_temporal_itself_mentions_nobody() -> None:
    line = InstructedLine(spec(), Instruction(Order.STOP, CLOCK.user_id, "It was cancelled in Temporal."))

    assert draw_stored(line).text.startswith(
        "hilton: the bot cancelled it: It was cancelled in Temporal. No new window"
    )
    assert "<@" not in json.dumps(draw_stored(line).blocks)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (SequenceEnd.COMPLETE, "hilton: complete, 2 windows. It took 23 h."),
        (
            SequenceEnd.STOPPED,
            "hilton on voice-prod: stopped with 41 days missing. It took 23 h. "
            "/backfill retry voice-prod/hilton runs what is missing.",
        ),
        (
            SequenceEnd.INCOMPLETE,
            "hilton on voice-prod: ended with 41 days missing. It took 23 h. "
            "/backfill retry voice-prod/hilton runs what is missing.",
        ),
        (
            SequenceEnd.CANCELLED,
            "hilton: cancelled, 10 of 51 days complete. It took 23 h. "
            "/backfill retry voice-prod/hilton runs what is missing.",
        ),
    ],
)
def test_the_end_says_how_in_its_first_word(end: SequenceEnd, expected: str) -> None:
    assert draw_stored(SequenceEndLine(progress(phase=Phase.ENDED, end=end), 23 * HOUR)).text == expected


@pytest.mark.parametrize(("end", "word"), [(SequenceEnd.STOPPED, "retry"), (SequenceEnd.IN_DOUBT, "verify")])
def test_what_to_type_names_the_campaign_where_there_are_several(end: SequenceEnd, word: str) -> None:
    line = SequenceEndLine(progress(phase=Phase.ENDED, end=end), 23 * HOUR, campaign="march")

    assert f"/backfill {word} voice-prod/hilton in march " in draw_stored(line).text


@pytest.mark.parametrize(("end", "word"), [(SequenceEnd.STOPPED, "retry"), (SequenceEnd.IN_DOUBT, "verify")])
def test_what_to_type_has_a_name_with_spaces_in_quotes(end: SequenceEnd, word: str) -> None:
    line = SequenceEndLine(progress(of=spec("acme corp"), phase=Phase.ENDED, end=end), 23 * HOUR)

    assert f'/backfill {word} "voice-prod/acme corp" ' in draw_stored(line).text


def test_windows_that_share_a_line_are_told_by_their_number_days_and_times() -> None:
    joined = JoinedWindows(5, 6, window(6, 36), timedelta(minutes=120), timedelta(minutes=131), MATCH)
    text = draw_stored(window_line(joined=joined, closed=7)).text

    assert text == (
        "hilton: windows 2 to 7 of 11 (Jan 6–Feb 4) complete in 2 h to 2 h 11 m each. "
        "Counts match: 413,011 scorecards; 5.3M scores. 4 of 11 left."
    )


def test_the_first_of_them_is_told_as_any_window() -> None:
    alone = JoinedWindows(5, 1, window(6, 11), timedelta(minutes=131), timedelta(minutes=131), MATCH)

    assert draw_stored(window_line(joined=alone)).text == draw_stored(window_line()).text
