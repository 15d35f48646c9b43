"""What a message shortcut is for, in words."""

import pytest

from bot.blocks import shortcuts
from bot.commands import Request, Retry, Split, Verify
from tests.blocks.gate import action_ids, taken_by_slack


@pytest.mark.parametrize("command", [Retry, Split, Verify])
def test_it_says_what_it_does_and_what_to_do_elsewhere(command: type[Request]) -> None:
    message = taken_by_slack(shortcuts.explain(command))

    assert message.text.endswith(f"Anywhere else choose a name, or type /backfill {command.word()} with it.")
    assert action_ids(message) == ["choose"]
    assert command.does() in message.text
