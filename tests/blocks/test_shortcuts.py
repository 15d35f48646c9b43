"""What a message shortcut is for, in words."""

import pytest

from bot.blocks import shortcuts
from bot.commands import Request, Retry, Split, Verify
from tests.blocks.gate import taken_by_slack


@pytest.mark.parametrize("command", [Retry, Split, Verify])
def test_it_says_what_it_does_and_what_to_type_elsewhere(command: type[Request]) -> None:
    message = taken_by_slack(shortcuts.explain(command))

    assert message.text.endswith(f"Anywhere else type /backfill {command.word()} with a name.")
    assert command.does() in message.text
