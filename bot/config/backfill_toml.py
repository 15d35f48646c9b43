"""Config: what the team writes into backfill.toml. A field's description says what is expected of it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bot.config.control import Control
from bot.config.cron import read_cron
from bot.config.section import Name, Section, Span
from bot.config.sizing import Sizing
from bot.config.watch import Alerts, CallsPerSecond, Watch
from bot.config.workflow import WorkflowConfig
from bot.model import TableSpec, Window, followers_queue, place_of, unquoted_name


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"no time zone {value!r}") from exc
    return value


def _cron(value: str) -> str:
    read_cron(value)
    return value


def _place(value: str) -> str:
    """Keeps the text as written, after a check that it can be parsed."""
    place_of(value)
    return value


def _column(value: str) -> str:
    unquoted_name(value)
    return value


Zone = Annotated[str, AfterValidator(_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
# A slash would make cluster/customer ambiguous.
ClusterName = Annotated[str, StringConstraints(pattern=r"^[^/\s]+$", max_length=100)]
# The URL must not hold user and password: they have settings of their own, and the bot shows the URL to people.
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@]+(/\S*)?$")]
QualifiedTable = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), AfterValidator(_place)]
Column = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_column)
]


class Campaign(Section):
    """The range that is to be filled for every customer."""

    start: date = Field(description="the first day, as 2026-01-01")
    end: date = Field(description="the day after the last, later than start, as 2026-02-21")
    timezone: Zone = Field(default="UTC", description="the time zone whose days are counted, as UTC or Europe/Berlin")

    @field_validator("end")
    @classmethod
    def _ordered(cls, end: date, info: ValidationInfo) -> date:
        start = info.data.get("start")
        if start and end <= start:
            raise ValueError(f"{end} is not after start {start}")
        return end

    @property
    def window(self) -> Window:
        """The range as a Window."""
        return Window(self.start, self.end)


class SlackConfig(Section):
    """The bot's channel, and who may change things."""

    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")] = Field(
        description="the id of the team channel, which begins with C"
    )
    operators: tuple[Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")], ...] = Field(
        default=(), description="ids of users who may change things, which begin with U"
    )
    operator_groups: tuple[Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]+$")], ...] = Field(
        default=(), description="ids of user groups whose members may, which begin with S"
    )
    allow_guests: bool = Field(default=False, description="true when guests may look")


class DigestConfig(Section):
    """When the digest is posted."""

    cron: Cron = Field(default="0 9 * * mon-fri", description="five cron fields, as 0 9 * * mon-fri")
    timezone: Zone = Field(default="UTC", description="the time zone of the cron fields")


class TableConfig(Section):
    """A table that verify counts."""

    name: Name = Field(description="what to call it in answers")
    table: QualifiedTable = Field(description="database.table")
    customer_column: Column = Field(description="the column that holds the customer")
    time_column: Column = Field(description="the Date, Date32, DateTime or DateTime64 column that holds the day")
    key: tuple[Column, ...] = Field(default=(), description='the columns that tell a row apart, as ["id"]')
    expected: str | None = Field(default=None, description="a statement that returns day and rows")

    @property
    def spec(self) -> TableSpec:
        """This table as a ``TableSpec``, which the port ``Warehouse`` takes."""
        return TableSpec(self.name, self.table, self.customer_column, self.time_column, self.expected, self.key)


class Verify(Section):
    """What verify counts."""

    time_limit: Span = Field(default=timedelta(seconds=30), description="the patience with one statement, as 30s")
    tables: tuple[TableConfig, ...] = Field(min_length=1, description="[[verify.tables]], at least one")


class Volume(Section):
    """Where the volume of each customer and day comes from."""

    query: str = Field(min_length=1, description="a statement that returns customer, day and rows")


