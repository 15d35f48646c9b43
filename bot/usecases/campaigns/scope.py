"""Limits services to one campaign: its days, definition, tables, clusters and customers, its runs and sequences.

While a single campaign is known, all runs and sequences belong to it. Services are then limited only to the
campaign's tables, clusters and customers.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.config import Campaign, Config, problem_of
from bot.errors import DependencyError, Unavailable
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.campaigns.membership import CampaignRule, CampaignView, Membership
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import IdentityMapping
from bot.fleet.runs.recogniser import Recogniser
from bot.model import CampaignRecord, Execution, KnownCampaign
from bot.services import Cluster, Services
from bot.usecases.campaigns.ids import campaign_ids
from bot.usecases.definitions import recogniser

# The store is near and fast. If it takes longer, the campaigns that were read last are used: they are nearly always
# right.
STORE_LIMIT = timedelta(seconds=5)

_log = structlog.get_logger(__name__)


async def campaign_book(services: Services) -> CampaignBook:
    """All campaigns that are known now. If the store does not answer, the campaigns as they were read last."""
    root = services.root or services
    memory = root.campaigns
    try:
        async with asyncio.timeout(STORE_LIMIT.total_seconds()):
            memory.records = await root.journal.campaigns()
            memory.is_read = True
    except (DependencyError, TimeoutError) as exc:
        _log.warning("campaigns not read", reason=str(exc) or "no answer in time")
    book = book_of(root.config, memory.records)
    if book != memory.book:
        memory.book, memory.services, memory.membership = book, {}, _membership(book, root.config)
        # Which campaigns a recorded run belongs to may be different now.
        root.pasts.clear()
    return book


def is_over(run: Execution, identity: Identity | None, services: Services) -> bool:
    """Whether the run belongs to no open campaign, so it opens no alert. This goes by the latest reading of the
    campaigns from the store; False before the first reading."""
    root = services.root or services
    book, membership = root.campaigns.book, root.campaigns.membership
    if book is None or membership is None:
        return False
    names = membership.campaigns_of(run, identity)
    is_of_open = any(campaign.name in names for campaign in book.open)
    return not is_of_open and not _is_next_without_days(run, book, root)


def _is_next_without_days(run: Execution, book: CampaignBook, root: Services) -> bool:
    """Whether an open campaign recognises the run as its own. This matters for a run that does not tell its days: the
    recogniser of ``root`` gives it the days of the first campaign, even if that campaign is closed. By these days,
    the run then belongs to the closed campaign only, although the next campaign takes such runs. False if the run's
    definition does not recognise runs without days."""
    mapping = root.recogniser.mapping_of(run)
    if mapping is None or mapping.without_days is None:
        return False
    views = (in_campaign(campaign, book, root) for campaign in book.open)
    return any(own.covers(run, identity) for own in views if (identity := own.recogniser.identify(run)))


def campaigns_of(run: Execution, identity: Identity | None, services: Services) -> frozenset[str]:
    """The names of the campaigns that the run belongs to. This goes by the latest reading of the campaigns from the
    store. Empty before the first reading, while only one campaign is known, and for services that are limited to one
    campaign, because these see only its runs."""
    memory = services.campaigns
    if services.view or memory.membership is None or memory.book is None or not memory.book.has_several:
        return frozenset()
    return frozenset(memory.membership.campaigns_of(run, identity))


def book_of(config: Config, records: Sequence[CampaignRecord]) -> CampaignBook:
    """The campaigns in backfill.toml, and those that were opened from Slack. If both have a campaign of the same
    name, the one in backfill.toml counts."""
    by_name = {record.name: record for record in records}
    of_file = [_of_file(campaign, config, by_name.pop(campaign.name, None)) for campaign in config.file_campaigns]
    opened = [_opened(record, config) for record in by_name.values() if record.definition]
    return CampaignBook((*of_file, *filter(None, opened)))


def _of_file(campaign: Campaign, config: Config, record: CampaignRecord | None) -> KnownCampaign:
    some_default = any(each.default for each in config.file_campaigns)
    is_single_table = campaign not in config.campaigns
    return KnownCampaign(
        campaign.definition,
        is_default=campaign.default or (is_single_table and not some_default),
        keeps_plain_ids=campaign == config.campaign,
        clashes=record is not None and record.definition is not None,
        closed_at=record.closed_at if record else None,
        closed_by=record.changed_by if record and record.closed_at else "",
    )


def _opened(record: CampaignRecord, config: Config) -> KnownCampaign | None:
    if record.definition is None:
        return None
    return KnownCampaign(
        record.definition,
        in_file=False,
        closed_at=record.closed_at,
        closed_by=record.changed_by if record.closed_at else "",
        problem=problem_of(config, record.definition),
    )


async def services_of(campaign: str, services: Services) -> Services:
    """Services for this campaign. If ``campaign`` is "" or no longer known, services for the home campaign, to which
    everything belongs that names no campaign. Raises Unavailable if ``campaign`` is not in backfill.toml and the
    store has not told yet which campaigns were opened from Slack."""
    book = await campaign_book(services)
    found = book.find(campaign)
    if campaign and found is None and not (services.root or services).campaigns.is_read:
        raise Unavailable("the store", "campaigns not read")
    return in_campaign(found or book.home, book, services)


def in_campaign(campaign: KnownCampaign, book: CampaignBook, services: Services) -> Services:
    """Services for this campaign of the book."""
    root, definition = services.root or services, campaign.definition
    if not book.has_several and not (definition.tables or definition.clusters or definition.customers):
        return root
    made = root.campaigns.services if book == root.campaigns.book else {}
    if campaign.name not in made:
        made[campaign.name] = (
            _limited(CampaignView(campaign, book, _membership(book, root.config)), root)
            if book.has_several
            else replace(root, config=root.config.for_campaign(definition), root=root, shared_looks={})
        )
    return made[campaign.name]


def _limited(view: CampaignView, root: Services) -> Services:
    config = root.config.for_campaign(view.campaign.definition)
    clusters = {name: _cluster(cluster, view, config, root.config) for name, cluster in root.clusters.items()}
    return replace(
        root,
        config=config,
        recogniser=_without_runs_of_others(recogniser(config), view),
        clusters=clusters,
        pasts={},
        shared_looks={},
        backfills={},
        view=view,
        root=root,
    )


def _without_runs_of_others(of_campaign: Recogniser, view: CampaignView) -> Recogniser:
    """The recogniser ``of_campaign``, limited for runs that do not tell their days. If an earlier open campaign has
    the same workflow type and shares customers, such a run is taken only if its workflow id names this campaign. The
    home campaign counts as the earliest."""
    in_order = sorted(view.membership.rules, key=lambda rule: rule.name != view.book.home.name)
    number, own = next((at, rule) for at, rule in enumerate(in_order) if rule.name == view.campaign.name)
    open_names = {campaign.name for campaign in view.book.open}
    before = [rule for rule in in_order[:number] if rule.name in open_names and own.shares_customers(rule)]

    def limited(cluster: str, workflow_type: str, mapping: IdentityMapping) -> IdentityMapping:
        if not any(workflow_type in rule.types.get(cluster, ()) for rule in before):
            return mapping
        tells_campaign = workflow_type in own.ids.get(cluster, {})
        return replace(mapping, without_days_by_id=True) if tells_campaign else replace(mapping, without_days=None)

    mappings = {
        cluster: {name: limited(cluster, name, mapping) for name, mapping in by_type.items()}
        for cluster, by_type in of_campaign.mappings.items()
    }
    return replace(of_campaign, mappings=mappings)


def _cluster(cluster: Cluster, view: CampaignView, config: Config, usual: Config) -> Cluster:
    zone = config.campaign.timezone
    warehouse = cluster.warehouse if zone == usual.campaign.timezone else cluster.warehouse.in_zone(zone)
    return replace(cluster, control=cluster.control.of_campaign(view.scope), warehouse=warehouse)


def _membership(book: CampaignBook, config: Config) -> Membership:
    return Membership(tuple(_rule(campaign, config) for campaign in book.campaigns), book.of_the_rest.name)


def _rule(campaign: KnownCampaign, config: Config) -> CampaignRule:
    definition = campaign.definition
    view = config.for_campaign(definition)
    types = {cluster: frozenset(view.filling_workflow(cluster).types) for cluster in view.clusters}
    ids = {cluster: campaign_ids(view, cluster) for cluster in view.clusters}
    return CampaignRule(definition.name, definition.window, types, frozenset(definition.customers), ids)
