"""Starts the team's own workflow for one window of a sequence."""

from bot.errors import DependencyError, Unavailable
from bot.fleet.planning.start_request import start_order
from bot.model import StartResult, Window
from bot.services import Services
from bot.usecases.definitions import start_template


async def start_window(cluster: str, customer: str, window: Window, token: str, services: Services) -> StartResult:
    """The run, or why Temporal refused to start it. After Unavailable, it is unknown whether the run has started.

    Idempotent: a repeated call finds the run that was started with the same token.
    """
    order = start_order(start_template(services.config, cluster), customer, window, token)
    try:
        return StartResult(await services.clusters[cluster].control.start(order))
    except Unavailable:
        raise
    except DependencyError as exc:
        return StartResult(None, str(exc))
