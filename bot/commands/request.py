"""The base classes of all commands, and the options that several commands share."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SLASH = "/backfill"


class Purpose(StrEnum):
    """What a command does; who may type it and who sees its answer follow from this."""

    LEARN = "learn"
    READ = "read"
    CHANGE = "change"


class Reach(StrEnum):
    """Which campaigns a command is about when its text names none: the default one, or all. ``NONE`` is for commands
    that are about no campaign."""

    ONE = "one"
    ALL = "all"
    NONE = "none"


class Breakdown(StrEnum):
    """How ``verify`` breaks its counts down."""

    SUMMARY = "summary"
    DAY = "day"
    WINDOW = "window"


class Selection(StrEnum):
    """Which windows ``run`` and ``retry`` start: those not complete, those whose latest run failed, or all of them.

    With any of the three, a window that runs already is followed and not started a second time.
    """

    MISSING = "missing"
    FAILED = "failed"
    ALL = "all"


class Request(BaseModel):
    """Base of all commands. ``campaign`` is the name that was typed after ``in``; "" if none was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: ClassVar[Purpose] = Purpose.READ
    reach: ClassVar[Reach] = Reach.ONE
    forms: ClassVar[tuple[str, ...]]
    examples: ClassVar[tuple[str, ...]]

    campaign: str = ""

    @classmethod
    def word(cls) -> str:
        """The subcommand as people type it."""
        return str(cls.model_fields["kind"].default)

    @classmethod
    def takes_cluster(cls) -> bool:
        """Whether the ``forms`` of the command allow the name of a cluster."""
        return any(re.search(r"<[^<>]*\bcluster\b", form) for form in cls.forms)

    @classmethod
    def does(cls) -> str:
        """The line in ``help``: the class docstring."""
        return (cls.__doc__ or "").strip()


class Part(StrEnum):
    """The lists of an answer that may not fit into one message. The values never change, because buttons of any age
    contain them."""

    LINES = "lines"
    CLUSTERS = "clusters"
    RUNS = "runs"
    TABLES = "tables"
    DETAILS = "details"
    KEYS = "keys"
    KEYS_OF_ASKER = "keys_of_asker"
    WINDOWS = "windows"


class Page(BaseModel):
    """A further page of an answer. ``part`` is the list that the page continues, and ``after`` is how many entries of
    that list come before the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Part
    after: int = Field(ge=0, le=10_000_000)


class PagedRequest(Request):
    """Base of the commands whose answers have further pages. A typed command asks for the first one; ``page`` comes
    from a button."""

    page: Page | None = None


Reader = Callable[[Sequence[str], date], Request]
"""Reads a command from the words after its subcommand, and today's date. Raises UsageError."""


class Group(StrEnum):
    """The customers that a command without names is about: all that are struggling, or all that are not complete."""

    STRUGGLING = "struggling"
    INCOMPLETE = "incomplete"


class ControlRequest(Request):
    """Base of the commands that a person confirms with a reason before they take effect.

    ``target`` is what was typed: the name of a customer, cluster or campaign, several customers (``names``), or a
    group, which may be limited to a ``cluster``. ``reason_example`` is the placeholder of the reason in the dialog.
    With ``asks_for_name``, the person confirms by also typing the target's name, or the command's word if there are
    several customers.
    """

    purpose = Purpose.CHANGE
    reason_example: ClassVar[str]
    asks_for_name: ClassVar[bool] = False

    target: str = Field(min_length=1)
    names: tuple[str, ...] = ()
    group: Group | None = None
    cluster: str = ""

    @property
    def is_bulk(self) -> bool:
        """Whether several customers were typed, or a group."""
        return bool(self.names) or self.group is not None

    def for_one(self, target: str, **options: object) -> Self:
        """The same command for one customer. ``options`` replace those that were typed."""
        return self.model_copy(update={"target": target, "names": (), "group": None, "cluster": "", **options})


class AlertRequest(Request):
    """Base of the commands about open alerts. A typed command names a customer in ``target``, or a cluster for all
    alerts on it. A click on the button of one alert has the episode's id in ``episode``. A click on the button of a
    group has the id of one of its alerts in ``group``."""

    reach = Reach.ALL

    target: str = ""
    episode: str = ""
    group: str = ""

    @model_validator(mode="after")
    def _check_subject(self) -> Self:
        if not (self.target or self.episode or self.group):
            raise ValueError("neither a customer nor an episode")
        return self
