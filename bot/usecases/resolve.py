"""What a typed name means on this fleet: a configured name, else one that runs somewhere without being expected."""

from bot.errors import UsageError
from bot.fleet.board import Silent
from bot.fleet.directory import Directory, Target, find, resolve
from bot.fleet.runs import ClusterView
from bot.services import Services
from bot.usecases.fan_out import ask_all
from bot.usecases.observe import observe


def configured_names(services: Services) -> Directory:
    """The clusters and customers of the configuration."""
    return {name: cluster.customers for name, cluster in services.config.clusters.items()}


async def resolve_target(text: str, services: Services) -> Target:
    """Raises UsageError for a name that means nothing, or two things."""
    configured = configured_names(services)
    if find(text, configured):
        return resolve(text, configured)

    async def ask(cluster: str) -> ClusterView:
        return await observe(cluster, services)

    answers = await ask_all(ask, tuple(configured), services)
    views = [view for view in answers if isinstance(view, ClusterView)]
    seen = {view.cluster: {run.identity.customer for run in view.runs if run.identity} for view in views}
    everybody = {name: {*customers, *seen.get(name, ())} for name, customers in configured.items()}
    silent = [answer.cluster for answer in answers if isinstance(answer, Silent)]
    try:
        return resolve(text, everybody)
    except UsageError as exc:
        if not silent or find(text, everybody):
            raise
        others = f"{', '.join(silent)} did not answer: what runs only there is not known now."
        raise UsageError(exc.problem, f"{exc.hint} {others}".strip()) from exc
