"""Decides to which campaigns a run belongs. If the run's memo or id names a campaign, the run belongs to that one.
Otherwise the run belongs to each campaign that fills days of the run with the run's workflow definition."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import CAMPAIGN_FIELD
from bot.model import CampaignScope, Execution, KnownCampaign, Window


@dataclass(frozen=True, slots=True)
class CampaignRule:
    """What a campaign fills. ``types`` has, by cluster, the workflow types of the definition that fills it there. The
    campaign is for all customers if ``customers`` is empty. ``ids`` has, by cluster and workflow type, the template
    of ids that contain the campaign's name."""

    name: str
    window: Window
    types: Mapping[str, frozenset[str]]
    customers: frozenset[str] = frozenset()
    ids: Mapping[str, Mapping[str, IdTemplate]] = field(default_factory=dict)

    def shares_customers(self, other: "CampaignRule") -> bool:
        """Whether both campaigns may be for the same customer."""
        return not self.customers or not other.customers or not self.customers.isdisjoint(other.customers)

    def is_told_by(self, run: Execution) -> bool:
        """Whether the run's id has the form of ids that contain this campaign's name."""
        template = self.ids.get(run.ref.cluster, {}).get(run.workflow_type)
        return template is not None and template.fits(run.ref.workflow_id)


@dataclass(frozen=True, slots=True)
class AlertCampaigns:
    """The names of the campaigns that an alert is about. The alert's buttons act in the campaign ``acts_in``, which
    is "" if the bot knows only one campaign."""

    names: Collection[str] = ()
    acts_in: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """The rules of all known campaigns. A run that fits none of them belongs to the campaign ``rest``."""

    rules: tuple[CampaignRule, ...]
    rest: str

    def campaigns_of(self, run: Execution, identity: Identity | None) -> Collection[str]:
        """The names of the campaigns that the run belongs to. A run that names no campaign may belong to several."""
        named = run.hints.get(CAMPAIGN_FIELD, "")
        if any(rule.name == named for rule in self.rules):
            return (named,)
        # An id may have the form of several campaigns' ids, for example of jan and jan-2. Then it decides nothing.
        told = [rule.name for rule in self.rules if rule.is_told_by(run)]
        if len(told) == 1:
            return told
        if identity is None:
            return (self.rest,)
        fitting = [rule for rule in self.rules if _fits(rule, run, identity)]
        if any(run.workflow_type in rule.types.get(run.ref.cluster, ()) for rule in self.rules):
            fitting = [rule for rule in fitting if run.workflow_type in rule.types[run.ref.cluster]]
        return tuple(rule.name for rule in fitting) or (self.rest,)

    def campaigns_about(self, cluster: str, customer: str, days: Window | None) -> Collection[str]:
        """The names of the campaigns that fill any of these days of a customer, with any definition; ``rest`` if none
        does. ``days`` None means all days."""
        fitting = [
            rule.name
            for rule in self.rules
            if cluster in rule.types
            and (not rule.customers or customer in rule.customers)
            and (days is None or rule.window.intersection(days))
        ]
        return fitting or (self.rest,)

    def belongs(self, run: Execution, identity: Identity | None, campaign: str) -> bool:
        """Whether the run belongs to this campaign."""
        return campaign in self.campaigns_of(run, identity)


def _fits(rule: CampaignRule, run: Execution, identity: Identity) -> bool:
    is_for_customer = not rule.customers or identity.customer in rule.customers
    return is_for_customer and run.ref.cluster in rule.types and bool(rule.window.intersection(identity.window))


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign, with the book and the rules of all known campaigns. A service that has a view handles only its
    campaign."""

    campaign: KnownCampaign
    book: CampaignBook
    membership: Membership

    def covers(self, run: Execution, identity: Identity | None) -> bool:
        """Whether the run belongs to the campaign."""
        return self.membership.belongs(run, identity, self.campaign.name)

    def is_about(self, cluster: str, customer: str, days: Window | None) -> bool:
        """Whether an alert about these days of a customer concerns the campaign. ``days`` None means all days."""
        return self.campaign.name in self.membership.campaigns_about(cluster, customer, days)

    @property
    def is_first(self) -> bool:
        """Whether the campaign is the first open one. The digest of that one also has what belongs to no campaign."""
        return self.book.open[:1] == (self.campaign,)

    @property
    def key(self) -> str:
        """The name under which the campaign's data are stored, apart from those of other campaigns; "" for the
        campaign whose workflow ids do not contain its name."""
        return "" if self.campaign.keeps_plain_ids else self.campaign.name

    @property
    def scope(self) -> CampaignScope:
        """The scope that decides which sequences belong to the campaign."""
        own = self.campaign.name
        others = frozenset(self.book.names) - {own}
        return CampaignScope(own, self.campaign.keeps_plain_ids, others)
