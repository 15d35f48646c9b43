"""The card of a sequence that has no alert."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import ActionId
from bot.blocks.notifications import draw
from bot.fleet.notifications.confirmed import TerminatedLine
from bot.fleet.notifications.sequence import SequenceCard
from bot.message import Message
from bot.model import (
    CompletedWindow,
    Count,
    OpenRun,
    Pause,
    Phase,
    SequenceEnd,
    SequenceProgress,
    TableCount,
    WindowEnd,
)
from tests.blocks.gate import action_ids, taken_by_slack, texts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, execution, window
from tests.fleet.sequences import ended, progress, running, spec

AT_REST = replace(running(3, window(11, 16)), rests_until=NOW)
UNDER_WAY = progress(running(3, window(11, 16)))
CLEARING = spec(clear=(OpenRun(execution().ref, CAMPAIGN),))
OVER = replace(UNDER_WAY, phase=Phase.ENDED, running=(), queued=0, queued_days=0, closed=11, complete_days=51)


def card(of: SequenceProgress = UNDER_WAY, **changes: Any) -> Message:
    return taken_by_slack(draw(SequenceCard(replace(of, **changes))))


def test_a_card_says_how_it_stands_what_is_to_come_who_asked_and_why() -> None:
    assert card().text == (
        "hilton on voice-prod: window 3 of 11 (Jan 11–15) is running. 10 of 51 days complete. "
        "Jan 1–Feb 20 (51 days). "
        "Still to come: 8 windows of up to 5 days, 36 days in all. "
        "Started by U0OLIVIA (split): it times out."
    )
    assert "Started by <@U0OLIVIA> (split)" in texts(card())[1]


def test_a_card_names_its_campaign_where_several_are_known() -> None:
    in_march = taken_by_slack(draw(SequenceCard(UNDER_WAY, campaign="march")))
    over = taken_by_slack(draw(SequenceCard(OVER, campaign="march")))

    assert in_march.text.startswith("hilton on voice-prod in march: window 3 of 11")
    assert over.text.startswith("hilton on voice-prod in march: ")


def test_while_it_is_open_it_can_be_paused_or_resumed_and_cancelled_until_somebody_has() -> None:
    held: dict[str, Any] = {"paused_by": "U2"}

    assert action_ids(card()) == [ActionId.PAUSE, ActionId.NOTIFY, ActionId.CANCEL]
    assert action_ids(card(phase=Phase.PAUSED, **held)) == [ActionId.RESUME, ActionId.NOTIFY, ActionId.CANCEL]
    assert action_ids(card(spec=CLEARING, phase=Phase.CLEARING, **held)) == [
        ActionId.RESUME,
        ActionId.NOTIFY,
        ActionId.CANCEL,
    ]
    assert action_ids(card(phase=Phase.STOPPING)) == []


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        (
            {"phase": Phase.CLEARING, "running": (), "closed": 0, "queued": 11},
            "cancelling 1 workflow, then 11 windows follow",
        ),
        ({"running": ()}, "window 3 of 10 is next"),
        ({"running": (running(3, window(1, 2)), running(4, window(2, 3)))}, "windows 3 to 4 of 12 are running"),
        ({"phase": Phase.PAUSED}, "paused; window 3 of 11 (Jan 11–15) is still running"),
        ({"phase": Phase.PAUSED, "running": ()}, "paused before window 3 of 10"),
        ({"phase": Phase.STOPPING}, "cancelling; window 3 of 11 (Jan 11–15) is not closed yet"),
        (
            {"phase": Phase.STOPPING, "running": (AT_REST,)},
            f"window 3 of 11 (Jan 11–15) is closed, and it ends at {NOW:%Y-%m-%d %H:%M} UTC",
        ),
        (
            {"running": (AT_REST,)},
            f"window 3 of 11 (Jan 11–15) is closed, and it goes on at {NOW:%Y-%m-%d %H:%M} UTC",
        ),
        ({"phase": Phase.STOPPING, "running": ()}, "cancelling"),
    ],
)  # fmt: skip
def test_the_state_comes_first_in_words(changes: dict[str, Any], state: str) -> None:
    assert card(spec=CLEARING, **changes).text.startswith(f"hilton on voice-prod: {state}. 10 of 51 days complete.")


def test_who_paused_it_and_what_is_marked_are_told() -> None:
    marks = tuple(ended(window(n, n + 5), WindowEnd.FAILED) for n in range(1, 31, 5))
    message = card(phase=Phase.PAUSED, paused_by="U2", troubled=(ended(window(41, 46), WindowEnd.DIFFERS), *marks))

    assert "Paused by U2." in message.text
    assert "Paused by <@U2>." in texts(message)[1]
    assert "Not complete: Feb 10–14 differs, Jan 1–5 failed, " in message.text
    assert " and 3 more." in message.text


def test_one_that_is_paused_says_since_when_why_and_what_no_longer_starts() -> None:
    pause = Pause("U2", NOW, "the warehouse is upgraded tonight")
    held = card(phase=Phase.PAUSED, paused_by="U2", pause=pause, running=())
    running_on = card(phase=Phase.PAUSED, paused_by="U2", pause=pause)

    pause_line = f"Paused by U2 ({NOW:%Y-%m-%d %H:%M} UTC): the warehouse is upgraded tonight."
    assert f"{pause_line} Nothing runs until somebody resumes it." in held.text
    assert f"{pause_line} No further window starts until somebody resumes it." in running_on.text


def test_what_only_cancels_speaks_of_no_days() -> None:
    of = spec(clear=CLEARING.clear, days=(), asked="cancel")
    cancelling = progress(of=of, phase=Phase.CLEARING, closed=0, queued=0, complete_days=0)

    assert card(cancelling).text.startswith("hilton on voice-prod: cancelling 1 workflow. Jan 1–Feb 20 (51 days)")
    over = card(cancelling, phase=Phase.ENDED, end=SequenceEnd.CANCELLED)
    assert over.text == "hilton on voice-prod: cancelled."
    assert (action_ids(card(cancelling)), action_ids(over)) == ([ActionId.CANCEL], [])


@pytest.mark.parametrize("end", SequenceEnd)
def test_when_it_is_over_it_is_green_only_if_complete_and_else_bold_with_what_is_missing_to_be_run(
    end: SequenceEnd,
) -> None:
    message = card(OVER, end=end)

    assert [block["type"] for block in message.blocks if block["type"] != "actions"] == ["section"]
    assert action_ids(message)[-1:] == ([] if end is SequenceEnd.COMPLETE else [ActionId.RETRY])
    assert (":large_green_circle:" in json.dumps(message.blocks)) == (end is SequenceEnd.COMPLETE)
    assert ("*hilton on voice-prod: " in texts(message)[0]) == (end is not SequenceEnd.COMPLETE)


STUCK = progress(
    phase=Phase.ENDED,
    end=SequenceEnd.STOPPED,
    closed=3,
    queued=8,
    queued_days=36,
    troubled=(ended(window(11, 16), WindowEnd.FAILED, note="heartbeat timeout"),),
    left=(window(16, 52),),
)


def test_one_that_stopped_says_which_days_are_missing_why_and_what_to_do() -> None:
    message = taken_by_slack(draw(SequenceCard(STUCK, link="https://temporal.test/run")))

    assert message.text == (
        "hilton on voice-prod: stopped with 41 days missing (Jan 11–Feb 20). "
        "Jan 11–15 failed (heartbeat timeout), so 8 later windows were not started. "
        "Suggested: see in Temporal why, then run what is missing in smaller windows. Rows already written stay."
    )
    assert texts(message)[0].startswith(":red_circle: *hilton on voice-prod: stopped with ")
    assert "<https://temporal.test/run|Temporal>" in texts(message)[0]


def test_one_that_stopped_for_another_reason_than_a_timeout_suggests_to_remove_it() -> None:
    message = card(STUCK, troubled=(ended(window(11, 16), WindowEnd.FAILED, note="disk full"),))

    assert "Suggested: remove this cause, then run what is missing. Complete days are not run again" in message.text


@pytest.mark.parametrize(
    ("changes", "suggested"),
    [
        ({}, ActionId.RETRY),
        ({"end": SequenceEnd.INCOMPLETE}, ActionId.RETRY),
        ({"end": SequenceEnd.IN_DOUBT}, ActionId.VERIFY),
        ({"end": SequenceEnd.CANCELLED}, None),
        ({"phase": Phase.PAUSED, "end": None, "paused_by": "U2"}, ActionId.RESUME),
        ({"phase": Phase.RUNNING, "end": None}, None),
    ],
)
def test_one_that_needs_a_person_suggests_an_act_and_one_that_goes_on_or_was_cancelled_suggests_none(
    changes: dict[str, Any], suggested: ActionId | None
) -> None:
    (row,) = [block for block in card(STUCK, **changes).blocks if block["type"] == "actions"]
    primary = [each["action_id"] for each in row["elements"] if each.get("style") == "primary"]

    assert primary == ([suggested] if suggested else [])
    assert primary in ([], [row["elements"][0]["action_id"]])


def test_one_of_an_earlier_version_that_did_not_report_the_days_left_counts_the_missing_ones() -> None:
    assert card(STUCK, left=()).text.startswith("hilton on voice-prod: stopped with 41 days missing. ")


@pytest.mark.parametrize(
    ("changes", "icon"),
    [({}, ":arrows_counterclockwise:"), ({"phase": Phase.PAUSED, "paused_by": "U2"}, ":double_vertical_bar:")],
)
def test_an_open_one_leads_with_an_icon_for_whether_it_goes_on(changes: dict[str, Any], icon: str) -> None:
    assert texts(card(**changes))[0].startswith(f"{icon} *hilton on voice-prod: ")


def test_complete_with_a_count_that_differs_is_not_green() -> None:
    message = card(OVER, end=SequenceEnd.COMPLETE, troubled=(ended(window(6, 11), WindowEnd.DIFFERS),))

    assert message.text == (
        "hilton on voice-prod: in doubt, 11 windows ran, but the counts of 1 "
        "window differ. Not complete: Jan 6–10 differs."
    )
    assert ":large_green_circle:" not in json.dumps(message.blocks)


def test_days_of_more_than_one_year_are_told_with_it() -> None:
    old = window(-30, -25)
    message = card(running=(running(3, old),), spec=spec(days=(old, window(1, 6))))

    assert "window 3 of 11 (Dec 1–5, 2025) is running" in message.text


def test_what_was_terminated_is_told_with_who_and_why() -> None:
    message = taken_by_slack(draw(TerminatedLine("voice-prod", "hilton", 2, "U1", "does not react")))

    assert message.text == "hilton on voice-prod: U1 terminated 2 workflows: does not react."


def test_after_a_window_it_shows_how_far_it_is_the_time_left_and_what_was_counted_last() -> None:
    count = Count((TableCount("scorecards", 413_011, 413_011, 0),))
    latest = CompletedWindow(window(6, 11), timedelta(minutes=131), count)
    drawn = card(latest=latest, measured_days=10, measured_time=timedelta(hours=5))

    assert f"About 20–27 h left, as of {NOW - HOUR:%Y-%m-%d %H:%M} UTC." in drawn.text
    assert "Last: Jan 6–10 complete in 2 h 11 m. Counts match: 413,011 scorecards." in drawn.text
    assert "▓░░░░░░░░░ 19% · About 20–27 h left, as of <!date^" in texts(drawn)[1]


@pytest.mark.parametrize(("days", "bar"), [(0, "░░░░░░░░░░ 0%"), (26, "▓▓▓▓▓░░░░░ 50%"), (51, "▓▓▓▓▓▓▓▓▓▓ 100%")])
def test_the_bar_is_full_only_when_all_days_are_complete(days: int, bar: str) -> None:
    assert bar in texts(card(complete_days=days))[1]


def test_a_sequence_that_only_cancels_has_no_bar() -> None:
    assert "░" not in texts(card(spec=spec(days=(), clear=CLEARING.clear), phase=Phase.CLEARING, running=()))[1]
