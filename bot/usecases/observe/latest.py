"""Uses the cluster's earlier answers again while they hold, and asks the cluster for the rest.

What began or ended since the latest listing of all open runs is always listed anew, so a run that has ended is never
taken for a running one. A run is described anew if its latest description may no longer be true. Of the other runs,
as many are described as there is time for, the troubled ones first.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import DependencyError
from bot.fleet.runs.history import OVERLAP
from bot.fleet.runs.latest import LatestAnswers, LatestDescription
from bot.model import Execution, Portion, Ref
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.describe import Descriptions, describe_runs

# A listing of all open runs is used for this many intervals of the watcher. With one interval, any delay of the next
# listing would leave none to use.
LISTED_WITHIN = 2
# If an earlier description still holds but is not fresh, an answer waits this long for a newer one, and asks for at
# most this many.
REFRESHED_WITHIN = timedelta(seconds=0.2)
MOST_REFRESHED = 400

_NONE = Descriptions({}, frozenset())


@dataclass(frozen=True, slots=True)
class _Known:
    """The latest descriptions that still hold, by run: ``fresh`` has the recent ones, ``holding`` the older ones."""

    fresh: Mapping[Ref, LatestDescription]
    holding: Mapping[Ref, LatestDescription]


async def changed(cluster: str, since: datetime | None, within: timedelta, services: Services) -> Portion:
    """Lists all open runs that fill days, and the runs that ended at ``since`` or later (None: at any time)."""
    types, now = services.config.counted_types(cluster), await cluster_time(cluster, services)
    changes = await services.clusters[cluster].engine.changed_executions(types, since, within)
    open_runs = [run for run in changes.executions if run.status.is_open]
    latest_answers(cluster, services).note_listing(types, open_runs, now)
    return changes


async def changed_since_listing(
    cluster: str, since: datetime | None, within: timedelta, services: Services
) -> Portion:
    """The same runs as ``changed`` lists, but with a smaller listing if there is a recent listing of all open runs.
    The open runs then come from the recent listing. Temporal lists only the open runs that began since the recent
    listing, and the runs that ended since the recent listing or since ``since``, whichever is earlier."""
    types, now = services.config.counted_types(cluster), await cluster_time(cluster, services)
    known = latest_answers(cluster, services).open_runs(types, now, services.config.watch.every * LISTED_WITHIN)
    if known is None or since is None:
        return await changed(cluster, since, within, services)
    open_runs, listed_at = known
    engine = services.clusters[cluster].engine
    # What has ended since the listing would count as open if it were not listed as ended.
    begun = listed_at - OVERLAP
    recent = await engine.recent_executions(types, begun, min(since, begun), within)
    listed = {run.ref for run in recent.executions}
    still_open = (run for run in open_runs if run.ref not in listed)
    return replace(recent, executions=(*still_open, *recent.executions))


async def open_since_listing(cluster: str, services: Services) -> Sequence[Execution]:
    """The open runs that fill days. If there is a recent listing of all open runs, the cluster lists only the runs
    that began after that listing, and the runs that ended lately."""
    watch, ended_since = services.config.watch, await cluster_time(cluster, services) - OVERLAP
    listed = await changed_since_listing(cluster, ended_since, watch.time_limit, services)
    return [run for run in listed.executions if run.status.is_open]


async def describe_or_recall(
    contradicted: Collection[Ref], cluster: str, refs: Sequence[Ref], until: float, services: Services
) -> Descriptions:
    """The descriptions of these runs. Earlier descriptions that still hold are used again, and others are made until
    ``until``, a time of the event loop. The ``contradicted`` runs are always described anew. Raises what
    ``describe_runs`` raises."""
    now, loop = await cluster_time(cluster, services), asyncio.get_running_loop()
    trusted = [ref for ref in refs if ref not in contradicted]
    known = _known(latest_answers(cluster, services), trusted, now, services)
    missing = [ref for ref in refs if ref not in known.fresh and ref not in known.holding]
    asked = await describe_runs(cluster, missing, until, services) if missing else _NONE
    refresh_until = min(until, loop.time() + REFRESHED_WITHIN.total_seconds())
    newer = await _refreshed(cluster, known.holding, refresh_until, services)
    recalled = {
        ref: each
        for ref, each in {**known.fresh, **known.holding}.items()
        if ref not in newer.described and ref not in newer.gone
    }
    described = {ref: each.description for ref, each in recalled.items()}
    ages = {ref: each.age(now) for ref, each in recalled.items()}
    return Descriptions({**described, **newer.described, **asked.described}, asked.gone | newer.gone, ages)


def latest_answers(cluster: str, services: Services) -> LatestAnswers:
    """What the cluster has answered last."""
    return services.latest.setdefault(cluster, LatestAnswers())


def _known(latest: LatestAnswers, refs: Sequence[Ref], now: datetime, services: Services) -> _Known:
    watch = services.config.watch
    holding = {
        ref: known for ref in refs if (known := latest.of(ref)) is not None and known.holds(now, watch.slow_round)
    }
    fresh = {ref: known for ref, known in holding.items() if known.age(now) <= watch.fresh_for}
    return _Known(fresh, {ref: known for ref, known in holding.items() if ref not in fresh})


async def _refreshed(
    cluster: str, holding: Mapping[Ref, LatestDescription], until: float, services: Services
) -> Descriptions:
    """Newer descriptions of some of these runs; none if the cluster gives none in time."""
    by_need = sorted(holding, key=lambda ref: (not holding[ref].is_troubled, holding[ref].at))[:MOST_REFRESHED]
    try:
        return await describe_runs(cluster, by_need, until, services) if by_need else _NONE
    except DependencyError:
        return _NONE
