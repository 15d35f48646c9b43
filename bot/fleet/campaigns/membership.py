"""To which campaigns a run belongs: the one that it tells, in its memo or its id, else those that fill its days with
its definition."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import CAMPAIGN_FIELD
from bot.model import CampaignScope, Execution, KnownCampaign, Window


@dataclass(frozen=True, slots=True)
class CampaignRule:
    """What a campaign fills: ``types`` are, by cluster, the types of the definition that fills it there. It is for
    all customers if ``customers`` is empty. ``ids`` are, by cluster and type, the ids that contain its name."""

    name: str
    window: Window
    types: Mapping[str, frozenset[str]]
    customers: frozenset[str] = frozenset()
    ids: Mapping[str, Mapping[str, IdTemplate]] = field(default_factory=dict)

    def is_told_by(self, run: Execution) -> bool:
        """Whether the run's id has the form of this campaign's."""
        template = self.ids.get(run.ref.cluster, {}).get(run.workflow_type)
        return template is not None and template.fits(run.ref.workflow_id)


@dataclass(frozen=True, slots=True)
class Membership:
    """The rules of all known campaigns. What fits none of them belongs to ``home``."""

    rules: tuple[CampaignRule, ...]
    home: str

    def campaigns_of(self, run: Execution, identity: Identity | None) -> Collection[str]:
        """The names of the campaigns that the run belongs to. A run that tells no campaign may belong to several."""
        named = run.hints.get(CAMPAIGN_FIELD, "")
        if any(rule.name == named for rule in self.rules):
            return (named,)
        # An id that has the form of several campaigns' ids, as jan-2 and jan may have, tells none.
        told = [rule.name for rule in self.rules if rule.is_told_by(run)]
        if len(told) == 1:
            return told
        if identity is None:
            return (self.home,)
        fitting = [rule for rule in self.rules if _fits(rule, run, identity)]
        if any(run.workflow_type in rule.types.get(run.ref.cluster, ()) for rule in self.rules):
            fitting = [rule for rule in fitting if run.workflow_type in rule.types[run.ref.cluster]]
        return tuple(rule.name for rule in fitting) or (self.home,)

    def campaigns_about(self, cluster: str, customer: str, days: Window | None) -> Collection[str]:
        """The names of the campaigns that fill any of these days of a customer, whatever the definition."""
        fitting = [
            rule.name
            for rule in self.rules
            if cluster in rule.types
            and (not rule.customers or customer in rule.customers)
            and (days is None or rule.window.intersection(days))
        ]
        return fitting or (self.home,)

    def belongs(self, run: Execution, identity: Identity | None, campaign: str) -> bool:
        """Whether the run belongs to this campaign."""
        return campaign in self.campaigns_of(run, identity)


def _fits(rule: CampaignRule, run: Execution, identity: Identity) -> bool:
    is_for_customer = not rule.customers or identity.customer in rule.customers
    return is_for_customer and run.ref.cluster in rule.types and bool(rule.window.intersection(identity.window))


@dataclass(frozen=True, slots=True)
class CampaignView:
    """The campaign to which services are limited, among all that are known."""

    campaign: KnownCampaign
    book: CampaignBook
    membership: Membership

    def covers(self, run: Execution, identity: Identity | None) -> bool:
        """Whether the run belongs to the campaign."""
        return self.membership.belongs(run, identity, self.campaign.name)

    def is_about(self, cluster: str, customer: str, days: Window | None) -> bool:
        """Whether days of a customer are the campaign's, so that an alert about them is."""
        return self.campaign.name in self.membership.campaigns_about(cluster, customer, days)

    @property
    def key(self) -> str:
        """The name that keeps its data apart from those of other campaigns; "" for the campaign whose ids do not
        contain a name."""
        return "" if self.campaign.keeps_plain_ids else self.campaign.name

    @property
    def scope(self) -> CampaignScope:
        """Which sequences are those of the campaign."""
        own = self.campaign.name
        others = frozenset(self.book.names) - {own}
        return CampaignScope(own, self.campaign.keeps_plain_ids, others)
