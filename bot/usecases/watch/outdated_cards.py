"""Removes the buttons from a card when runs have completed the days that the card shows as missing, and adds a link
to such a run.

This is done whenever runs have begun or ended, and in each ``[watch] slow_round``. It does not matter whether a later
sequence or a person started these runs.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.computing import compute
from bot.fleet.alerts.episodes import card
from bot.fleet.notifications.notification import dump, parse_if_readable
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
from bot.fleet.runs.chains import joined_by_chain
from bot.fleet.runs.doubts import with_doubts
from bot.fleet.runs.run import Run
from bot.model import Episode, Execution, JournalEntry, OutboxMessage, Overtaken, Queued, SequenceSpec
from bot.services import Services
from bot.usecases.campaigns.scope import campaigns_of

# Nobody scrolls up to older cards, and on its free plan Slack hides old messages.
MAX_CARD_AGE = timedelta(days=30)


async def mark_overtaken(cluster: str, services: Services) -> None:
    """If runs have meanwhile completed the days that a card shows as missing, update the card. Raises DependencyError
    if the store does not answer, or Conflict if somebody clicks meanwhile. In both cases the next call does the
    work."""
    now = services.now()
    since = now - MAX_CARD_AGE
    episodes = [e for e in (await services.journal.memory(cluster, (), since)).episodes if has_missing_days(e)]
    cards = await _cards(cluster, since, services)
    if not episodes and not cards:
        return
    names = {*(e.customer for e in episodes), *(card.progress.spec.customer for _, card in cards)}
    # Cards have times of the bot's clock, and runs have times of the cluster's clock.
    ahead = await services.clusters[cluster].engine.ahead()
    recalled = await services.ledger.recall(cluster)
    runs = await compute(_runs, recalled.executions, names, services)
    changed: list[Episode] = []
    messages: list[OutboxMessage] = []
    for episode in episodes:
        done = _done(runs.get(episode.customer, ()), _campaigns(episode, runs))
        run = completed_since(days_of(episode), done, (episode.ended_at or now) - ahead)
        if run:
            outdated = replace(episode, overtaken=Overtaken(now, _link(run, services)))
            changed.append(outdated)
            sequence = outdated.sequence.spec.id if outdated.sequence else ""
            messages += [card(outdated), *(await _lines(sequence, outdated.overtaken, services))]
    for queued, sequence_card in cards:
        spec = sequence_card.progress.spec
        done = _done(runs.get(spec.customer, ()), _campaign_of(spec))
        run = completed_since(days_asked(spec), done, queued.created_at - ahead)
        if run:
            messages += await _lines(spec.id, Overtaken(now, _link(run, services)), services)
    if messages:
        await services.journal.record(JournalEntry(episodes=tuple(changed), messages=tuple(messages)), now)


async def _cards(cluster: str, since: datetime, services: Services) -> list[tuple[Queued, SequenceCard]]:
    """The cards of sequences on this cluster that ended with days missing."""
    rows = await services.outbox.posted("sequence:", "sequence", since)
    posted = [(row, parse_if_readable(row.message.body)) for row in rows]
    return [
        (row, message)
        for row, message in posted
        if isinstance(message, SequenceCard)
        and card_has_missing_days(message)
        and message.progress.spec.cluster == cluster
    ]


async def _lines(sequence: str, by: Overtaken | None, services: Services) -> list[OutboxMessage]:
    """All messages of this sequence that still have buttons, rewritten without the buttons."""
    if not sequence or by is None:
        return []
    rows = await services.outbox.posted(f"sequence:{sequence}")
    readable = ((row.message, known) for row in rows if (known := parse_if_readable(row.message.body)))
    edited = ((message, as_overtaken(known, by)) for message, known in readable)
    return [replace(message, body=dump(bare)) for message, bare in edited if bare is not None]


def _runs(executions: Iterable[Execution], names: set[str], services: Services) -> dict[str, list[Run]]:
    """The runs of these customers, with their doubts, by customer."""
    counted = (run for run in executions if run.workflow_type in services.config.counted_types(run.ref.cluster))
    identified = ((run, services.recogniser.identify(run)) for run in counted)
    runs = [
        Run(run, identity, campaigns=campaigns_of(run, identity, services))
        for run, identity in identified
        if identity and identity.customer in names
    ]
    by_name: dict[str, list[Run]] = {}
    for run in with_doubts(joined_by_chain(runs), services.conditions):
        by_name.setdefault(run.name, []).append(run)
    return by_name


def _done(runs: Iterable[Run], campaigns: Collection[str]) -> tuple[Done, ...]:
    """The days that runs have completed and that are not in doubt, each with its run. If ``campaigns`` is empty, all
    runs count; otherwise only runs of these campaigns."""
    return tuple((days, run.execution) for run in runs if run.is_of(campaigns) for days in run.complete_days)


def _campaigns(episode: Episode, runs: Mapping[str, Sequence[Run]]) -> Collection[str]:
    """The campaigns of the alert's sequence or of its run; empty if they are not known."""
    if episode.sequence:
        return _campaign_of(episode.sequence.spec)
    own = (run.campaigns for run in runs.get(episode.customer, ()) if episode.ref in run.refs)
    return next(own, frozenset())


def _campaign_of(spec: SequenceSpec) -> Collection[str]:
    return {spec.campaign} if spec.campaign else ()


def _link(run: Execution, services: Services) -> str:
    """A link to the run in Temporal, and not to the run's sequence, because some runs belong to no sequence."""
    return services.clusters[run.ref.cluster].engine.link(run.ref)
