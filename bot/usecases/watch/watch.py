"""Describes the runs of one cluster that are due, decides about alerts, and records the results, in two jobs that run
at the same time.

``describe_due`` asks Temporal and hands over what it learns; ``conclude`` reads and writes the store. So the store
does not slow down the describing. A cluster that does not answer changes nothing: silence neither opens nor ends an
alert. If a person changes an alert meanwhile, nothing is decided about alerts and the runs are described again soon.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.errors import Conflict
from bot.fleet.runs.deadlines import NextDescribe, next_describe
from bot.fleet.runs.describe_queue import SHARE_OF_ROUNDS
from bot.model import JournalEntry, Ref
from bot.services import Services
from bot.usecases.observe.latest import latest_answers
from bot.usecases.watch.chains import follow_chains, may_go_on
from bot.usecases.watch.decide import decide
from bot.usecases.watch.describe import DescribeCalls, PassDescriptions, PassTime, Step, isolate_odd_runs
from bot.usecases.watch.families import learn_children, reschedule_families
from bot.usecases.watch.state import MOST_AT_ONCE, WatchState

# The results of one step are handed over together. Longer steps would delay them, and shorter steps would cost more
# work.
STEP_SECONDS = 0.25
# The wait after a pass in which a person or another bot changed an alert.
AFTER_CONFLICT = timedelta(seconds=1)
# Describing counts as late when a run has waited for this share of a slow round. It counts as in time again when no
# run has waited for half of that.
LATE_SHARE = 0.25

_log = structlog.get_logger(__name__)


async def describe_due(state: WatchState, services: Services) -> None:
    """Describe runs that are due, the most urgent ones if there are too many, and hand them over to ``conclude``. If
    there are few, also describe some that are due soon.

    Before a run is described, its next time is set to ``[watch] every`` from now. So no run is described twice at
    once. ``conclude`` later sets another time. If anything fails in between, that time stays, so no run is forgotten.
    If the cluster stops answering, the runs about which it was not asked are due again as before.
    """
    now, every = services.now(), services.config.watch.every
    # A smaller step would keep no place for runs below others.
    step = max(SHARE_OF_ROUNDS, state.budget.within(STEP_SECONDS))
    early = state.budget.early(asyncio.get_running_loop().time())
    picked = state.queue.pick(now, min(state.room, 1 if state.is_away else step), early)
    if not picked:
        return
    due = {ref: state.queue.get(ref) for ref in picked}
    _put_off(due, state, now + every)
    engine, at_once = services.clusters[state.cluster].engine, services.config.watch.describes_at_once
    calls = DescribeCalls(engine, at_once, state.budget)

    async def describe(refs: Sequence[Ref]) -> None:
        # A run's times are by its server's clock; alerts and due times are by the bot's clock.
        described, ahead = await asyncio.gather(calls.describe(refs), engine.ahead())
        _requeue({ref: due[ref] for ref in refs}, described, state)
        _hand_over(Step(PassTime(now, now - ahead), described), state, services)

    # The first are handed over while the others are being described.
    parts = (picked[first : first + MOST_AT_ONCE] for first in range(0, len(picked), MOST_AT_ONCE))
    await asyncio.gather(*map(describe, parts))
    _log_lag(state, services)


def _requeue(due: Mapping[Ref, NextDescribe | None], described: PassDescriptions, state: WatchState) -> None:
    """If the cluster was not asked about a run, make the run due again at the time at which it was due before."""
    for ref, before in due.items():
        if before and ref in described.not_asked and ref in state.queue:
            state.queue.put(ref, before)


def _hand_over(step: Step, state: WatchState, services: Services) -> None:
    latest = latest_answers(state.cluster, services)
    for description in step.described.descriptions:
        latest.note(description, step.time.there)
    if not (_answers_nothing(step.described, state) and state.is_silent):
        state.described.append(step)
        state.on_described()


def _answers_nothing(described: PassDescriptions, state: WatchState) -> bool:
    """Whether calls were due and the cluster has answered about none of the runs. If several runs got no answer, also
    notes that the cluster is away. One run is not enough for that, because the run itself may be the cause."""
    answers_nothing = bool(described.unanswered or described.not_asked) and not described.refs
    state.is_away = answers_nothing and (state.is_away or len(described.unanswered) > 1)
    return answers_nothing


async def conclude(state: WatchState, services: Services) -> None:
    """Decide about what was described, record it, and give each run its next time. Also record that the latest
    listing was answered. Raises Unavailable when the store does not answer: then the runs are due again soon."""
    step = state.take_described()
    if step is None and state.is_recorded:
        return
    if step is None:
        now = services.now()
        ahead = await services.clusters[state.cluster].engine.ahead()
        step = Step(PassTime(now, now - ahead), PassDescriptions())
    described = await _with_next_links(step.described, state, services)
    learn_children(described, state, step.time.here)
    try:
        odd = await isolate_odd_runs(described, partial(_conclude, state, services, step.time))
    except Conflict as exc:
        _log.info("pass overtaken", cluster=state.cluster, reason=str(exc))
        _put_off(step.described.refs, state, services.now() + AFTER_CONFLICT)
        return
    state.is_recorded = True
    _reschedule(described, odd, state, services, step.time)


async def _with_next_links(described: PassDescriptions, state: WatchState, services: Services) -> PassDescriptions:
    """The descriptions, with each closed link of an alert replaced by the link that follows it."""
    if not may_go_on(described):
        return described
    engine, at_once = services.clusters[state.cluster].engine, services.config.watch.describes_at_once
    episodes = (await services.journal.memory(state.cluster, ())).episodes
    return await follow_chains(described, episodes, engine, at_once, state.budget)


async def _conclude(state: WatchState, services: Services, now: PassTime, described: PassDescriptions) -> None:
    """Decide and record. Raises Conflict if somebody changed an alert meanwhile, but records the failures even
    then."""
    since = now.here - services.config.alerts.storm_within
    memory = await services.journal.memory(state.cluster, described.refs, since)
    entry = await decide(memory, described, state, services, now)
    try:
        await services.journal.record(entry, now.here)
    except Conflict:
        # Temporal may have removed these failures by the next pass.
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
            coming = next_describe(description, queue.get(ref), now.here, config.slow_round, ahead)
            queue.put(ref, replace(coming, is_below=ref in state.families))
        latest = replace(ref, run_id="")
        # If the queue had only the workflow id, the run is known now. A link that may follow it is due at once.
        if (asked := queue.get(latest)) and asked.at > services.now():
            queue.discard(latest)
    for ref in described.gone | described.followed.keys():
        queue.discard(ref)
    reschedule_families(described, state, now.here)
    # Runs that cause a bug are tried again soon; other runs do not wait for them.
    _put_off(odd, state, now.here + config.every)


def _put_off(refs: Iterable[Ref], state: WatchState, until: datetime) -> None:
    for ref in refs:
        if before := state.queue.get(ref):
            state.queue.put(ref, replace(before, round_at=until, deadline=until, early_at=None))


def _log_lag(state: WatchState, services: Services) -> None:
    """Log when runs begin to be described too late, and when that is over."""
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
