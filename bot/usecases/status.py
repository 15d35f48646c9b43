"""How far the backfills are: the fleet, one cluster, or one customer (design.md §2, §3)."""

from dataclasses import replace

from bot.commands import Status
from bot.errors import UsageError
from bot.fleet.backfill import with_failures
from bot.fleet.board import ClusterRow, Silent
from bot.fleet.directory import Directory, Target, find, resolve
from bot.fleet.runs import ClusterView, by_customer
from bot.fleet.status import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.model import Actor, Window
from bot.services import Services
from bot.usecases.board import board, row
from bot.usecases.fan_out import ask_all
from bot.usecases.observe import observe, recall_failures


async def status(command: Status, actor: Actor, services: Services) -> StatusResult:  # noqa: ARG001
    """Raises UsageError for a name that means nothing, or two things."""
    whole = command.range or services.config.campaign.window
    if not command.target:
        return FleetStatus(await board(tuple(services.config.clusters), whole, services))
    target = await _resolve(command.target, services)
    if not target.customer:
        return ClusterStatus(target.cluster, await board((target.cluster,), whole, services))
    return await _customer(target, whole, services)


async def _resolve(text: str, services: Services) -> Target:
    """A configured name, else one that runs on some cluster without being expected there."""
    configured: Directory = {name: cluster.customers for name, cluster in services.config.clusters.items()}
    if find(text, configured):
        return resolve(text, configured)

    async def ask(cluster: str) -> ClusterView:
        return await observe(cluster, services)

    answers = await ask_all(ask, tuple(configured), services)
    seen = {view.cluster: by_customer(view.runs) for view in answers if isinstance(view, ClusterView)}
    everybody = {name: {*customers, *seen.get(name, ())} for name, customers in configured.items()}
    silent = [answer.cluster for answer in answers if isinstance(answer, Silent)]
    try:
        return resolve(text, everybody)
    except UsageError as exc:
        if not silent or find(text, everybody):
            raise
        others = f"{', '.join(silent)} did not answer: what runs only there is not known now."
        raise UsageError(exc.problem, f"{exc.hint} {others}".strip()) from exc


async def _customer(target: Target, whole: Window, services: Services) -> CustomerStatus:
    async def ask(cluster: str) -> ClusterRow:
        return await row(cluster, (target.customer,), whole, services)

    (answer,) = await ask_all(ask, (target.cluster,), services)
    if isinstance(answer, Silent):
        return CustomerStatus(target.cluster, target.customer, whole, services.now(), answer)
    (backfill,) = answer.customers
    is_expected = target.customer in services.config.clusters[target.cluster].customers
    closed = [run.execution.ref for run in backfill.runs if not run.is_open]
    failures = await recall_failures(closed, services)
    told = with_failures(replace(backfill, expected=is_expected), failures)
    return CustomerStatus(
        target.cluster, target.customer, whole, services.now(), told, source_silent=answer.source_silent
    )
