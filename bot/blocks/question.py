"""Draws the button that opens the dialog of a command that came in a message. Slack gives the bot no trigger_id with
a message, so the bot cannot open the dialog at once."""

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.actions import ActionId
from bot.blocks import kit
from bot.commands import SLASH, ControlRequest
from bot.dialog_button import DialogButtonValue
from bot.errors import UsageError
from bot.message import Message

# The limit of a button's value (docs/slack-facts.md#limits).
LONGEST_VALUE = 2_000
LONGEST_LABEL = 75
_ENDING = ("cancel", "terminate")


def render(command: ControlRequest, asker: str) -> Message:
    """The message with the button, which only ``asker`` may press. Raises UsageError for a command that names too
    many customers for a button."""
    value = DialogButtonValue.model_validate({"command": command, "by": asker}).model_dump_json()
    word = command.word()
    if len(value) > LONGEST_VALUE:
        raise UsageError("These are too many customers for a button.", f"Type it as a command: {SLASH} {word} …")
    label = kit.clip(f"{word.capitalize()} {command.target}", LONGEST_LABEL - 1) + "…"
    style = "danger" if word in _ENDING else "primary"
    button = ButtonElement(action_id=ActionId.DIALOG, text=label, value=value, style=style)
    lead = f"Nothing is done yet. Press the button to see what {word} would do"
    text = f"{lead}: {command.target}. Only whoever asked may press it."
    shown = f"{lead}, and to confirm it. Only whoever asked may press it."
    return kit.message(text, [kit.section(shown), ActionsBlock(elements=[button])])
