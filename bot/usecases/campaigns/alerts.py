"""Finds the alerts that belong to a campaign, for its sequences, which take alerts over."""

import asyncio
from collections.abc import Collection, Iterable, Mapping

import structlog

from bot.errors import DependencyError
from bot.model import Episode, Execution, Ref
from bot.services import Services
from bot.usecases.observe.past import ledger_limit

_log = structlog.get_logger(__name__)


async def alerts_of_campaign(
    alerts: Collection[Episode], cluster: str, customer: str, services: Services
) -> list[Episode]:
    """Those of the customer's ``alerts`` that belong to the campaign of these services: by their runs, or by their
    days if a run is not recorded. Other campaigns may fill other tables on the same days."""
    if services.view is None or not alerts:
        return list(alerts)
    runs = await _recorded(cluster, customer, services)
    return [alert for alert in alerts if _is_of_campaign(alert, runs, services)]


def _is_of_campaign(alert: Episode, runs: Mapping[Ref, Execution], services: Services) -> bool:
    run = runs.get(alert.ref)
    if run is None:
        return services.is_about(alert)
    return services.covers(run, services.recogniser.identify(run))


async def _recorded(cluster: str, customer: str, services: Services) -> Mapping[Ref, Execution]:
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled: Iterable[Execution] = (await services.ledger.recall_customer(cluster, customer)).executions
    except (DependencyError, TimeoutError) as exc:
        _log.warning("run history not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return {}
    return {run.ref: run for run in recalled}
