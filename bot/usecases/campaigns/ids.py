"""Recognises the runs of all campaigns: by workflow ids that contain the name of a campaign, and in its time zone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.config import Config
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.recogniser import Recogniser
from bot.usecases.definitions import identity_mapping, recogniser

_NAME = "{campaign}"


def fleet_recogniser(config: Config) -> Recogniser:
    """Recognises the runs of all campaigns in backfill.toml. A workflow id may contain the name of any of them, and
    days may begin in the time zone of any of them."""
    others = [config.for_campaign(each.definition) for each in config.file_campaigns if each != config.campaign]
    by_id = tuple(recogniser(view) for view in others if any(campaign_ids(view, name) for name in view.clusters))
    return replace(recogniser(config), others=by_id, in_zones=tuple(_in_zones(others, config.campaign.timezone)))


def _in_zones(views: Sequence[Config], usual: str) -> Iterator[Recogniser]:
    """A recogniser for each time zone of these campaigns, except the ``usual`` one."""
    for zone in dict.fromkeys(view.campaign.timezone for view in views if view.campaign.timezone != usual):
        of_zone = [view for view in views if view.campaign.timezone == zone]
        # Each campaign may be on other clusters. On one that several share, the first of them counts.
        mappings = {name: own for view in reversed(of_zone) for name, own in recogniser(view).mappings.items()}
        yield Recogniser(mappings, days=tuple(view.campaign.window for view in of_zone))


def campaign_ids(config: Config, cluster: str) -> Mapping[str, IdTemplate]:
    """For each workflow type on this cluster whose workflow ids contain the campaign's name, the template of these
    ids."""
    found: dict[str, IdTemplate] = {}
    for workflow in config.workflows_on(cluster):
        template = identity_mapping(workflow, config, cluster).id
        if isinstance(template, IdTemplate) and _NAME in (workflow.id_read or ""):
            found |= dict.fromkeys(workflow.types, template)
    return found
