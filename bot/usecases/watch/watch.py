"""Describes the runs of one cluster that are due, decides about alerts, and records it.

Every decision rests on a description made in this pass. A cluster that does not answer changes nothing: silence
neither opens nor ends an alert. If a person changes an alert during a pass, the pass records no decision about alerts
and the runs are described again soon.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.errors import Conflict
from bot.fleet.runs.deadlines import next_describe
from bot.model import ClusterRecord, JournalEntry, Ref
from bot.services import Services
from bot.usecases.watch.chains import follow_chains
from bot.usecases.watch.decide import PassTime, decide
from bot.usecases.watch.describe import PassDescriptions, describe_all, isolate_odd_runs
from bot.usecases.watch.state import WatchState, due_at

# Runs of one pass: deciding about more would block the event loop for too long, and what is found is recorded only
# when all are described. So a pass also takes no more than the budget allows within PASS_SECONDS; shorter passes
# would spend more time on reading and recording than on describing when the store is slow.
MOST_AT_ONCE = 100
PASS_SECONDS = 1
# After somebody else has changed an alert meanwhile.
AFTER_CONFLICT = timedelta(seconds=1)
# Runs are late when one has waited for this share of a slow round; they are no longer when none has for half of it.
LATE_SHARE = 0.25

_log = structlog.get_logger(__name__)


async def describe_due(state: WatchState, services: Services) -> None:
    """Describe the runs that are due, the most urgent ones if they are many, and give each its next time. Raises
    Unavailable when the store does not answer: then all of them stay due."""
    now = services.now()
    most = 1 if state.is_away else min(MOST_AT_ONCE, state.budget.within(PASS_SECONDS))
    due = state.queue.due(now, most)
    if state.is_recorded and not due:
        return
    memory = await services.journal.memory(state.cluster, due)
    engine, at_once = services.clusters[state.cluster].engine, services.config.watch.describes_at_once
    # A run's times are by its server's clock; alerts and due times are by the bot's clock.
    described, ahead = await asyncio.gather(describe_all(engine, due, at_once, state.budget), engine.ahead())
    described = await follow_chains(described, memory.episodes, engine, at_once, state.budget)
    if _answers_nothing(described, state) and state.is_silent:
        _put_off(described.unanswered, state, now + services.config.watch.every)
        return
    conclude = partial(_conclude, memory, state, services, PassTime(now, now - ahead))
    try:
        odd = await isolate_odd_runs(described, conclude)
    except Conflict as exc:
        _log.info("pass overtaken", cluster=state.cluster, reason=str(exc))
        _put_off(due, state, services.now() + AFTER_CONFLICT)
        return
    state.is_recorded = True
    _reschedule(described, odd, state, services, PassTime(now, now - ahead))
    _log_lag(state, services)


def _answers_nothing(described: PassDescriptions, state: WatchState) -> bool:
    """Whether the cluster has answered about no run. It is away if that is so for several: it may be unable to answer
    about one run alone."""
    answers_nothing = bool(described.unanswered) and not described.refs
    state.is_away = answers_nothing and (state.is_away or len(described.unanswered) > 1)
    return answers_nothing


async def _conclude(
    memory: ClusterRecord, state: WatchState, services: Services, now: PassTime, described: PassDescriptions
) -> None:
    """Decide and record. Raises Conflict when somebody changed an alert meanwhile, but records failures even then."""
    # Describing takes seconds in which people click: read alerts again, but keep the observations from before.
    since = now.here - services.config.alerts.storm_within
    memory = replace(memory, episodes=(await services.journal.memory(state.cluster, (), since)).episodes)
    entry = await decide(memory, described, state, services, now)
    try:
        await services.journal.record(entry, now.here)
    except Conflict:
        # Temporal may have forgotten these by the next pass.
        await services.journal.record(JournalEntry(failures=entry.failures, seen=entry.seen), now.here)
        raise
    if entry.messages:
        state.on_messages()


def _reschedule(
    described: PassDescriptions, odd: frozenset[Ref], state: WatchState, services: Services, now: PassTime
) -> None:
    queue, config = state.queue, services.config.watch
    for description in described.descriptions:
        ref = description.execution.ref
        if not description.execution.status.is_open:
            queue.discard(ref)
        else:
            ahead = now.here - now.there
            queue.put(ref, next_describe(description, queue.get(ref), now.here, config.slow_round, ahead))
    for ref in described.gone | described.followed.keys():
        queue.discard(ref)
    # Runs that could not be described or that cause a bug are tried again soon; the others do not wait for them.
    _put_off(described.unanswered | described.odd | odd, state, now.here + config.every)


def _put_off(refs: Iterable[Ref], state: WatchState, until: datetime) -> None:
    for ref in refs:
        if ref in state.queue:
            state.queue.put(ref, due_at(until))


def _log_lag(state: WatchState, services: Services) -> None:
    """Tell when runs begin to be described too late, and when that is over."""
    now, slow_round = services.now(), services.config.watch.slow_round
    lag = state.queue.lag(now)
    limit = slow_round * (LATE_SHARE / 2 if state.is_behind else LATE_SHARE)
    if (lag > limit) is state.is_behind:
        return
    state.is_behind = lag > limit
    used = state.budget.used(asyncio.get_running_loop().time())
    _log.warning(
        "runs are described late" if state.is_behind else "runs are described in time again",
        cluster=state.cluster,
        runs=len(state.queue),
        late_s=round(lag.total_seconds(), 1),
        calls_in_the_last_second=used,
        calls_per_second=state.budget.per_second,
    )
