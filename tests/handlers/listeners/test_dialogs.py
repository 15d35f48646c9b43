"""Dialogs open at once, and then show the proposal, or why there is none."""

import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.commands import ControlRequest
from bot.errors import AccessDenied, DependencyError, RateLimited, Refused, Unavailable
from bot.message import View
from bot.model import AuditOutcome
from handlers.routes import COMMANDS
from tests.fakes.modals import FakeModals
from tests.fakes.services import VIEWER
from tests.handlers.bolt import Edge, ResponseUrl
from tests.handlers.confirming import CLUSTER, HILTON, Desk, eventually, view_text

WINDOW = json.dumps({"target": f"{CLUSTER}/hilton", "start": "2026-01-06", "end": "2026-01-11"})


async def test_a_command_that_changes_something_is_asked_about_in_a_dialog(desk: Desk, there: ResponseUrl) -> None:
    acknowledged = await desk.edge.type("split hilton")
    await eventually(lambda: len(desk.views()) == 2)
    working, question = desk.views()

    assert (acknowledged.status, acknowledged.body) == (200, "")
    assert (working.submit, question.submit, question.purpose) == ("", "Split", "confirm")
    assert "cancel 1 workflow and start 11 windows of 5 days" in view_text(question)
    assert desk.begun == []
    assert there.received == []


ASKED = [command for command in COMMANDS if issubclass(command, ControlRequest)]


@pytest.mark.parametrize("text", [typed for command in ASKED for typed in command.examples])
async def test_every_example_of_the_help_gets_a_question_or_why_there_is_none(desk: Desk, text: str) -> None:
    acknowledged = await desk.edge.type(text)
    shown = await desk.answer_text(shown=2)

    assert (acknowledged.status, acknowledged.body) == (200, "")
    assert "went wrong" not in shown


@pytest.mark.parametrize(
    ("action_id", "value", "submit"),
    [
        ("control.split", HILTON, "Split"),
        ("control.cancel", HILTON, "Cancel"),
        ("control.terminate", HILTON, "Terminate"),
        ("control.again", WINDOW, ""),
    ],
)
async def test_a_button_opens_the_dialog_of_its_command(
    desk: Desk, there: ResponseUrl, action_id: str, value: str, submit: str
) -> None:
    await desk.edge.click("button", action_id=action_id, value=value)
    await eventually(lambda: len(desk.views()) == 2)

    assert desk.views()[-1].submit == submit
    assert there.received == []


async def test_the_dialog_opens_before_anything_else_is_looked_at(desk: Desk) -> None:
    desk.world.people.away = Unavailable("slack", "timed out")
    await desk.edge.type("split hilton")
    problem = await desk.answer_text(shown=2)

    assert desk.views()[0].title == "Split"
    assert "Slack did not answer: timed out" in problem


async def test_a_viewer_is_told_in_the_dialog_who_may_and_it_is_audited(desk: Desk) -> None:
    await desk.edge.click("button", user=VIEWER, action_id="control.split", value=HILTON)
    problem = await desk.answer_text(shown=2)

    assert "Only operators may split." in problem
    assert "Olivia" in problem
    assert [(each.user_id, each.outcome) for each in desk.world.journal.audited] == [(VIEWER, AuditOutcome.REFUSED)]


@pytest.mark.parametrize(
    ("text", "words"),
    [("split hiltn", "hilton"), ("run voice-prod/nobody", "nobody"), ("pause sunbit", "sunbit")],
)
async def test_what_cannot_be_is_told_in_the_dialog(desk: Desk, there: ResponseUrl, text: str, words: str) -> None:
    await desk.edge.type(text)
    problem = await desk.answer_text(shown=2)

    assert words in problem
    assert desk.views()[-1].submit == ""
    assert there.received == []


async def test_the_same_command_delivered_twice_asks_once(desk: Desk, there: ResponseUrl) -> None:
    await desk.ask_confirmation()
    await desk.edge.type("split hilton", trigger_id="trigger-V0001-U0OLIVIA")
    await desk.edge.type("help")
    (answer,) = await there.answers()

    assert answer["text"].startswith("What you can type")
    assert [len(views) for views in desk.world.modals.shown.values()] == [2]


@pytest.mark.parametrize(
    "away",
    [Refused("slack", "views.open: expired_trigger_id"), Unavailable("slack", "views.open: no answer in time")],
    ids=["too late", "slow"],
)
async def test_when_the_dialog_does_not_open_the_asker_hears_what_to_do(
    desk: Desk, there: ResponseUrl, away: DependencyError
) -> None:
    desk.world.modals.away = away
    await desk.edge.type("split hilton")
    (answer,) = await there.answers()

    assert answer["response_type"] == "ephemeral"
    assert away.why in answer["text"]
    assert "type the command again" in answer["text"]


async def test_a_bot_that_is_not_let_in_says_so(desk: Desk, there: ResponseUrl) -> None:
    desk.world.modals.away = AccessDenied("slack", "views.open: token_revoked")
    await desk.edge.click("button", action_id="control.split", value=HILTON)
    (answer,) = await there.answers()

    assert "token_revoked" in answer["text"]


class Shut(FakeModals):
    """A person who closes the dialog before it is filled in."""

    async def open(self, trigger: str, view: View) -> str:
        view_id = await super().open(trigger, view)
        self.closed.add(view_id)
        return view_id


async def test_who_closes_the_dialog_while_the_bot_looks_has_said_no(desk: Desk, there: ResponseUrl) -> None:
    desk.world.modals = Shut()
    closing = Desk(Edge(desk.world, there))
    await closing.edge.type("split hilton")
    await closing.edge.in_flight.end(timedelta(seconds=5))

    assert len(closing.views()) == 1
    assert closing.world.modals.whispers == []
    assert there.received == []


class Busy(FakeModals):
    """A Slack that takes no updates for a while."""

    refusals = 2

    async def update(self, view_id: str, view: View) -> None:
        if self.refusals:
            self.refusals -= 1
            raise RateLimited("slack", "views.update: rate limited", timedelta(0))
        await super().update(view_id, view)


async def test_a_busy_slack_is_waited_for(desk: Desk, there: ResponseUrl) -> None:
    desk.world.modals = Busy()
    waiting = Desk(Edge(desk.world, there))
    await waiting.edge.type("split hilton")
    await eventually(lambda: len(waiting.views()) == 2)

    assert waiting.views()[-1].submit == "Split"


async def test_a_dialog_that_cannot_be_filled_is_told_by_an_answer(desk: Desk, there: ResponseUrl) -> None:
    busy = Busy()
    busy.refusals = 100
    desk.world.modals = busy
    await Edge(desk.world, there).type("split hilton")
    (answer,) = await there.answers()

    assert "Slack is asked too often" in answer["text"]


async def test_a_fault_of_the_bot_shows_a_reference_that_the_log_has_too(desk: Desk, there: ResponseUrl) -> None:
    desk.world.people.persons = None  # type: ignore[assignment]
    with capture_logs() as logs:
        await desk.edge.type("split hilton")
        problem = await desk.answer_text(shown=2)

    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["answer failed"]
    assert next(line["reference"] for line in logs if "reference" in line) in problem
    assert "Traceback" not in problem
    assert there.received == []
