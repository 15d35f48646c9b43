"""Takes the buttons from cards whose days somebody has completed since, and tells there by what.

Asked whenever runs have begun or ended: it does not matter who has run them, a later sequence or anybody else.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.alerts.episodes import card
from bot.fleet.notifications.notification import dump, parse
from bot.fleet.notifications.outdated_cards import (
    Done,
    as_overtaken,
    card_has_missing_days,
    completed_since,
    days_asked,
    days_of,
    has_missing_days,
)
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Entry, Episode, Execution, ExecutionStatus, OutboxMessage, Overtaken, Queued
from bot.services import Services

# Nobody scrolls up to older ones, and Slack keeps fewer on its free plans.
LOOKED_BACK = timedelta(days=30)


async def mark_overtaken(cluster: str, services: Services) -> None:
    """Raises what the store answers; a click meanwhile is a Conflict, and it is done the next time."""
    now = services.now()
    since = now - LOOKED_BACK
    episodes = [one for one in (await services.journal.memory(cluster, (), since)).episodes if has_missing_days(one)]
    cards = await _cards(cluster, since, services)
    if not episodes and not cards:
        return
    names = {*(one.customer for one in episodes), *(one.progress.spec.customer for _, one in cards)}
    # When cards ended is told by the bot's clock, and when runs did by the cluster's.
    ahead = await services.clusters[cluster].engine.ahead()
    recalled = await services.ledger.recall(cluster)
    done = await asyncio.to_thread(_done, recalled.executions, names, services)
    changed: list[Episode] = []
    messages: list[OutboxMessage] = []
    for episode in episodes:
        by = completed_since(days_of(episode), done.get(episode.customer, ()), (episode.ended_at or now) - ahead)
        if by:
            over = replace(episode, overtaken=Overtaken(now, _link(by, services)))
            changed.append(over)
            sequence = over.sequence.spec.id if over.sequence else ""
            messages += [card(over), *(await _lines(sequence, over.overtaken, services))]
    for queued, told in cards:
        spec = told.progress.spec
        by = completed_since(days_asked(spec), done.get(spec.customer, ()), queued.created_at - ahead)
        if by:
            messages += await _lines(spec.id, Overtaken(now, _link(by, services)), services)
    if messages:
        await services.journal.record(Entry(episodes=tuple(changed), messages=tuple(messages)), now)


async def _cards(cluster: str, since: datetime, services: Services) -> list[tuple[Queued, SequenceCard]]:
    """Messages of sequences that ended with days missing."""
    found = [(one, parse(one.speech.body)) for one in await services.outbox.posted("sequence:", "sequence", since)]
    return [
        (queued, told)
        for queued, told in found
        if isinstance(told, SequenceCard) and card_has_missing_days(told) and told.progress.spec.cluster == cluster
    ]


async def _lines(sequence: str, by: Overtaken | None, services: Services) -> list[OutboxMessage]:
    """Whatever this sequence has said that still offers something."""
    if not sequence or by is None:
        return []
    every = await services.outbox.posted(f"sequence:{sequence}")
    bare = ((one.speech, as_overtaken(parse(one.speech.body), by)) for one in every)
    return [replace(speech, body=dump(told)) for speech, told in bare if told is not None]


def _done(executions: Iterable[Execution], names: set[str], services: Services) -> dict[str, Sequence[Done]]:
    """Completed runs of these customers, with the days that they covered."""
    done: dict[str, list[Done]] = {}
    for run in executions:
        if run.status is ExecutionStatus.COMPLETED:
            identity = services.recogniser.identify(run)
            if identity and identity.customer in names:
                done.setdefault(identity.customer, []).append((identity.window, run))
    return {name: tuple(runs) for name, runs in done.items()}


def _link(run: Execution, services: Services) -> str:
    """To the run itself: whoever has started it, that is what completed the days."""
    return services.clusters[run.ref.cluster].engine.link(run.ref)
