"""A [clusters.NAME] table of backfill.toml: a cluster's customers and systems, and the settings that it overrides."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from bot.config.alerts import ReasonAlerts
from bot.config.section import Name, Section
from bot.config.slack import GroupId, UserId
from bot.config.start import WHAT_INPUT, Arguments, Filled
from bot.config.watch import CallsPerSecond
from bot.config.workflow import WorkflowConfig, not_the_bots_own

# A slash would make cluster/customer ambiguous.
ClusterName = Annotated[str, StringConstraints(pattern=r"^[^/\s]+$", max_length=100)]
# A URL without user and password: these have settings of their own, and people see the URL.
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@]+(/\S*)?$")]
_PLACEHOLDER = re.compile(r"\{[^{}]{0,99}\}")


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
        """The settings that identify the namespace. Different settings may still lead to the same namespace."""
        return self.profile, self.address, self.namespace


def _is_set(variable: str | None, info: ValidationInfo) -> str | None:
    """Refuse the name of a variable that neither the environment nor the .env file sets, or that is empty. Without an
    environment as validation context, nothing is checked."""
    if variable and info.context is not None and not info.context.get(variable):
        missing = f"no variable {variable} in the environment or the .env file"
        raise ValueError(f"the variable {variable} is empty" if variable in info.context else missing)
    return variable


EnvVariable = Annotated[Name | None, AfterValidator(_is_set)]


class CodecAddress(Section):
    """The codec server of a cluster, which encodes and decodes the payloads of the cluster's workflows."""

    endpoint: HttpUrl = Field(
        description="an http(s) URL without /decode, in which {namespace} stands for the namespace"
    )
    auth_env: EnvVariable = Field(
        default=None,
        description="the name of an environment variable that is set to the whole Authorization header",
    )

    @field_validator("endpoint")
    @classmethod
    def _without_path(cls, endpoint: str) -> str:
        if unknown := set(_PLACEHOLDER.findall(endpoint)) - {"{namespace}"}:
            raise ValueError(f"{min(unknown)} stands for nothing here")
        base = endpoint.rstrip("/")
        if base.endswith(("/decode", "/encode")):
            raise ValueError(f"the bot adds {base[-7:]} by itself")
        return base


class ClickHouseAddress(Section):
    """Where a cluster's ClickHouse answers HTTP."""

    url: HttpUrl = Field(description="an http(s) URL with host and port, without user and password")
    username: Name = Field(default="default", description="the user to log in as; one that may only read will do")
    password_env: EnvVariable = Field(
        default=None, description="the name of an environment variable that is set to its password"
    )


class ClusterStart(Section):
    """Search attributes of the runs that the bot starts on this cluster by the cluster's own definition: the one that
    ``ClusterConfig.workflow`` names, or else the first. They are added to the search attributes of the definition, or
    replace those of the same name. Runs that fill a campaign by another definition do not get them."""

    search_attributes: Mapping[Name, Filled] = Field(default={}, description="a table of search attributes")


class ClusterConfig(Section):
    """One environment: its customers, its Temporal, its ClickHouse.

    ``workflow`` names the definition that fills the campaign there, unless a campaign of [[campaigns]] names its own.
    ``types``, ``task_queue``, ``input`` and ``start`` change parts of that definition for this cluster.
    """

    customers: tuple[Name, ...] = Field(default=(), description="the customers expected there")
    temporal: TemporalAddress = Field(description="a table with address and namespace, or profile")
    clickhouse: ClickHouseAddress = Field(description="a table with url")
    codec: CodecAddress | None = Field(
        default=None, description="a table with endpoint, where a codec encodes the payloads of its workflows"
    )
    calls_per_second: CallsPerSecond | None = Field(
        default=None, description="a number from 1 to 10000, for this cluster instead of that of [watch]"
    )
    windows_at_once: int | None = Field(
        default=None,
        ge=1,
        le=5000,
        description="a number from 1 to 5000, for this cluster instead of that of [control]",
    )
    workflow: Name | None = Field(
        default=None,
        description="the name of the definition that fills campaigns there that name none in [[campaigns]]",
    )
    types: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="the workflow type names there, instead of those of the definition"
    )
    task_queue: Name | None = Field(
        default=None, description="the task queue of your workers there, instead of that of the definition"
    )
    input: Arguments | None = Field(default=None, description=WHAT_INPUT)
    filter: Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)] | None = Field(
        default=None, description="a list filter that its runs satisfy, where several clusters share a namespace"
    )
    start: ClusterStart = Field(default=ClusterStart(), description="a table with search_attributes")
    alerts: ReasonAlerts = Field(
        default=ReasonAlerts(), description="a table for each reason whose alerts are different there"
    )
    operators: tuple[UserId, ...] = Field(
        default=(), description="ids of users who may change things there, besides those of [slack]"
    )
    operator_groups: tuple[GroupId, ...] = Field(
        default=(), description="ids of user groups whose members may change things there"
    )

    @field_validator("customers")
    @classmethod
    def _once(cls, customers: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted(name for name, times in Counter(customers).items() if times > 1)
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return customers

    def shares_runs_with(self, other: "ClusterConfig") -> bool:
        """Whether both clusters have the same namespace, and no filters that separate their runs."""
        is_same_place = self.temporal.place == other.temporal.place
        return is_same_place and (not self.filter or not other.filter or self.filter == other.filter)

    @field_validator("types")
    @classmethod
    def _not_ours(cls, types: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return types if types is None else not_the_bots_own(types)

    def applied_to(self, workflow: WorkflowConfig) -> WorkflowConfig:
        """The definition as it applies on this cluster. If the cluster has ``types``, ``task_queue`` or ``input``,
        they replace those of the definition. The cluster's search attributes are added."""
        named = {"types": self.types, "task_queue": self.task_queue}
        changes = {name: value for name, value in named.items() if value is not None}
        start = workflow.start
        if self.input is not None:
            start = start.model_copy(update={"input": self.input})
        if self.start.search_attributes:
            attributes = {**start.search_attributes, **self.start.search_attributes}
            start = start.model_copy(update={"search_attributes": attributes})
        return workflow.model_copy(update={**changes, "start": start})
