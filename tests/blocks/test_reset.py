"""The confirmation of ``reset``, and the line about it."""

from bot.blocks import confirm
from bot.blocks.audit_wording import after, before
from bot.blocks.confirm import ask
from bot.blocks.notifications import draw
from bot.commands import Reset
from bot.fleet.notifications.confirmed import ResetLine
from bot.fleet.proposals.activity_acts import ResetActivity
from bot.fleet.proposals.activity_warnings import AttemptsGoOn
from bot.fleet.proposals.proposal import Done, ExecutedProposal
from tests.blocks.gate import shown_by_slack, taken_by_slack, texts
from tests.blocks.proposals import NASTY, proposal
from tests.fleet.builders import execution

COMMAND = Reset(target="hilton")


def waiting(activity_type: str = "CopyDays", *, keeps_progress: bool = True) -> ResetActivity:
    return ResetActivity("hilton", execution().ref, "1", activity_type, 6, keeps_progress)


def test_the_dialog_says_what_becomes_of_the_attempt_before_it_is_done() -> None:
    view = ask(proposal(COMMAND, waiting(), warnings=(AttemptsGoOn(2),)))
    shown = str(texts(shown_by_slack(view)))

    assert "About to begin 1 waiting attempt for hilton on voice-prod." in shown
    assert "CopyDays, attempt 6: begins at once, counted as attempt 1; what its last heartbeat says is kept" in shown
    assert "2 attempts that run go on as before." in shown


def test_it_says_when_nothing_is_kept() -> None:
    shown = str(texts(shown_by_slack(ask(proposal(COMMAND, waiting(NASTY, keeps_progress=False))))))

    assert "no heartbeat has left anything to go on from" in shown


def test_several_are_counted() -> None:
    view = ask(proposal(COMMAND, waiting(), waiting(NASTY)))

    assert "About to begin 2 waiting attempts for hilton on voice-prod." in str(texts(shown_by_slack(view)))


def test_the_outcome_says_that_the_attempt_begins() -> None:
    view = confirm.done(ExecutedProposal(proposal(COMMAND, waiting()), (Done(waiting()),)))

    assert "CopyDays begins its next attempt now, counted as attempt 1." in str(texts(shown_by_slack(view)))


def test_the_audit_has_the_attempt() -> None:
    assert (before(waiting()), after(waiting())) == ("CopyDays: attempt 6 waits", "CopyDays: reset to attempt 1")


def test_the_line_says_who_and_why() -> None:
    message = taken_by_slack(draw(ResetLine("voice-prod", "hilton", 2, "U1", "the source is back")))

    assert message.text == (
        "hilton on voice-prod: U1 began 2 attempts at once, counted from 1 again: the source is back."
    )
