"""The scenario file as pydantic models; docs/sandbox.md explains every key."""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

_DURATION = re.compile(r"(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?\Z")


def _duration(text: object) -> object:
    found = _DURATION.match(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()):
        raise ValueError('expected a duration such as "10m", "90s" or "1h 30m"')
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error
    return name


def _printable(name: str) -> str:
    if not name.isprintable() or name != name.strip():
        raise ValueError("a name has only printable characters and no spaces around it")
    return name


def _namespace(name: str) -> str:
    if name.startswith("temporal-"):
        raise ValueError("Temporal keeps names beginning with temporal- for itself")
    return name


Duration = Annotated[timedelta, BeforeValidator(_duration), Field(gt=timedelta(0))]
TimeZoneName = Annotated[str, AfterValidator(_time_zone)]
CustomerName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]
# Temporal's rule for the names of namespaces, because a cluster's name is usually one.
ClusterName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{1,62}$"), AfterValidator(_namespace)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Campaign(_Part):
    start: date
    end: date
    """The first day after the range."""
    timezone: TimeZoneName = "UTC"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end ({self.end}, excluded) must be after start ({self.start})")
        return self

    @property
    def days(self) -> int:
        return (self.end - self.start).days


class Rows(_Part):
    scale: float = Field(default=0.001, gt=0, le=1)
    """The rows that are made for one row of a customer's volume."""
    min_per_day: PositiveInt = 3
    """The fewest rows that are made for a day of a customer that has any volume."""


class Pace(_Part):
    """Durations as in the real world. They are divided by the speed."""

    heartbeat_timeout: Duration = timedelta(minutes=10)
    retry_after: Duration = timedelta(minutes=1)


class Tier(_Part):
    up_to: PositiveInt | None = None
    """At most this many scorecards a day. Absent means that there is no bound."""
    days: PositiveInt


class Baseline(_Part):
    name: CustomerName
    scorecards: PositiveInt
    """Scorecards a day."""
    days: PositiveInt
    took: Duration | None = None
    """How long one window took."""


class Sizing(_Part):
    """The window sizes in the bot's configuration, in real rows and real time; ``bot_files`` scales both down for the
    sandbox. For whatever is empty, the bot uses its defaults."""

    target: Duration = timedelta(hours=3)
    tiers: tuple[Tier, ...] = ()
    overrides: dict[CustomerName, PositiveInt] = {}
    baselines: tuple[Baseline, ...] = ()


class State(StrEnum):
    COMPLETE = "complete"
    RUNNING = "running"
    CANCELLED = "cancelled"


class Submission(_Part):
    """Workflows submitted for a customer: one over the whole range, or the windows `first` to `last`."""

    state: State
    windows: PositiveInt | None = None
    """The days of a window. Absent means one workflow over the whole range."""
    first: PositiveInt = 1
    last: PositiveInt | None = None
    """The number of the last window to submit. Absent means the last window of the range."""
    done_days: int = Field(default=0, ge=0)
    """The days that a running or cancelled workflow had copied before the sandbox started."""


class Customer(_Part):
    scorecards: int = Field(ge=0)
    scores: int = Field(ge=0)
    hours: float = Field(gt=0)
    """The hours that copying the whole range takes without trouble."""
    max_days: PositiveInt | None = None
    """A run of more days than this stops sending heartbeats while it copies. Absent means that no run does."""
    silent_after_days: float | None = Field(default=None, gt=0)
    """The days that such a run copies before its heartbeats stop. Absent means `max_days`."""
    submitted: tuple[Submission, ...] = ()

    @model_validator(mode="after")
    def _silence_has_a_reason(self) -> Self:
        if self.silent_after_days is not None and self.max_days is None:
            raise ValueError("silent_after_days says nothing without max_days")
        return self


class Shape(StrEnum):
    """The workflows of `sandbox.worker.shapes`."""

    DEMO = "demo"
    CHILDREN = "children"
    CONTINUED = "continued"
    INPUT = "input"
    PARALLEL = "parallel"
    CODEC = "codec"
    CATCHES_CANCEL = "catches-cancel"
    REGION = "region"


class Language(StrEnum):
    """The language in which a cluster's team has written its workflows."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"


IN_JAVASCRIPT = (Shape.INPUT, Shape.PARALLEL)


class Cluster(_Part):
    # Default values are left out of a scenario's digest, so that worlds that an earlier version has prepared can
    # continue.
    shape: Shape = Field(default=Shape.DEMO, exclude_if=lambda shape: shape is Shape.DEMO)
    """The workflow that the cluster's team runs."""
    language: Language = Field(default=Language.PYTHON, exclude_if=lambda language: language is Language.PYTHON)
    namespace: ClusterName | None = Field(default=None, exclude_if=lambda name: name is None)
    """Absent means the name of the cluster. Only clusters of the shape region share a namespace."""
    customers: dict[CustomerName, Customer] = {}

    @model_validator(mode="after")
    def _is_written(self) -> Self:
        if self.language is Language.JAVASCRIPT and self.shape not in IN_JAVASCRIPT:
            raise ValueError(f"only {' and '.join(IN_JAVASCRIPT)} are written in JavaScript")
        return self


class Scenario(_Part):
    campaign: Campaign
    rows: Rows = Rows()
    pace: Pace = Pace()
    sizing: Sizing = Sizing()
    clusters: dict[ClusterName, Cluster] = Field(min_length=1)

    def namespace(self, cluster: str) -> str:
        """The Temporal namespace of a cluster."""
        return self.clusters[cluster].namespace or cluster

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of all clusters, each once."""
        return tuple(dict.fromkeys(map(self.namespace, self.clusters)))
