"""The registry answers what is typed, and a row takes its own command only."""

import pytest

from bot.commands import ControlRequest, Help, Pause, Split, Status, Verify
from bot.errors import UsageError
from bot.model import CLOCK
from handlers.routes import COMMANDS, ROUTES, Answer, Question, command_in, explain, question_about
from tests.fakes.services import NOW, FakeWorld


def test_every_command_has_one_row() -> None:
    assert len({command.word() for command in COMMANDS}) == len(ROUTES)


def test_what_changes_backfills_is_asked_about_and_nothing_else_is() -> None:
    confirmed = [row.command for row in ROUTES if isinstance(row, Question)]

    assert confirmed == [command for command in COMMANDS if issubclass(command, ControlRequest)]


async def test_a_row_refuses_another_command() -> None:
    row = next(row for row in ROUTES if row.command is Help)
    assert isinstance(row, Answer)

    with pytest.raises(TypeError, match="Status came to the row of Help"):
        await row.run(Status(), CLOCK, FakeWorld().services)


async def test_a_question_refuses_another_command() -> None:
    with pytest.raises(TypeError, match="Pause came to the row of Split"):
        await question_about(Split(target="hilton")).propose(Pause(target="hilton"), FakeWorld().services)


async def test_help_is_about_every_command_in_the_order_of_the_registry() -> None:
    assert await explain(Help(), FakeWorld().services) == list(COMMANDS)


async def test_help_about_a_topic_is_about_that_command_alone() -> None:
    assert await explain(Help(topic="verify"), FakeWorld().services) == [Verify]


@pytest.mark.parametrize("typed", ["help verfy", "help Verfy"])
def test_help_about_no_command_is_answered_with_the_nearest_one(typed: str) -> None:
    with pytest.raises(UsageError, match=r"There is no command “verfy”.*Did you mean /backfill help verify"):
        command_in(typed, NOW.date())
