"""Finds which campaigns new alerts are about, because routes may depend on the campaign."""

from collections.abc import Collection, Iterable, Mapping

from bot.fleet.runs.observation import DescribedRun
from bot.model import Execution, Ref
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book


async def alert_campaigns(
    fresh: Iterable[DescribedRun], executions: Mapping[Ref, Execution], services: Services
) -> Mapping[Ref, Collection[str]]:
    """The names of the campaigns of each of these runs; empty if no route names a campaign. A run that is not among
    the ``executions`` belongs to the campaigns of its days."""
    alerting = tuple(fresh)
    if not alerting or not any(rule.campaigns for rule in services.config.routing):
        return {}
    await campaign_book(services)
    membership = (services.root or services).campaigns.membership
    if membership is None:
        return {}
    found: dict[Ref, Collection[str]] = {}
    for run in alerting:
        if execution := executions.get(run.ref):
            found[run.ref] = membership.campaigns_of(execution, services.recogniser.identify(execution))
        else:
            found[run.ref] = membership.campaigns_about(run.ref.cluster, run.customer, run.window)
    return found
