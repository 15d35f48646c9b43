"""The modal that confirms a command: the ids of its fields, and what it carries to the submission.

``bot.blocks.confirm`` writes them, and ``handlers.listeners.submission_validation`` reads them back.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.commands import SLASH, Control
from bot.errors import UsageError

CONFIRM = "confirm"
"""The callback id of the modal."""


class InputId(StrEnum):
    """Ids of the fields. Each is both the block id and the action id of its field."""

    REASON = "reason"
    NAME = "name"
    SIZE = "size"


class Confirmation(BaseModel):
    """The private metadata of the modal: the command, and what was shown (``Proposal.shown``).

    ``sizes`` maps each window size (in days) that a person may choose to ``Proposal.shown`` of the proposal with that
    size.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Control
    shown: str = Field(max_length=2_300)
    sizes: Mapping[Annotated[int, Field(ge=1)], str] = Field(default_factory=dict, max_length=20)

    def dump(self) -> str:
        """The private metadata as JSON. If ``sizes`` is empty, the JSON leaves it out. Earlier versions of the bot,
        which may run beside this one, can read only such JSON."""
        return self.model_dump_json(exclude=None if self.sizes else {"sizes"})


def confirmed(memory: str) -> Confirmation:
    """What a modal confirms; ``memory`` is the submitted private metadata. Raises UsageError if the metadata cannot
    be read, as it may be if the modal is forged, or comes from another app or another version of the bot."""
    try:
        return Confirmation.model_validate_json(memory)
    except ValueError as exc:
        raise unknown_dialog() from exc


def unknown_dialog() -> UsageError:
    """The error for a modal that this version of the bot has not opened, or a submission that does not fit it."""
    return UsageError(
        "This dialog is not understood; it may come from another version of the bot. Nothing was done.",
        f"Close it and type a command: {SLASH} help shows them all.",
    )
