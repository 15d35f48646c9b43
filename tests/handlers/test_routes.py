"""Each command has its row, and a row takes its own command only."""

import pytest

from bot.commands import COMMANDS, Help, Status
from bot.model import CLOCK
from handlers.routes import ROUTES
from tests.fakes.services import FakeWorld


def test_every_command_has_one_row_in_the_order_of_help() -> None:
    assert [row.command for row in ROUTES] == list(COMMANDS)


async def test_a_row_refuses_another_command() -> None:
    row = next(row for row in ROUTES if row.command is Help)

    with pytest.raises(TypeError, match="Status came to the row of Help"):
        await row.run(Status(), CLOCK, FakeWorld().services)
