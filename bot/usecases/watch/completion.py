"""Announces once in the channel that a cluster or the whole campaign is complete, and sends people the messages that
they asked for.

Announces only what the bot has seen incomplete: whatever was complete before the bot first looked is no news. The
store has what was seen incomplete, and what was announced. The key of the message depends on the campaign and the
cluster alone, so neither a restart nor another bot announces it twice.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.notifications.announcements import (
    Announcement,
    CampaignComplete,
    ClusterComplete,
    announcement_key,
)
from bot.fleet.notifications.notification import dump
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.completion import ClusterCompletion, CountPatience, backfills_of, completion_of, never_run
from bot.model import JournalEntry, OutboxMessage, Subscription, announcement_channel
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign, services_of
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.watch.closed_runs import runs_with_doubts
from bot.usecases.watch.state import WatchState
from bot.usecases.watch.subscribers import shown_campaign, subscriptions_of, tell_complete

# An announcement waits this long for counts. A sequence counts a window as soon as it has ended; other runs are
# counted later, and twice if the first count differs.
COUNTS_WITHIN = timedelta(minutes=15)

_CAMPAIGN = ""

_log = structlog.get_logger(__name__)


async def tell_completion(runs: Sequence[Run], state: WatchState, services: Services) -> None:
    """Announce what is complete. ``runs`` has one run for each chain of the cluster, and the doubts about each run
    are already set. Nothing is announced for a campaign whose tables are gone, because its rows can no longer be
    counted. Raises DependencyError if the store does not answer; the next call does the rest."""
    book = await campaign_book(services)
    await _tell_people(runs, state, services)
    for campaign in book.open:
        own = in_campaign(campaign, book, services)
        if state.cluster in own.config.clusters and own.config.verify.tables:
            await _tell_of_campaign(runs, state, own)


async def _own(runs: Sequence[Run], cluster: str, services: Services) -> Sequence[Run]:
    """The runs of the cluster that belong to the campaign of these services, with the days that they have in that
    campaign. Empty if the campaign is not for this cluster. While only one campaign is known, the result is ``runs``;
    otherwise the runs are read anew."""
    if services.view is None:
        return runs
    return await runs_with_doubts(cluster, services) if cluster in services.config.clusters else ()


async def _tell_of_campaign(runs: Sequence[Run], state: WatchState, services: Services) -> None:
    awaited = await _awaited(services)
    scopes = _scopes(state.cluster, services)
    if all(scope in awaited and awaited[scope].told_at for scope in (*scopes, _CAMPAIGN)):
        return
    completion = await _completion(await _own(runs, state.cluster, services), state.cluster, services)
    if completion is None:
        return
    if not completion.is_complete:
        await _await(tuple(scope for scope in (*scopes, _CAMPAIGN) if scope not in awaited), services)
    elif completion.is_counted:
        for scope in scopes:
            if scope in awaited and not awaited[scope].told_at:
                await _tell(awaited[scope], _of_cluster(completion, services), state, services)
        await _tell_campaign(completion, awaited, state, services)


async def _tell_campaign(
    completion: ClusterCompletion, awaited: Mapping[str, Subscription], state: WatchState, services: Services
) -> None:
    """Announce that the campaign is complete, if all other clusters are complete too. Other bots may watch these
    clusters, so they are judged by the run history that all bots share."""
    campaign, others = awaited.get(_CAMPAIGN), [name for name in services.config.clusters if name != state.cluster]
    if campaign is None or campaign.told_at or any(name in awaited and not awaited[name].told_at for name in others):
        return
    everything = [completion]
    for name in others:
        other = await _completion(await runs_with_doubts(name, services), name, services)
        if other is None or not (other.is_complete and other.is_counted):
            return
        everything.append(other)
    await _tell(campaign, _of_campaign(everything, services), state, services)


async def _tell_people(runs: Sequence[Run], state: WatchState, services: Services) -> None:
    """Queue the messages about complete customers of this cluster that people have asked for, campaign by
    campaign."""
    waiting = await subscriptions_of(state.cluster, services)
    for campaign in sorted({each.campaign for each in waiting}):
        own = await services_of(campaign, services)
        if not own.config.verify.tables:
            continue
        asked = [each for each in waiting if each.campaign == campaign]
        of_campaign = await _own(runs, state.cluster, own)
        patience = await _patience(state.cluster, own)
        if await tell_complete(state.cluster, asked, of_campaign, patience, own):
            state.on_messages()


async def _patience(cluster: str, services: Services) -> CountPatience:
    """How long an announcement waits for counts; zero if no table has expected rows to compare with."""
    has_source = any(table.expected for table in services.config.verify.tables)
    return CountPatience(await cluster_time(cluster, services), COUNTS_WITHIN if has_source else timedelta(0))


def _scopes(cluster: str, services: Services) -> tuple[str, ...]:
    """The clusters that get an announcement of their own. This is the given cluster; or none if no other cluster has
    customers, because the announcement for the campaign then says the same."""
    clusters = services.config.clusters
    is_only = not any(settings.customers for name, settings in clusters.items() if name != cluster)
    return () if is_only else (cluster,)


async def _awaited(services: Services) -> Mapping[str, Subscription]:
    """The subscriptions of the clusters that were seen incomplete, by cluster; the key "" stands for the whole
    campaign. A subscription stays after the bot has announced the completion (``told_at``)."""
    campaign = _stored_name(services)
    return {each.cluster: each for each in await services.subscriptions.of("") if each.campaign == campaign}


async def _await(scopes: Sequence[str], services: Services) -> None:
    for scope in scopes:
        await services.subscriptions.add(Subscription(scope, "", "", services.now(), _stored_name(services)))


def _stored_name(services: Services) -> str:
    """The campaign's name in subscriptions and in the keys of messages: its range, and then its own name. An extended
    campaign has a new range and so a new stored name, and the bot announces the campaign again. For the campaign that
    existed before there were several, the stored name is the range alone."""
    days, name = str(services.config.campaign.window), services.view.key if services.view else ""
    return f"{days} {name}" if name else days


async def _tell(awaited: Subscription, announcement: Announcement, state: WatchState, services: Services) -> None:
    """Record the message first, then that it was announced. If the bot dies in between, the next call finds the
    message by its key and does not record it again."""
    key, now = announcement_key(awaited.campaign, awaited.cluster), services.now()
    channel = announcement_channel(awaited.cluster, services.config.campaign.name, services.config.routing)
    if not await services.journal.messages((key,)):
        message = OutboxMessage(key, dump(announcement), destination=channel)
        await services.journal.record(JournalEntry(messages=(message,)), now)
    await services.subscriptions.mark_notified(awaited, now)
    state.on_messages()


async def _completion(runs: Sequence[Run], cluster: str, services: Services) -> ClusterCompletion | None:
    """How far the cluster is complete and counted. A customer that has never run is not expected to run if the source
    has no rows for the customer. None if the source does not answer about such customers."""
    config, patience = services.config, await _patience(cluster, services)
    customers = tuple(config.clusters[cluster].customers)
    backfills = await compute(backfills_of, cluster, customers, config.campaign.window, runs, patience.now)
    volumes = await _volumes(cluster, backfills, services)
    return None if volumes is None else completion_of(cluster, backfills, volumes, patience)


async def _volumes(cluster: str, backfills: Sequence[Backfill], services: Services) -> Mapping[str, int] | None:
    names = never_run(backfills)
    if not names:
        return {}
    try:
        async with asyncio.timeout(services.config.watch.time_limit.total_seconds()):
            volumes = await services.clusters[cluster].warehouse.volumes(names, services.config.campaign.window)
    except (DependencyError, TimeoutError) as exc:
        _log.info("completion not decided", cluster=cluster, reason=str(exc) or "no answer in time")
        return None
    return {name: sum(days.values()) for name, days in volumes.items()}


def _of_cluster(completion: ClusterCompletion, services: Services) -> ClusterComplete:
    window = services.config.campaign.window
    numbers = completion.complete, completion.verified
    return ClusterComplete(completion.cluster, window, *numbers, services.now(), shown_campaign(services))


def _of_campaign(everything: Sequence[ClusterCompletion], services: Services) -> CampaignComplete:
    return CampaignComplete(
        window=services.config.campaign.window,
        clusters=sum(each.expected > 0 for each in everything),
        customers=sum(each.complete for each in everything),
        verified=sum(each.verified for each in everything),
        at=services.now(),
        campaign=shown_campaign(services),
    )
