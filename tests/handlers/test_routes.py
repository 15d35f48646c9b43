"""Each command has its row, and a row takes its own command only."""

import pytest

from bot.commands import COMMANDS, ControlRequest, Help, Pause, Split, Status
from bot.model import CLOCK
from handlers.routes import ROUTES, Question, Route, question_about
from tests.fakes.services import FakeWorld


def test_every_command_has_one_row_in_the_order_of_help() -> None:
    assert [row.command for row in ROUTES] == list(COMMANDS)


def test_what_changes_backfills_is_asked_about_and_nothing_else_is() -> None:
    asked = [row.command for row in ROUTES if isinstance(row, Question)]

    assert asked == [command for command in COMMANDS if issubclass(command, ControlRequest)]


async def test_a_row_refuses_another_command() -> None:
    row = next(row for row in ROUTES if row.command is Help)
    assert isinstance(row, Route)

    with pytest.raises(TypeError, match="Status came to the row of Help"):
        await row.run(Status(), CLOCK, FakeWorld().services)


async def test_a_question_refuses_another_command() -> None:
    with pytest.raises(TypeError, match="Pause came to the row of Split"):
        await question_about(Split(target="hilton")).propose(Pause(target="hilton"), CLOCK, FakeWorld().services)
