"""A command that is written out is the same command when it is typed."""

from datetime import date

import pytest

from bot.commands import ControlRequest, Request, Run
from bot.commands.control import run_incomplete
from bot.commands.typed_command import typed_command
from bot.model.queue import QueueOrder
from handlers.routes import COMMANDS, command_in

TODAY = date(2026, 2, 22)


@pytest.mark.parametrize(
    "text",
    [
        "run hilton",
        "run hilton 2026-01-01..2026-02-01 windows 3d failed in march",
        "run hilton whole",
        "run hilton spirit all",
        "run all 2026-01-01..2026-02-01 windows 3d failed largest in march",
        "run voice-prod by name",
        'run hilton "smallest" "largest"',
        'run "acme corp" "windows"',
        "retry hilton 2026-01-01..2026-02-01 all",
        "split hilton windows 5d",
        "split struggling in march",
        'split struggling "voice prod" windows 3d',
        "cancel hilton 2026-02-01..2026-02-06 in march",
        "pause voice-prod",
        "terminate hilton",
        "timeout hilton 90s",
        "timeout hilton",
        "reset hilton",
        "campaign open march 2026-03-01..2026-04-01 like january",
        "campaign extend march 2026-04-08",
        'campaign close "new year"',
        'campaign close "stop" stop',
    ],
)
def test_every_option_is_written(text: str) -> None:
    assert typed_again(command_in(text, TODAY)) == f"/backfill {text}"


@pytest.mark.parametrize("example", [text for command in COMMANDS for text in command.examples])
def test_each_example_is_the_same_command_when_it_is_typed_again(example: str) -> None:
    command = command_in(example, TODAY)
    if isinstance(command, ControlRequest):
        assert command_in(typed_again(command), TODAY) == command


def test_all_that_are_not_complete_on_a_cluster_are_named_by_their_cluster() -> None:
    command = Run(target="voice-prod", order=QueueOrder.LARGEST, days=3)

    assert typed_again(run_incomplete(command, "voice-prod")) == "/backfill run voice-prod windows 3d largest"


def typed_again(command: Request) -> str:
    assert isinstance(command, ControlRequest)
    return typed_command(command, command.names or (command.target,))