class TemporalAddress(Section):
    """Where a cluster's Temporal is: an address, or a profile of Temporal's own configuration file."""

    address: Annotated[str, StringConstraints(pattern=r"^[^\s:/]+:\d+$")] | None = Field(
        default=None, description="host:port of the frontend"
    )
    namespace: Name | None = Field(default=None, description="the namespace of this cluster")
    profile: Name | None = Field(default=None, description="a profile in the file of TEMPORAL_CONFIG_FILE")
    ui: HttpUrl | None = Field(default=None, description="the base URL of Temporal's web UI")

    @model_validator(mode="after")
    def _names_namespace(self) -> "TemporalAddress":
        if self.profile is None and (self.address is None or self.namespace is None):
            raise ValueError("neither a profile nor both address and namespace")
        return self

    @property
    def place(self) -> tuple[str | None, str | None, str | None]:
        """The values of the file that name the namespace. Two different ones may still lead to the same namespace."""
        return self.profile, self.address, self.namespace


class ClickHouseAddress(Section):
    """Where a cluster's ClickHouse answers HTTP."""

    url: HttpUrl = Field(description="an http(s) URL with host and port, without user and password")
    username: Name = Field(default="default", description="the user to log in as; one that may only read will do")
    password_env: Name | None = Field(
        default=None, description="the name of an environment variable that is set to its password"
    )

    @field_validator("password_env")
    @classmethod
    def _set(cls, variable: str | None, info: ValidationInfo) -> str | None:
        """Refuse the name of a variable that the environment does not set. Without an environment as validation
        context, nothing is checked."""
        if variable and info.context is not None and variable not in info.context:
            raise ValueError(f"no variable {variable} in the environment or the .env file")
        return variable


class ClusterConfig(Section):
    """One environment: its customers, its Temporal, its ClickHouse."""

    customers: tuple[Name, ...] = Field(default=(), description="the customers expected there")
    temporal: TemporalAddress = Field(description="a table with address and namespace, or profile")
    clickhouse: ClickHouseAddress = Field(description="a table with url")
    calls_per_second: CallsPerSecond | None = Field(
        default=None, description="a number from 1 to 10000, for this cluster instead of that of [watch]"
    )

    @field_validator("customers")
    @classmethod
    def _once(cls, customers: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted(name for name, times in Counter(customers).items() if times > 1)
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return customers


class Config(Section):
    """The whole file."""

    campaign: Campaign = Field(description="a [campaign] table")
    workflow: WorkflowConfig = Field(description="a [workflow] table")
    slack: SlackConfig = Field(description="a [slack] table")
    watch: Watch = Field(default=Watch(), description="a [watch] table")
    alerts: Alerts = Field(default=Alerts(), description="an [alerts] table")
    digest: DigestConfig = Field(default=DigestConfig(), description="a [digest] table")
    verify: Verify = Field(description="a [verify] table")
    volume: Volume = Field(description="a [volume] table")
    sizing: Sizing = Field(default=Sizing(), description="a [sizing] table")
    control: Control = Field(
        default=Control(), validate_default=True, description="a [control] table with a task queue of its own"
    )
    clusters: Mapping[ClusterName, ClusterConfig] = Field(
        min_length=1, description="[clusters.NAME], at least one, names without slashes or spaces"
    )

    def calls_per_second(self, cluster: str) -> int:
        """The most calls in a second that the watcher makes to this cluster's Temporal."""
        return self.clusters[cluster].calls_per_second or self.watch.calls_per_second

    @field_validator("clusters")
    @classmethod
    def _of_their_own(cls, clusters: Mapping[str, ClusterConfig]) -> Mapping[str, ClusterConfig]:
        """Refuse two clusters in one namespace: they would drive and count each other's runs."""
        for (name, cluster), (other, other_cluster) in combinations(clusters.items(), 2):
            if cluster.temporal.place == other_cluster.temporal.place:
                raise ValueError(f"{name} and {other} are the same namespace of the same Temporal")
        return clusters

    @field_validator("control")
    @classmethod
    def _of_its_own(cls, control: Control, info: ValidationInfo) -> Control:
        """Refuse a control task queue that equals the one of [workflow], or whose followers' queue does: the bot's
        workers and the team's would receive each other's tasks."""
        workflow = info.data.get("workflow")
        for queue in (control.task_queue, followers_queue(control.task_queue)):
            if workflow and workflow.task_queue == queue:
                raise ValueError(f"its task_queue {queue} is that of [workflow]")
        return control
