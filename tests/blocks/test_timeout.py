"""The confirmation of ``timeout``, and the line about it."""

from bot.blocks import confirm
from bot.blocks.audit_wording import after, before
from bot.blocks.confirm import ask
from bot.blocks.notifications import draw
from bot.commands import Timeout
from bot.fleet.notifications.confirmed import TimeoutLine
from bot.fleet.proposals.activity_acts import ExtendTimeout
from bot.fleet.proposals.activity_warnings import DeathSeenLater
from bot.fleet.proposals.proposal import Done, ExecutedProposal
from tests.blocks.gate import shown_by_slack, taken_by_slack, texts
from tests.blocks.proposals import NASTY, proposal
from tests.fleet.builders import MINUTE, execution

COMMAND = Timeout(target="hilton", span=30 * MINUTE)


def longer(activity_id: str = "1", activity_type: str = "CopyDays") -> ExtendTimeout:
    return ExtendTimeout("hilton", execution().ref, activity_id, activity_type, 3, 5 * MINUTE, 30 * MINUTE)


def test_the_dialog_says_what_becomes_of_the_attempt_and_what_to_know_before() -> None:
    view = ask(proposal(COMMAND, longer(), warnings=(DeathSeenLater(30 * MINUTE),)))
    shown = str(texts(shown_by_slack(view)))

    assert "About to raise a heartbeat timeout from 5 m to 30 m for hilton on voice-prod." in shown
    assert "CopyDays, attempt 3: 30 m instead of 5 m between two heartbeats, at once." in shown
    assert "If its worker dies, that shows only after 30 m" in shown


def test_several_are_counted() -> None:
    view = ask(proposal(COMMAND, longer(), longer("2", NASTY)))

    assert "About to raise 2 heartbeat timeouts for hilton on voice-prod." in str(texts(shown_by_slack(view)))


def test_the_outcome_says_that_the_attempt_goes_on() -> None:
    view = confirm.done(ExecutedProposal(proposal(COMMAND, longer()), (Done(longer()),)))

    assert "CopyDays has 30 m between two heartbeats now; its attempt goes on." in str(texts(shown_by_slack(view)))


def test_the_audit_has_both_timeouts() -> None:
    assert (before(longer()), after(longer())) == (
        "CopyDays: heartbeat timeout 5 m",
        "CopyDays: heartbeat timeout 30 m",
    )


def test_the_line_says_who_and_why() -> None:
    message = taken_by_slack(draw(TimeoutLine("voice-prod", "hilton", 1, 30 * MINUTE, "U1", "a big day")))

    assert message.text == "hilton on voice-prod: U1 raised 1 heartbeat timeout to 30 m: a big day."
