"""The answer to ``help``."""

from bot.blocks.help import render
from handlers.routes import COMMANDS


def test_the_overview_tells_every_form_and_what_it_does_in_text_and_blocks() -> None:
    message = render(COMMANDS)
    drawn = str(message.blocks)

    for command in COMMANDS:
        assert f"/backfill {command.word()}" in message.text
        assert command.does() in message.text
        assert f"/backfill {command.word()}" in drawn
    assert "verify &lt;customer|cluster|all&gt;" in drawn


def test_a_page_gives_examples_and_says_who_may() -> None:
    message = render([command for command in COMMANDS if command.word() == "snooze"])

    assert "/backfill snooze hilton 2h" in message.text
    assert "Only operators may." in message.text
    assert "`/backfill snooze hilton 2h`" in str(message.blocks)


def test_every_page_fits_slack() -> None:
    for command in COMMANDS:
        assert render([command]).blocks
