"""Help tells every command, from the models that parse them."""

import pytest

from bot.commands import COMMANDS, Help
from bot.errors import UsageError
from bot.model import CLOCK
from bot.usecases.help import explain
from tests.fakes.services import FakeWorld


async def test_the_overview_has_a_line_for_every_command() -> None:
    page = await explain(Help(), CLOCK, FakeWorld().services)

    assert [line.word for line in page.lines] == [command.word() for command in COMMANDS]


async def test_a_topic_has_its_forms_and_examples() -> None:
    page = await explain(Help(topic="verify"), CLOCK, FakeWorld().services)

    assert [line.forms for line in page.lines] == [("verify <customer|cluster|all> [start..end] [by day|window]",)]
    assert "verify all" in page.lines[0].examples
    assert not page.lines[0].changes


async def test_an_unknown_topic_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        await explain(Help(topic="x"), CLOCK, FakeWorld().services)
