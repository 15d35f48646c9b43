"""A command that is written out is the same command when it is typed."""

from datetime import date

import pytest

from bot.commands import ControlRequest
from bot.commands.typed_command import typed_command
from handlers.routes import command_in

TODAY = date(2026, 2, 22)


@pytest.mark.parametrize(
    "text",
    [
        "run hilton",
        "run hilton 2026-01-01..2026-02-01 windows 3d failed in march",
        "run hilton whole",
        "run hilton spirit all",
        'run "acme corp" "windows"',
        "retry hilton 2026-01-01..2026-02-01 all",
        "split hilton windows 5d",
        "cancel hilton 2026-02-01..2026-02-06 in march",
        "pause voice-prod",
        "terminate hilton",
        "timeout hilton 90s",
        "timeout hilton",
        "reset hilton",
        "campaign open march 2026-03-01..2026-04-01 like january",
        "campaign extend march 2026-04-08",
        'campaign close "new year"',
    ],
)
def test_every_option_is_written(text: str) -> None:
    command = command_in(text, TODAY)
    assert isinstance(command, ControlRequest)
    written = typed_command(command, command.names or (command.target,))

    assert written == f"/backfill {text}"
    assert command_in(written.removeprefix("/backfill "), TODAY) == command
