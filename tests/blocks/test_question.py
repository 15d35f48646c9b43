"""The button with which a written command is answered."""

import pytest

from bot.actions import command_of
from bot.blocks import question
from bot.commands import Cancel, Split
from bot.dialog_button import DialogButtonValue
from bot.errors import UsageError
from tests.blocks.gate import action_ids, taken_by_slack, texts

NAME = "<!channel> *x* & `y`"


def test_the_button_means_the_command_and_names_its_asker() -> None:
    command = Split(target="voice-prod/hilton", days=3)
    message = taken_by_slack(question.render(command, "U0OLIVIA"))
    (button,) = message.blocks[-1]["elements"]

    assert command_of(button["action_id"], button["value"]) == command
    assert DialogButtonValue.model_validate_json(button["value"]).by == "U0OLIVIA"
    assert button["text"]["text"] == "Split voice-prod/hilton…"
    assert "voice-prod/hilton" in message.text


def test_what_ends_something_looks_dangerous() -> None:
    message = question.render(Cancel(target="hilton"), "U0OLIVIA")

    assert message.blocks[-1]["elements"][0]["style"] == "danger"


@pytest.mark.parametrize("target", [NAME, "x" * 1_000])
def test_names_of_any_kind_are_taken_by_slack(target: str) -> None:
    message = taken_by_slack(question.render(Split(target=target), "U0OLIVIA"))

    assert action_ids(message) == ["control.dialog"]
    assert "<!channel>" not in message.text
    assert not any("<!channel>" in text for text in texts(message)[:1])


def test_more_names_than_a_button_can_hold_are_to_be_typed() -> None:
    names = tuple(f"customer-{number}" for number in range(200))

    with pytest.raises(UsageError, match="Type it as a command: /backfill split"):
        question.render(Split(target="many", names=names), "U0OLIVIA")
