"""The texts of alerts, and that they stay within Slack's limits."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.actions import ActionId, TargetValue, command_of
from bot.blocks.notifications import draw
from bot.commands import Timeout
from bot.fleet.notifications import notification
from bot.message import Message
from bot.model import (
    ActiveSnooze,
    AlertFacts,
    AlertReason,
    AttemptProgress,
    Doubt,
    DoubtfulDays,
    DoubtReason,
    Ending,
    Episode,
    Failure,
    FailureKind,
    Health,
    MoreTime,
    Ref,
    RowsOff,
    SuggestedWindows,
    Window,
)
from tests.blocks.gate import action_ids, taken_by_slack, texts

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
EPISODE = Episode(
    id="abc",
    root_key="episode:abc",
    ref=Ref("voice-prod", "backfill-hilton-2026-01-01-2026-02-21", "run-1"),
    customer="hilton",
    window=Window(date(2026, 1, 1), date(2026, 2, 21)),
    link="https://temporal.test/hilton",
    started_at=NOW - timedelta(hours=5),
    opened_at=NOW,
    changed_at=NOW,
    attempt=2,
    health=Health.STRUGGLING,
    cancel_requested=False,
    progress="day 2026-01-13, 980 of 4,200 rows",
    last_heartbeat_at=NOW,
    last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout"),
)


def card(**changes: object) -> Message:
    return draw(notification.EpisodeCard(replace(EPISODE, **changes)))  # type: ignore[arg-type]


def test_an_alert_tells_who_where_what_and_how_far_in_words() -> None:
    assert card().text == (
        "hilton on voice-prod timed out on heartbeat. "
        "Attempt 2 is at Jan 13 (23%, 980 of 4,200 rows). "
        "Suggested: split it into smaller windows. This run ends first, rows already written stay, and a dialog "
        "shows the plan before anything starts. "
        "Jan 1–Feb 20 (51 days), running since 2026-02-21 22:00 UTC."
    )


@pytest.mark.parametrize(
    ("hours", "windows"),
    [((None, None), "11 windows of 5 days"), ((23, 31), "11 windows of 5 days, about 23–31 h")],
)
def test_an_alert_suggests_the_windows_that_were_planned_when_it_opened(
    hours: tuple[int | None, int | None], windows: str
) -> None:
    low, high = (timedelta(hours=each) if each else None for each in hours)
    suggested = SuggestedWindows(11, 5, low, high)

    assert f"Suggested: split it into {windows}. This run ends first" in card(suggested=suggested).text
    failed = card(suggested=suggested, alert_reason=AlertReason.FAILED).text
    assert f"run the missing days in {windows}. Rows already written stay" in failed


@pytest.mark.parametrize(
    ("reached", "progress", "story"),
    [
        (
            "day 2026-01-20, 1,500 of 4,200 rows",
            "day 2026-01-13, 980 of 4,200 rows",
            "Attempt 2 started over and is at Jan 13 (23%); attempt 1 reached Jan 20 (35%). "
            "It will probably not finish: each retry starts over.",
        ),
        (
            "day 2026-01-07, 500 of 4,200 rows",
            "day 2026-01-13, 980 of 4,200 rows",
            "Attempt 2 went on from where attempt 1 stopped, and is at Jan 13 (23%). "
            "It keeps its progress, so it may finish by itself.",
        ),
        (
            "day 2026-01-07, 500 of 4,200 rows",
            "",
            "Attempt 2 has not reported progress yet; attempt 1 reached Jan 7 (11%, 500 of 4,200 rows).",
        ),
        (
            "day 2026-01-07, 500 of 4,200 rows",
            "day 2026-01-07, 500 of 4,200 rows",
            "Attempt 2 has not reported progress yet; attempt 1 reached Jan 7 (11%, 500 of 4,200 rows).",
        ),
        ("page 7", "page 3", "Attempt 2 is at page 3; attempt 1 reached page 7."),
    ],
)
def test_an_alert_compares_the_attempt_with_the_one_before_it(reached: str, progress: str, story: str) -> None:
    assert f" heartbeat. {story} Suggested: " in card(reached=reached, progress=progress).text


def test_an_attempt_that_is_a_while_away_can_begin_at_once_and_that_is_offered_before_what_ends_the_run() -> None:
    ids = action_ids(card(can_reset=True, alert_reason=AlertReason.RETRYING))
    of_timeout = action_ids(card(can_reset=True))

    assert ids[:2] == [ActionId.OPEN, ActionId.RESET]
    assert of_timeout[:2] == [ActionId.SPLIT, ActionId.RESET]
    assert ids[-1] == of_timeout[-1] == ActionId.CANCEL


def test_a_paused_run_says_so_and_offers_to_resume_it() -> None:
    paused = card(is_paused=True, can_reset=True)

    assert "It is paused: no attempt begins until somebody resumes it." in paused.text
    assert action_ids(paused)[:2] == [ActionId.SPLIT, ActionId.RESUME]


def test_another_failure_than_the_timeout_of_the_headline_is_told() -> None:
    failure = Failure(FailureKind.APPLICATION, "too many parts")

    assert "Last failure: too many parts. Attempt 2 is at " in card(last_failure=failure).text


def test_the_suggested_act_is_the_only_primary_button_and_what_ends_a_run_is_red() -> None:
    (row,) = [block for block in card().blocks if block["type"] == "actions"]
    styles = {element["action_id"]: element.get("style") for element in row["elements"]}

    assert [action for action, style in styles.items() if style == "primary"] == [ActionId.SPLIT]
    assert [action for action, style in styles.items() if style == "danger"] == [ActionId.CANCEL]


def test_an_open_alert_offers_split_acknowledge_snooze_the_way_to_temporal_and_last_cancel() -> None:
    offered = [ActionId.SPLIT, ActionId.ACK, ActionId.SNOOZE, ActionId.OPEN, ActionId.CANCEL]

    assert action_ids(taken_by_slack(card())) == offered


def test_where_more_time_can_be_given_a_button_says_how_much_and_instead_of_what() -> None:
    message = taken_by_slack(card(more_time=MoreTime(timedelta(minutes=5), timedelta(minutes=30))))
    (row,) = [block for block in message.blocks if block["type"] == "actions"]
    button = row["elements"][1]

    assert action_ids(message)[:3] == [ActionId.SPLIT, ActionId.TIMEOUT, ActionId.ACK]
    assert button["text"]["text"] == "Raise heartbeat timeout to 30 m…"
    assert message.text.endswith(" Heartbeat timeout: 5 m.")
    command = command_of(button["action_id"], button["value"])
    assert command == Timeout(target="voice-prod/hilton", span=timedelta(minutes=30))


def test_split_and_cancel_mean_the_customer_on_its_cluster() -> None:
    (buttons,) = (block for block in card().blocks if block["type"] == "actions")
    pressed = (buttons["elements"][0], buttons["elements"][-1])
    values = [TargetValue.model_validate_json(button["value"]).target for button in pressed]

    assert values == ["voice-prod/hilton"] * 2


@pytest.mark.parametrize("customer", ["", "x" * 400])
def test_what_was_not_recognised_or_has_too_long_a_name_can_only_be_acknowledged(customer: str) -> None:
    assert action_ids(taken_by_slack(card(customer=customer))) == [ActionId.OPEN, ActionId.ACK, ActionId.SNOOZE]


def test_an_alert_whose_days_are_queued_says_that_nothing_is_to_do_and_offers_no_second_run() -> None:
    calling, queued = (card(alert_reason=AlertReason.FAILED, is_queued=is_queued) for is_queued in (False, True))

    assert "Waits in the queue of voice-prod: nothing to do." in queued.text
    assert "Suggested" not in queued.text
    assert action_ids(calling) == [ActionId.RETRY, ActionId.ACK, ActionId.SNOOZE, ActionId.OPEN]
    assert action_ids(taken_by_slack(queued)) == [ActionId.ACK, ActionId.SNOOZE, ActionId.OPEN]
    assert '"primary"' not in json.dumps(queued.blocks)


def test_an_acknowledged_alert_names_who_has_it_and_offers_no_second_acknowledgement() -> None:
    taken = card(acked_by="U1")

    assert "Acknowledged by U1." in taken.text
    assert "<@U1>" in json.dumps(taken.blocks)
    assert ActionId.ACK not in action_ids(taken)


@pytest.mark.parametrize(("until", "expected"), [(NOW, "until 2026-02-22 03:00 UTC"), (None, "until it changes")])
def test_a_snoozed_alert_says_until_when_and_by_whom(until: datetime | None, expected: str) -> None:
    assert f"Snoozed {expected}, by U1." in card(quiet=ActiveSnooze("U1", until)).text


@pytest.mark.parametrize("ending", list(Ending))
def test_an_alert_that_is_over_is_one_line_without_buttons_that_mentions_nobody(ending: Ending) -> None:
    over = card(ending=ending, ended_at=NOW + timedelta(minutes=134), acked_by="U1")

    assert len(over.blocks) == 1
    assert over.text.startswith("hilton on voice-prod (Jan 1–Feb 20): ")
    assert "on attempt 2, 2 h 14 m after the alert." in over.text
    assert "U1" not in json.dumps(over.blocks)


def test_an_alert_that_is_over_still_leads_to_temporal_where_that_is_known() -> None:
    over = card(ending=Ending.TERMINATED, ended_at=NOW)
    without = card(ending=Ending.TERMINATED, ended_at=NOW, link="")

    assert "<https://temporal.test/hilton|Temporal>" in json.dumps(over.blocks)
    assert "|Temporal>" not in json.dumps(without.blocks)


def test_only_completion_and_recovery_turn_green() -> None:
    green = {e for e in Ending if ":large_green_circle:" in json.dumps(card(ending=e, ended_at=NOW).blocks)}

    assert green == {Ending.COMPLETED, Ending.RECOVERED}


def test_an_ended_attempt_tells_why_how_far_and_what_follows() -> None:
    failure = Failure(FailureKind.APPLICATION, "DB::Exception: too many parts")
    line = notification.AttemptsLine("hilton", 1, 1, failure, "day 2026-01-13, 980 of 4,200 rows", NOW, 2)

    assert draw(line).text == (
        "hilton, attempt 1: DB::Exception: too many parts. "
        "It reached Jan 13 (23%, 980 of 4,200 rows). Attempt 2 follows."
    )


def test_attempts_that_nobody_saw_are_told_as_such() -> None:
    line = notification.AttemptsLine("hilton", 1, 3, None, "", NOW, 4)

    unseen = "hilton, attempts 1 to 2: ended before the bot looked; Temporal keeps only the last failure."
    assert unseen in draw(line).text


def test_attempts_that_ended_like_the_one_before_them_share_a_line() -> None:
    failure = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
    line = notification.AttemptsLine("hilton", 10, 10, failure, "day 2026-01-13", NOW, 11, alike=4)

    assert draw(line).text == (
        "hilton, attempts 6 to 9: ended as attempt 5 did. hilton, attempt 10: heartbeat timeout. "
        "It reached Jan 13. Attempt 11 follows."
    )


@pytest.mark.parametrize("ending", list(Ending))
def test_what_is_over_is_said_of_its_days_and_not_of_the_whole_customer(ending: Ending) -> None:
    days = Window(date(2026, 1, 6), date(2026, 1, 11))
    line = notification.EndLine("hilton", ending, 2, NOW, NOW, days)

    assert "hilton on voice-prod (Jan 6–10): " in card(ending=ending, ended_at=NOW, window=days).text
    assert draw(line).text.startswith("hilton (Jan 6–10): ")


def test_a_window_that_its_sequence_has_cancelled_is_told_as_such() -> None:
    days = Window(date(2026, 1, 11), date(2026, 1, 17))
    over = card(ending=Ending.CUT_SHORT, ended_at=NOW + timedelta(seconds=16), window=days)

    assert over.text == (
        "hilton on voice-prod (Jan 11–16): cancelled by its sequence on attempt 2, 16 s after the alert."
    )


NASTY = "<!channel> *x* `y` & <@U1>"


def test_names_and_failures_from_outside_show_literally_and_ping_nobody() -> None:
    failure = Failure(FailureKind.APPLICATION, NASTY)
    drawn = "\n".join(texts(card(customer=NASTY, last_failure=failure, progress=NASTY)))

    assert "<!channel>" not in drawn
    assert "<@U1>" not in drawn
    assert "&lt;!channel&gt;" in drawn


def test_an_alert_with_everything_at_its_longest_stays_within_slack_s_limits() -> None:
    failure = Failure(FailureKind.APPLICATION, NASTY * 500)
    message = card(
        customer="c" * 200, last_failure=failure, progress=NASTY * 5, acked_by="U1", quiet=ActiveSnooze("U1", NOW)
    )

    assert len(message.text) <= 4_000
    assert all(len(b["text"]["text"]) <= 3_000 for b in message.blocks if b["type"] == "section")


def test_a_link_that_is_too_long_for_a_button_is_left_out_and_the_alert_is_told_all_the_same() -> None:
    message = card(link="https://temporal.test/" + "%C3%A9" * 500)

    assert "Open in Temporal" not in str(message.blocks)


TRIED = {
    "alert_reason": AlertReason.RETRYING,
    "health": Health.RETRYING,
    "attempt": 5,
    "progress": "",
    "reached": "day 2026-01-09, 171 of 1,000 rows",
    "attempts": (
        AttemptProgress(3, "day 2026-01-09, 170 of 1,000 rows"),
        AttemptProgress(4, "day 2026-01-09, 171 of 1,000 rows"),
    ),
    "last_failure": Failure(FailureKind.APPLICATION, "connection reset by ch-3"),
}


def test_attempts_that_ended_at_the_same_place_are_told_together_and_the_failure_is_what_to_mend() -> None:
    text = card(**TRIED).text

    assert "Attempt 5 has not reported progress yet; attempts 3 and 4 both ended at Jan 9 (17%). " in text
    assert "Suggested: mend what this failure names; the next attempt then gets through by itself. " in text
    assert "Suggested: find out in Temporal why it fails" in card(**TRIED | {"last_failure": None}).text


def test_an_attempt_that_is_a_while_away_is_told_with_when_it_begins() -> None:
    text = card(**TRIED | {"can_reset": True, "next_attempt_at": NOW}).text

    assert "Attempts 3 and 4 both ended at Jan 9 (17%). Attempt 5 begins by itself at 2026-02-22 03:00 UTC. " in text


def test_a_stalled_run_says_for_how_long_and_what_to_do_after_the_cancel() -> None:
    stalled = {"alert_reason": AlertReason.STALLED, "health": Health.STALLED}
    text = card(**stalled, facts=AlertFacts(since=NOW - timedelta(hours=2))).text

    assert "has made no progress since 2026-02-22 01:00 UTC (2 h before this alert)." in text
    assert "rows already written stay. Then /backfill retry voice-prod/hilton runs what is missing." in text


@pytest.mark.parametrize(("found", "first"), [(90, ActionId.RETRY), (110, ActionId.VERIFY)])
def test_missing_rows_are_run_again_at_once_and_too_many_are_looked_at_first(found: int, first: ActionId) -> None:
    days = DoubtfulDays(Window(date(2026, 1, 7), date(2026, 1, 8)), Doubt(DoubtReason.COUNT))
    facts = AlertFacts(doubts=(days,), rows_off=(RowsOff("scores", 100, found),))
    message = card(alert_reason=AlertReason.MISMATCH, health=Health.HEALTHY, facts=facts)

    assert f"scores has {found} of 100 rows (10 {'missing' if found < 100 else 'too many'})." in message.text
    assert action_ids(message)[0] == first
    assert f"Suggested: {'run what is missing' if first is ActionId.RETRY else 'verify'}" in message.text
