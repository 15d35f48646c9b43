"""One whole pass over a cluster, as the jobs of the watcher make it together."""

from bot.fleet.notifications.announcements import CampaignComplete, ClusterComplete
from bot.fleet.notifications.notification import Notification, parse
from bot.fleet.runs.call_budget import CallBudget
from bot.services import Services
from bot.usecases.watch.listing import list_runs, update_history
from bot.usecases.watch.state import WatchState
from bot.usecases.watch.watch import conclude, describe_due
from tests.fakes.services import FakeWorld

PLENTY = 10_000


def new_state(cluster: str, calls_per_second: int = PLENTY) -> WatchState:
    """Nothing is known yet."""
    return WatchState(cluster, CallBudget(calls_per_second))


def unannounced(world: FakeWorld) -> list[Notification]:
    """All messages but the announcements of what is complete, in the order recorded."""
    notifications = (parse(row.message.body) for row in world.outbox.messages.values())
    return [each for each in notifications if not isinstance(each, ClusterComplete | CampaignComplete)]


async def watch(cluster: str, services: Services, state: WatchState | None = None) -> WatchState:
    """List the runs, describe those that are due, and bring the history up to date. Without a state, it is the first
    pass after a start."""
    state = state or new_state(cluster)
    await list_runs(state, services)
    await describe_and_conclude(state, services)
    await update_history(state, services)
    return state


async def describe_and_conclude(state: WatchState, services: Services) -> None:
    """Describe runs that are due, and record what that tells."""
    await describe_due(state, services)
    await conclude(state, services)
    while state.described:
        await conclude(state, services)
