"""Surveys a cluster for its queue: what else takes slots for windows, and which sequences are gone. Only reads."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import timedelta

from bot.fleet.queue.other_work import runs_of_nobody, slots_of, starting_sequence
from bot.model import SequenceStanding
from bot.model.queue import OtherSequence, Survey
from bot.model.queue_requests import SurveyRequest
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from bot.usecases.queue.held_places import finished_places

# A survey is repeated after this many intervals of ``watch.every`` while a slot is waited for.
EVERY_LISTINGS = 4
# A survey is repeated after this time while no slot is waited for.
CHECK_EVERY = timedelta(minutes=10)
EXAMPLES = 5


async def survey(cluster: str, request: SurveyRequest, services: Services) -> Survey:
    """What uses the slots of the cluster. Raises DependencyError if Temporal does not answer."""
    systems, config = services.clusters[cluster], services.config
    listed, runs = await asyncio.gather(
        systems.control.sequences(), systems.engine.open_executions(config.counted_types(cluster))
    )
    own = [*request.members, *((sequence, sequence, customer) for sequence, customer in request.starting)]
    open_ids = {standing.id for standing in listed}
    unlisted = [(name, sequence, customer) for name, sequence, customer in own if sequence not in open_ids]
    gone = await _gone(cluster, unlisted, services)
    own_ids = {sequence for name, sequence, _ in own if name not in gone}
    others = [standing for standing in listed if standing.id not in own_ids]
    other_runs = runs_of_nobody(runs, open_ids | own_ids)
    return Survey(
        at_once=config.slots[cluster],
        other_runs=len(other_runs),
        examples=tuple(run.ref for run in other_runs[:EXAMPLES]),
        other_sequences=await _other_sequences(cluster, others, services),
        gone=tuple(sorted(gone)),
        again_after=config.watch.every * EVERY_LISTINGS if request.is_wanted else CHECK_EVERY,
        left_windows=sum(bool(starting_sequence(run)) for run in other_runs),
        finished=await finished_places(cluster, request, services),
    )


async def _gone(cluster: str, unlisted: Iterable[tuple[str, str, str]], services: Services) -> Collection[str]:
    """The names of the sequences that are no longer open. Listings lag, so Temporal is asked about each of them."""
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)
    book = await campaign_book(services)
    controls = [in_campaign(each, book, services).clusters[cluster].control for each in book.campaigns]

    async def name_if_gone(name: str, sequence: str, customer: str) -> str:
        async with turns:
            if name == sequence:
                # It is being begun, so its workflow id is not known.
                found = [await control.sequence(customer) for control in controls]
            else:
                found = [await services.clusters[cluster].control.sequence_at(name)]
        is_open = any(latest and latest.id == sequence and latest.status.is_open for latest in found)
        return "" if is_open else name

    return set(await asyncio.gather(*(name_if_gone(*sequence) for sequence in unlisted))) - {""}


async def _other_sequences(
    cluster: str, others: Iterable[SequenceStanding], services: Services
) -> tuple[OtherSequence, ...]:
    """The open sequences among ``others``, which the queue does not know, with the slots that each may use."""
    turns, parallel = asyncio.Semaphore(services.config.watch.describes_at_once), services.config.control.parallel

    async def ask(listed: SequenceStanding) -> OtherSequence | None:
        async with turns:
            latest = await services.clusters[cluster].control.sequence_at(listed.ref.workflow_id)
        if latest is None or not latest.status.is_open:
            return None
        return OtherSequence(latest.ref.workflow_id, latest.id, latest.customer, slots_of(latest.progress, parallel))

    return tuple(filter(None, await asyncio.gather(*map(ask, others))))
