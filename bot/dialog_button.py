"""The value of the button with which the bot answers a command that was written in a message."""

from pydantic import BaseModel, ConfigDict, Field

from bot.commands import Control


class DialogButtonValue(BaseModel):
    """The command whose dialog the button opens. Nobody but ``by``, who wrote the command, may press the button."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Control
    by: str = Field(min_length=1, max_length=100)
