"""Finds the open alerts that a command names, by id, by customer or by cluster. Also retries a change of alerts if
somebody else has changed them meanwhile."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.commands import AlertRequest
from bot.errors import Conflict
from bot.fleet.alerts.lookup import pick
from bot.fleet.name_lookup import find
from bot.fleet.notifications.keys import is_of_storm
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import AlertOver, AlertUnknown, NoAlertOnCluster
from bot.model import Actor, Episode
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.resolve import configured_names

# A pass or another click may change an alert between reading and recording it. While the store is slow, passes may do
# so several times in a row.
TRIES = 6

T = TypeVar("T")


async def retry_on_conflict(change: Callable[[], Awaitable[T]]) -> T:
    """The result of ``change``, which reads, decides and records. Calls ``change`` again on a Conflict, at most
    ``TRIES`` times in all; then raises the Conflict."""
    for _ in range(TRIES - 1):
        try:
            return await change()
        except Conflict:
            continue
    return await change()


def named_cluster(command: AlertRequest, services: Services) -> str:
    """The cluster, if the command is about all alerts of a cluster; "" if it is about one alert or a group."""
    found = find(command.target, configured_names(services)) if command.target else []
    return found[0].cluster if found and not found[0].customer else ""


async def located(command: AlertRequest, actor: Actor, services: Services) -> tuple[str, str]:
    """Returns the id of the alert that the command names, and its cluster. For a command about a whole cluster or a
    group of alerts, the id is "". Raises Declined if there is no such alert or group, or if a typed name fits several
    alerts; the audit records that. Whether a whole cluster has alerts is not checked."""
    if cluster := named_cluster(command, services):
        return "", cluster
    async with recording_failures(command, actor, services):
        if command.group:
            return "", (await open_episodes_of_group(command.group, services))[0].ref.cluster
        episode = await open_episode(command, services)
    return episode.id, episode.ref.cluster


async def open_episodes_on(cluster: str, services: Services) -> list[Episode]:
    """The open alerts of the cluster, in the campaign of these services, oldest first. Raises Declined if there are
    none."""
    episodes = [episode for episode in await _open_episodes(services) if episode.ref.cluster == cluster]
    if not episodes:
        raise Declined(NoAlertOnCluster(cluster))
    return episodes


async def open_episodes_of_group(member: str, services: Services) -> list[Episode]:
    """The open alerts that share a message with the alert ``member``. Raises Declined if there are none."""
    known = await services.journal.episode(member)
    if known is None:
        raise Declined(AlertUnknown())
    shared = [e for e in await services.journal.open_episodes() if is_of_storm(e) and e.root_key == known.root_key]
    if not shared:
        raise Declined(NoAlertOnCluster(known.ref.cluster))
    return shared


async def open_episode(command: AlertRequest, services: Services) -> Episode:
    """The open alert that the command names. Raises Declined if there is none, or if the name fits several."""
    if not command.episode:
        return pick(command.target, await _open_episodes(services), type(command))
    episode = await services.journal.episode(command.episode)
    if episode is None:
        raise Declined(AlertUnknown())
    if episode.ending is not None:
        raise Declined(AlertOver(episode.name, episode.ending))
    return episode


async def _open_episodes(services: Services) -> tuple[Episode, ...]:
    return tuple(episode for episode in await services.journal.open_episodes() if services.is_about(episode))
