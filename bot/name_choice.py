"""The modal in which a person chooses whom a command is about, if they typed it without a name.

``bot.blocks.choose_name`` draws the modal and the button that opens it; ``handlers.listeners.name_choice`` handles
both. Both carry the command as it was typed, so choosing a name does the same as typing the command with that name.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.confirmation import unknown_dialog

CHOOSE_NAME = "choose"
"""The callback id of the modal."""


class ChoiceInput(StrEnum):
    """Ids of the fields. Each is both the block id and the action id of its field."""

    NAME = "choose.name"
    CAMPAIGN = "choose.campaign"


class NameChoice(BaseModel):
    """The command as it was typed, and where its answer goes: a channel, and the ``ts`` of the thread there, which is
    "" outside of threads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # No limit: people type texts of any length, and ``bot.blocks.choose_name.button`` makes no button if the text is
    # too long for one.
    text: str
    channel: str = Field(default="", max_length=100)
    thread: str = Field(default="", max_length=100)

    def dump(self) -> str:
        """The choice as JSON, for the value of the button and the private metadata of the modal."""
        return self.model_dump_json(exclude_defaults=True)


def read_choice(memory: str) -> NameChoice:
    """The choice that a button or a modal carries. Raises UsageError if it cannot be read, as it may be if it is
    forged, or comes from another app or another version of the bot."""
    try:
        return NameChoice.model_validate_json(memory)
    except ValueError as exc:
        raise unknown_dialog() from exc
