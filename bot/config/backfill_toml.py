"""Config: what the team writes into backfill.toml. A field's description says what is expected of it."""

from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from bot.config.alerts import Alerts, ReasonAlerts
from bot.config.campaign import Campaign
from bot.config.cluster import ClusterConfig, ClusterName
from bot.config.control import Control
from bot.config.cron import read_cron
from bot.config.routes import RouteConfig
from bot.config.section import Name, Section, Zone
from bot.config.sizing import Sizing
from bot.config.slack import SlackConfig
from bot.config.verify import Verify
from bot.config.watch import Watch
from bot.config.webhooks import WebhookConfig, WebhookName
from bot.config.workflow import WorkflowConfig
from bot.model import CampaignDefinition, RoutingRule, followers_queue


def _cron(value: str) -> str:
    read_cron(value)
    return value


Cron = Annotated[str, AfterValidator(_cron)]


class DigestConfig(Section):
    """When the digest is posted, and whether a report follows in its thread."""

    cron: Cron = Field(default="0 9 * * mon-fri", description="five cron fields, as 0 9 * * mon-fri")
    timezone: Zone = Field(default="UTC", description="the time zone of the cron fields")
    report: bool = Field(default=False, description="true when each digest gets the operations log as a file")


class Volume(Section):
    """Where the volume of each customer and day comes from, and what people call its rows."""

    name: Name = Field(default="rows", description="what its rows are, as scorecards; the report says so")
    query: str = Field(min_length=1, description="a statement that returns customer, day and rows")


class Config(Section):
    """The whole file; or, if ``for_campaign`` made it, the part of the file that concerns one campaign."""

    campaign: Campaign = Field(description="a [campaign] table")
    campaigns: tuple[Campaign, ...] = Field(
        default=(), description="[[campaigns]], each with a name, beside [campaign] or instead of it"
    )
    workflow: WorkflowConfig | None = Field(default=None, description="a [workflow] table")
    workflows: tuple[WorkflowConfig, ...] = Field(
        default=(), validate_default=True, description="[[workflows]], each with a name, or a single [workflow]"
    )
    slack: SlackConfig = Field(description="a [slack] table")
    watch: Watch = Field(default=Watch(), description="a [watch] table")
    alerts: Alerts = Field(default=Alerts(), description="an [alerts] table")
    routes: tuple[RouteConfig, ...] = Field(default=(), description="[[routes]], the first that fits comes first")
    webhooks: Mapping[WebhookName, WebhookConfig] = Field(
        default={}, description="[webhooks.NAME], names of letters, digits and hyphens"
    )
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

    # Names of definitions; "" for what the file says. ``_usual`` is for clusters that name none. ``_filling`` fills
    # the campaign of this view on all its clusters.
    _usual = PrivateAttr(default="")
    _filling = PrivateAttr(default="")

    @model_validator(mode="before")
    @classmethod
    def _with_campaign(cls, raw: Any) -> Any:
        """If the file has [[campaigns]] and no [campaign], ``campaign`` is the default one of them, or the first."""
        several = raw.get("campaigns") if isinstance(raw, Mapping) else None
        if not several or "campaign" in raw or not all(isinstance(each, Mapping) for each in several):
            return raw
        return {**raw, "campaign": next((each for each in several if each.get("default") is True), several[0])}

    @model_validator(mode="after")
    def _filled(self) -> Self:
        if self.campaign in self.campaigns:
            self._usual, self._filling = self._every[0].name, self.campaign.workflow or ""
        return self

    @property
    def file_campaigns(self) -> tuple[Campaign, ...]:
        """All campaigns of the file, [campaign] first."""
        return self.campaigns if self.campaign in self.campaigns else (self.campaign, *self.campaigns)

    def for_campaign(self, definition: CampaignDefinition) -> Self:
        """The configuration for one campaign alone: its days, definition, tables, clusters and customers. Tables,
        clusters and customers that the configuration no longer has are left out."""
        clusters = {
            name: cluster.model_copy(update={"customers": _chosen(cluster.customers, definition.customers)})
            for name, cluster in self.clusters.items()
            if name in (definition.clusters or self.clusters)
        }
        tables = tuple(t for t in self.verify.tables if t.name in definition.tables or not definition.tables)
        view = self.model_copy(
            update={
                "campaign": Campaign.of(definition),
                "clusters": clusters,
                "verify": self.verify.model_copy(update={"tables": tables}),
            }
        )
        view._usual = self.definitions[0].name
        own = definition == self.campaign.definition
        view._filling = self._filling if own else definition.workflow
        return view

    @property
    def routing(self) -> tuple[RoutingRule, ...]:
        """The rules by which alerts find their channels, in order."""
        return tuple(route.rule(self.slack.channel) for route in self.routes)

    def calls_per_second(self, cluster: str) -> int:
        """The most calls in a second that the watcher makes to this cluster's Temporal."""
        return self.clusters[cluster].calls_per_second or self.watch.calls_per_second

    @property
    def slots(self) -> Mapping[str, int]:
        """The most windows that run at once on each cluster."""
        return {name: own.windows_at_once or self.control.windows_at_once for name, own in self.clusters.items()}

    def reasons_on(self, cluster: str) -> ReasonAlerts:
        """Which reasons open alerts on this cluster, and when."""
        return self.alerts.overridden_by(self.clusters[cluster].alerts)

    @field_validator("clusters")
    @classmethod
    def _of_their_own(cls, clusters: Mapping[str, ClusterConfig]) -> Mapping[str, ClusterConfig]:
        """Refuse two clusters that share a namespace without filters that separate their runs: each would watch and
        count the runs of the other."""
        for (name, cluster), (other, other_cluster) in combinations(clusters.items(), 2):
            if cluster.shares_runs_with(other_cluster):
                raise ValueError(f"{name} and {other} are the same namespace of the same Temporal")
        return clusters

    @field_validator("workflows")
    @classmethod
    def _definitions(cls, workflows: tuple[WorkflowConfig, ...], info: ValidationInfo) -> tuple[WorkflowConfig, ...]:
        if "workflow" in info.data:
            check_definitions(info.data["workflow"], workflows, info.data.get("campaign"))
            check_filling(info.data["workflow"], workflows, info.data.get("campaigns", ()))
        return workflows

    @field_validator("control")
    @classmethod
    def _of_its_own(cls, control: Control, info: ValidationInfo) -> Control:
        """Refuse the task queue of [control] if a workflow definition uses it, or uses the queue that
        ``followers_queue`` derives from it. Otherwise the bot's workers and the team's would get each other's
        tasks."""
        definitions = (info.data.get("workflow"), *info.data.get("workflows", ()))
        for queue in (control.task_queue, followers_queue(control.task_queue)):
            if any(workflow and workflow.task_queue == queue for workflow in definitions):
                raise ValueError(f"its task_queue {queue} is that of [workflow]")
        return control

    @property
    def definitions(self) -> tuple[WorkflowConfig, ...]:
        """All workflow definitions. The first one is for clusters that name no other."""
        every = self._every
        usual = self._usual or self.campaign.workflow or every[0].name
        return tuple(sorted(every, key=lambda workflow: workflow.name != usual))

    @property
    def _every(self) -> tuple[WorkflowConfig, ...]:
        return (self.workflow,) if self.workflow else self.workflows

    def control_queue(self, cluster: str) -> str:
        """The task queue of the bot's own sequences on this cluster. If the cluster has a ``filter``, it may share
        its namespace with other clusters, so its name is appended to the name of the queue."""
        queue = self.control.task_queue
        return f"{queue}-{cluster}" if self.clusters[cluster].filter else queue

    def workflows_on(self, cluster: str) -> tuple[WorkflowConfig, ...]:
        """The definitions as they apply on this cluster. The first one is the definition whose workflow the bot
        starts to fill the campaign."""
        here = self.clusters[cluster]
        usual = here.workflow or self.definitions[0].name
        applied = (here.applied_to(known) if known.name == usual else known for known in self.definitions)
        filling = self._filling or usual
        return tuple(sorted(applied, key=lambda known: (known.name != filling, known.name != usual)))

    def filling_workflow(self, cluster: str) -> WorkflowConfig:
        """The definition of the runs that the bot starts on this cluster to fill the campaign."""
        return self.workflows_on(cluster)[0]

    def counted_types(self, cluster: str) -> tuple[str, ...]:
        """The workflow types whose runs fill days."""
        return tuple(name for workflow in self.workflows_on(cluster) if workflow.covers for name in workflow.types)

    def watched_types(self, cluster: str) -> tuple[str, ...]:
        """The workflow types whose runs are watched and alerted on."""
        return tuple(name for workflow in self.workflows_on(cluster) for name in workflow.types)


