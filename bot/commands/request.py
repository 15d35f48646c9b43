"""What all commands share, and the words that several of them are made of."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SLASH = "/backfill"


class Purpose(StrEnum):
    """What a command is for; policy and the visibility of its answer follow from it."""

    LEARN = "learn"
    LOOK = "look"
    CHANGE = "change"


class By(StrEnum):
    """How ``verify`` breaks its counts down."""

    SUMMARY = "summary"
    DAY = "day"
    WINDOW = "window"


class Which(StrEnum):
    """Which windows ``run`` and ``retry`` start: those not complete, those whose latest run failed, or all again.

    What runs already is followed and never started a second time, whichever is asked for.
    """

    MISSING = "missing"
    FAILED = "failed"
    ALL = "all"


class Request(BaseModel):
    """Common part of all commands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: ClassVar[Purpose] = Purpose.LOOK
    forms: ClassVar[tuple[str, ...]]
    examples: ClassVar[tuple[str, ...]]

    @classmethod
    def word(cls) -> str:
        """The subcommand as typed."""
        return str(cls.model_fields["kind"].default)

    @classmethod
    def does(cls) -> str:
        """The help line."""
        return (cls.__doc__ or "").strip()


Reader = Callable[[Sequence[str], date], Request]
"""Reads a command from the words typed after its own; the date is today's. Raises UsageError."""


class ControlRequest(Request):
    """Common part of what starts, stops or steers backfills: nothing is done before it is confirmed with a reason.

    ``reason_example`` shows in the dialog what a reason looks like. ``asks_for_name``: it is confirmed by typing the
    target's name as well.
    """

    purpose = Purpose.CHANGE
    reason_example: ClassVar[str]
    asks_for_name: ClassVar[bool] = False

    target: str = Field(min_length=1)


class AlertRequest(Request):
    """Common part of what concerns one alert: typed by customer, clicked by episode."""

    target: str = ""
    episode: str = ""

    @model_validator(mode="after")
    def _told(self) -> Self:
        if not (self.target or self.episode):
            raise ValueError("neither a customer nor an episode")
        return self
