"""The confirmation of ``pause`` and ``resume``, and the lines about paused activities."""

import pytest

from bot.blocks import confirm
from bot.blocks.activity_acts import details
from bot.blocks.audit_wording import after, before
from bot.blocks.confirm import ask
from bot.blocks.notifications import draw
from bot.commands import Pause
from bot.fleet.notifications.confirmed import ActivitiesPausedLine, ActivitiesResumedLine
from bot.fleet.proposals.activity_acts import PauseActivity, UnpauseActivity
from bot.fleet.proposals.activity_warnings import LaterActivitiesRun
from bot.fleet.proposals.problems import SystemFailed
from bot.fleet.proposals.proposal import Done, ExecutedProposal
from bot.model import Order
from tests.blocks.gate import shown_by_slack, taken_by_slack, texts
from tests.blocks.proposals import instruct, proposal
from tests.fleet.builders import execution


def test_a_sequence_is_told_as_it_stands_with_who_began_it_and_why() -> None:
    shown = texts(shown_by_slack(ask(proposal(Pause(target="hilton"), instruct(Order.PAUSE)))))

    assert shown[0] == "*About to pause the sequence for hilton on voice-prod.*"
    assert shown[1] == "Days: Jan 1–Feb 20 (51 days)."
    assert "Its sequence: window 3 of 11 (Jan 11–15) is running. Begun by <@U0OLIVIA> " in shown[2]
    assert ": it times out." in shown[2]


def test_of_a_cluster_the_count_comes_first_then_a_line_for_each_customer() -> None:
    acts = [instruct(Order.PAUSE, name) for name in ("hilton", "vivint")]
    shown = texts(shown_by_slack(ask(proposal(Pause(target="voice-prod"), *acts, customer=""))))

    assert shown[0] == "*2 customers on voice-prod: about to pause 2 sequences.*"
    assert shown[2].splitlines() == [
        "*hilton*: pause the sequence; window 3 of 11 (Jan 11–15) is running",
        "*vivint*: pause the sequence; window 3 of 11 (Jan 11–15) is running",
    ]


def of_activity(*, has_attempt: bool = True, beats: bool = True) -> PauseActivity:
    return PauseActivity("hilton", execution().ref, "1", "CopyDays", 3, has_attempt, beats)


def of_resumed(*, has_attempt: bool = False) -> UnpauseActivity:
    return UnpauseActivity("hilton", execution().ref, "1", "CopyDays", 3, has_attempt)


ID = execution().ref.workflow_id


def test_it_says_what_becomes_of_the_attempt() -> None:
    view = ask(proposal(Pause(target="hilton"), of_activity(), warnings=(LaterActivitiesRun(),)))
    shown = str(texts(shown_by_slack(view)))

    assert "About to pause 1 activity for hilton on voice-prod." in shown
    assert f"CopyDays of {ID}, attempt 3: is told with its next heartbeat to end, and no other attempt" in shown
    assert "What their workflow begins later is not paused" in shown


@pytest.mark.parametrize(
    ("act", "becomes"),
    [
        (of_activity(has_attempt=False), "waits, and no attempt begins until you resume it."),
        (
            of_activity(beats=False),
            "goes on to its end, because it sends no heartbeats; if it fails, no other attempt begins until you "
            "resume it.",
        ),
        (of_resumed(has_attempt=False), "begins at once."),
        (of_resumed(has_attempt=True), "has not ended since the pause, and goes on."),
    ],
)
def test_each_state_of_an_attempt_has_its_words(act: PauseActivity | UnpauseActivity, becomes: str) -> None:
    assert details(act) == f"CopyDays of {ID}, attempt 3: {becomes}"


def test_beside_a_sequence_both_are_told() -> None:
    acts = (instruct(Order.PAUSE), of_activity(), of_activity())
    shown = texts(shown_by_slack(ask(proposal(Pause(target="hilton"), *acts))))

    assert shown[0] == "*About to pause the sequence and pause 2 activities for hilton on voice-prod.*"


def test_the_outcome_is_told_for_each_activity_and_why_it_failed() -> None:
    lost = Done(of_activity(), SystemFailed("Temporal of voice-prod: activity 1 is not pending"))
    both = proposal(Pause(target="hilton"), of_activity(), of_activity())
    shown = str(texts(shown_by_slack(confirm.done(ExecutedProposal(both, (Done(of_activity()), lost))))))

    assert f"CopyDays of {ID} is paused." in shown
    assert "Not done: Temporal of voice-prod: activity 1 is not pending." in shown


def test_the_audit_has_what_was_paused_and_resumed() -> None:
    assert (before(of_activity()), after(of_activity())) == ("CopyDays: attempt 3 runs", "CopyDays: paused")
    assert before(of_activity(has_attempt=False)) == "CopyDays: attempt 3 waits"
    assert (before(of_resumed()), after(of_resumed())) == ("CopyDays: paused", "CopyDays: resumed")


def test_the_lines_say_who_and_why() -> None:
    paused = taken_by_slack(draw(ActivitiesPausedLine("voice-prod", "hilton", 2, "U1", "the database is restored")))
    resumed = taken_by_slack(draw(ActivitiesResumedLine("voice-prod", "hilton", 1, "U1", "it is back")))

    assert paused.text == "hilton on voice-prod: U1 paused 2 activities: the database is restored."
    assert resumed.text == "hilton on voice-prod: U1 resumed 1 activity: it is back."