def check_definitions(
    single: WorkflowConfig | None, several: tuple[WorkflowConfig, ...], campaign: Campaign | None
) -> None:
    """Raises ValueError if both [workflow] and [[workflows]] are given, or neither; if two definitions have the same
    name or type; or if the definition that is to fill the campaign is unknown or covers no days."""
    if bool(single) == bool(several):
        raise ValueError("[workflow] and [[workflows]] are both given" if single else "no [workflow] is given")
    definitions = (single,) if single else several
    names = [workflow.name for workflow in definitions]
    types = [name for workflow in definitions for name in dict.fromkeys(workflow.types)]
    for what, texts in (("name", names), ("type", types)):
        twice = next((text for text in texts if texts.count(text) > 1), None)
        if twice:
            raise ValueError(f"two definitions have the {what} {twice}")
    wanted = campaign.workflow if campaign else None
    if wanted and wanted not in names:
        raise ValueError(f"campaign.workflow is {wanted}, which is none of {', '.join(names)}")
    filling = next(workflow for workflow in definitions if workflow.name == (wanted or names[0]))
    if not filling.covers:
        raise ValueError(f"{filling.name} fills the campaign, so covers cannot be false")


def check_filling(
    single: WorkflowConfig | None, several: tuple[WorkflowConfig, ...], campaigns: tuple[Campaign, ...]
) -> None:
    """Raises ValueError if one of the campaigns is filled by a definition that is unknown or covers no days."""
    covers = {workflow.name: workflow.covers for workflow in ((single,) if single else several)}
    for campaign in campaigns:
        if campaign.workflow and campaign.workflow not in covers:
            names = ", ".join(covers)
            raise ValueError(f"the workflow of campaign {campaign.name} is {campaign.workflow}, none of {names}")
        if campaign.workflow and not covers[campaign.workflow]:
            raise ValueError(f"{campaign.workflow} fills campaign {campaign.name}, so covers cannot be false")


def _chosen(customers: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in customers if name in wanted) if wanted else customers
