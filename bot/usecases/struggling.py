"""Lists all open runs on all clusters that are not healthy, worst first (docs/states.md)."""

from bot.commands import Struggling
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Silent
from bot.fleet.status.struggling import StrugglingResult, struggling_of
from bot.services import Services
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import observe_open


async def struggling(_command: Struggling, services: Services) -> StrugglingResult:
    """Describes every open run now, whether it has an alert or not."""

    async def ask(cluster: str) -> ClusterView:
        return await observe_open(cluster, services)

    answers = await ask_all(ask, tuple(services.config.clusters), services)
    views = [answer for answer in answers if isinstance(answer, ClusterView)]
    silent = [answer for answer in answers if isinstance(answer, Silent)]
    return struggling_of(views, silent, services.now())
