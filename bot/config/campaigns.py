"""Checks campaigns: that no two have the same name, that at most one is the default, and that the tables, clusters
and customers that they name exist. Two campaigns may fill the same days of a customer only if they have no table in
common and use different workflow definitions on each cluster that both have."""

from collections.abc import Iterator
from itertools import combinations

from bot.config.backfill_toml import Config
from bot.config.campaign import Campaign
from bot.model import CampaignDefinition, CampaignProblem, Window

Place = tuple[int | str, ...]


def campaign_mistakes(config: Config) -> Iterator[tuple[Place, str]]:
    """The place and the text of each mistake: names that are used twice or mean nothing, two defaults, and days that
    two campaigns would fill for the same customer."""
    placed = [(_place(config, campaign), campaign) for campaign in config.file_campaigns]
    for place, campaign in placed:
        yield from _unknown_names(config, campaign, place)
    for number, (place, campaign) in enumerate(placed):
        before = [other for _, other in placed[:number]]
        if any(other.name.casefold() == campaign.name.casefold() for other in before):
            yield (*place, "name"), f"two campaigns have the name {campaign.name}"
        if campaign.default and any(other.default for other in before):
            yield (*place, "default"), "two campaigns are the default"
    for (_, one), (place, other) in combinations(placed, 2):
        days = common_days(config, one.definition, other.definition)
        if days:
            yield place, f"{one.name} fills {days} of the same customers, with the same tables or definition"


def common_days(config: Config, one: CampaignDefinition, other: CampaignDefinition) -> Window | None:
    """The days that both campaigns fill. None if the campaigns have no day, no customer or no cluster in common. Also
    None if they have no table in common, and no common cluster on which they use the same workflow definition."""
    days = one.window.intersection(other.window)
    if days is None or not _share(one.customers, other.customers):
        return None
    views = config.for_campaign(one), config.for_campaign(other)
    shared = [name for name in views[0].clusters if name in views[1].clusters]
    same_tables = _share(one.tables, other.tables)
    same_filling = any(len({view.filling_workflow(name).name for view in views}) == 1 for name in shared)
    return days if shared and (same_tables or same_filling) else None


def problem_of(config: Config, definition: CampaignDefinition) -> CampaignProblem | None:
    """Why the campaign can start nothing with this configuration; None if it can."""
    covers = {workflow.name: workflow.covers for workflow in config.definitions}
    if definition.workflow and definition.workflow not in covers:
        return CampaignProblem.NO_WORKFLOW
    if definition.workflow and not covers[definition.workflow]:
        return CampaignProblem.FILLS_NOTHING
    tables = {table.name for table in config.verify.tables}
    if definition.tables and tables.isdisjoint(definition.tables):
        return CampaignProblem.NO_TABLES
    if definition.clusters and not set(config.clusters) & set(definition.clusters):
        return CampaignProblem.NO_CLUSTERS
    return None


def _share(names: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether both have a name in common; an empty tuple stands for all names."""
    return not names or not others or bool(set(names) & set(others))


def _unknown_names(config: Config, campaign: Campaign, place: Place) -> Iterator[tuple[Place, str]]:
    tables = [table.name for table in config.verify.tables]
    for number, name in enumerate(campaign.tables):
        if name not in tables:
            yield (*place, "tables", number), f"{name} is none of {', '.join(tables)}"
    for number, name in enumerate(campaign.clusters):
        if name not in config.clusters:
            yield (*place, "clusters", number), f"there is no [clusters.{name}]"
    expected = {customer for cluster in config.clusters.values() for customer in cluster.customers}
    for number, name in enumerate(campaign.customers):
        if name not in expected:
            yield (*place, "customers", number), f"{name} is a customer of no cluster"


def _place(config: Config, campaign: Campaign) -> Place:
    in_list = next((number for number, each in enumerate(config.campaigns) if each is campaign), None)
    return ("campaign",) if in_list is None else ("campaigns", in_list)
