"""Finds which campaigns new alerts are about. An alert's route may depend on its campaign, and its buttons act in
that campaign."""

from collections.abc import Iterable, Mapping

from bot.fleet.campaigns.membership import AlertCampaigns
from bot.fleet.runs.observation import DescribedRun
from bot.model import Execution, Ref
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book


async def alert_campaigns(
    fresh: Iterable[DescribedRun], executions: Mapping[Ref, Execution], services: Services
) -> Mapping[Ref, AlertCampaigns]:
    """The campaigns of each of these runs; empty if only one campaign is known and no route names a campaign. A run
    that is not among the ``executions`` belongs to the campaigns of its days."""
    alerting = tuple(fresh)
    if not alerting:
        return {}
    book = await campaign_book(services)
    membership = (services.root or services).campaigns.membership
    has_routes = any(rule.campaigns for rule in services.config.routing)
    if membership is None or not (book.has_several or has_routes):
        return {}
    found: dict[Ref, AlertCampaigns] = {}
    for run in alerting:
        if execution := executions.get(run.ref):
            names = membership.campaigns_of(execution, services.recogniser.identify(execution))
        else:
            names = membership.campaigns_about(run.ref.cluster, run.customer, run.window)
        found[run.ref] = AlertCampaigns(names, book.acting(names))
    return found
