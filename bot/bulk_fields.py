"""The ids and values of the fields in the modal that confirms a command for several customers.

``bot.blocks.bulk`` writes them, and ``handlers.listeners.bulk_form`` reads them back.
"""

from dataclasses import dataclass
from enum import StrEnum

CONFIRM_BULK = "confirm.bulk"
"""The callback id of the modal."""

FIELD = "bulk."
"""The prefix of the action ids of all fields in the rows. Slack reports each change of such a field, and the bot
ignores it."""


class BulkInput(StrEnum):
    """Ids of the fields for all customers together. Each is both the block id and the action id of its field."""

    SIZE = "size"
    LEAVE_OUT = "leave_out"


class BulkValue(StrEnum):
    """Values of options. In a menu of sizes, each option but ``AS_SUGGESTED`` has its number of days as value."""

    TAKEN = "taken"
    AS_SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class BulkRow:
    """The row of one customer: the id of its block, and the action ids of its fields. ``number`` counts from 0."""

    number: int

    @property
    def block(self) -> str:
        """The block id."""
        return f"{FIELD}row.{self.number}"

    @property
    def take(self) -> str:
        """The action id of the check box."""
        return f"{FIELD}take.{self.number}"

    @property
    def size(self) -> str:
        """The action id of the menu of sizes."""
        return f"{FIELD}size.{self.number}"
