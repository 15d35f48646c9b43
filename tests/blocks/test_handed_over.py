"""An alert that a sequence has taken over, until the sequence ends."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import ActionId
from bot.blocks.notifications import draw
from bot.fleet.notifications import notification
from bot.message import Message
from bot.model import Ending, Phase, SequenceEnd, SequenceProgress, WindowEnd
from tests.blocks.gate import action_ids, taken_by_slack
from tests.fakes.episodes import episode
from tests.fleet.builders import window
from tests.fleet.sequences import ended, progress, running


def draw_alert(**facts: Any) -> Message:
    return taken_by_slack(draw(notification.EpisodeCard(episode(**facts))))


def sequence_progress(**changes: Any) -> SequenceProgress:
    return replace(progress(running(3, window(11, 16))), **changes)


def test_an_alert_that_a_sequence_took_over_says_how_the_windows_do_who_asked_and_why() -> None:
    message = draw_alert(sequence=sequence_progress())

    assert message.text == (
        "hilton on voice-prod: window 3 of 11 (Jan 11–15) is running. 10 of 51 days complete. "
        "Timed out on heartbeat as one run (attempt 2); now running as windows. "
        "Started by U0OLIVIA (split): it times out."
    )
    assert "<@U0OLIVIA>" in json.dumps(message.blocks)
    assert action_ids(message) == [ActionId.PAUSE, ActionId.ACK, ActionId.SNOOZE, ActionId.OPEN, ActionId.CANCEL]


@pytest.mark.parametrize(
    ("changes", "suggested"), [({}, []), ({"phase": Phase.PAUSED, "paused_by": "U2"}, [ActionId.RESUME])]
)
def test_only_a_sequence_that_waits_for_a_person_suggests_something(
    changes: dict[str, Any], suggested: list[ActionId]
) -> None:
    (row,) = [
        block for block in draw_alert(sequence=sequence_progress(**changes)).blocks if block["type"] == "actions"
    ]

    assert [element["action_id"] for element in row["elements"] if element.get("style") == "primary"] == suggested


def test_while_it_is_paused_it_can_be_resumed() -> None:
    message = draw_alert(sequence=sequence_progress(phase=Phase.PAUSED, paused_by="U2"))

    assert (action_ids(message)[0], action_ids(message)[-1]) == (ActionId.RESUME, ActionId.CANCEL)


def test_a_sequence_that_is_being_cancelled_is_not_offered_to_be_cancelled() -> None:
    assert ActionId.CANCEL not in action_ids(draw_alert(sequence=sequence_progress(phase=Phase.STOPPING)))


def ended_alert(ending: Ending, **changes: Any) -> Message:
    finished = {"phase": Phase.ENDED, "running": (), "closed": 11, "queued": 0, "queued_days": 0, "complete_days": 51}
    ended_at = episode().opened_at + timedelta(hours=23)
    return draw_alert(sequence=sequence_progress(**{**finished, **changes}), ending=ending, ended_at=ended_at)


def test_an_alert_that_its_sequence_completed_is_one_green_line() -> None:
    message = ended_alert(Ending.COMPLETED, end=SequenceEnd.COMPLETE)

    assert message.text == "hilton on voice-prod: complete, 11 windows, 23 h after the alert."
    assert ":large_green_circle:" in json.dumps(message.blocks)
    assert len(message.blocks) == 1


def test_a_count_that_differs_keeps_a_completed_alert_from_turning_green() -> None:
    differs = (ended(window(1, 6), WindowEnd.DIFFERS),)
    message = ended_alert(Ending.COMPLETED, end=SequenceEnd.COMPLETE, troubled=differs)

    assert message.text == (
        "hilton on voice-prod: in doubt, 11 windows ran, but the counts of 1 window differ, 23 h after the alert."
    )
    assert ":large_green_circle:" not in json.dumps(message.blocks)


def test_an_alert_whose_sequence_left_days_out_says_how_many() -> None:
    failed = (ended(window(1, 6), WindowEnd.FAILED),)
    message = ended_alert(Ending.INCOMPLETE, end=SequenceEnd.INCOMPLETE, troubled=failed)

    assert message.text == "hilton on voice-prod: ended with 5 days missing (Jan 1–5), 23 h after the alert."
    assert action_ids(message) == [ActionId.RETRY]


def test_an_alert_whose_sequence_was_ended_without_a_word_says_how() -> None:
    message = ended_alert(Ending.TERMINATED, phase=Phase.RUNNING)

    assert message.text == "hilton on voice-prod: terminated, 23 h after the alert."
    assert action_ids(message) == []
