"""What a pass sees of a cluster's sequences: where open ones tell, and whose alerts are left without a word.

A cluster that does not answer that question leaves everything as it is: new alerts open, and none ends.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.errors import DependencyError
from bot.fleet.alerts.episodes import ENDINGS, is_handed_over
from bot.fleet.notifications.keys import is_within_sequence
from bot.fleet.runs.observation import DescribedRun
from bot.model import Ending, Episode, ExecutionStatus, SequenceProgress, SequenceStanding
from bot.ports import Control
from bot.services import Services

_ENDINGS = {
    ExecutionStatus.CANCELLED: Ending.CANCELLED,
    ExecutionStatus.TERMINATED: Ending.TERMINATED,
    ExecutionStatus.FAILED: Ending.FAILED,
    ExecutionStatus.TIMED_OUT: Ending.FAILED,
}
_GOES_ON = (ExecutionStatus.RUNNING, ExecutionStatus.CONTINUED_AS_NEW)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ObservedSequences:
    """``threads`` and ``left`` as in ``bot.fleet.alerts.reconcile.Pass``."""

    threads: Mapping[str, str] | None = field(default_factory=dict)
    left: Mapping[str, Ending] = field(default_factory=dict)


async def observe_sequences(
    cluster: str, fresh: Sequence[DescribedRun], episodes: Iterable[Episode], services: Services
) -> ObservedSequences:
    """Asks only where something depends on it: a run newly needs an alert, or an alert may be a sequence's."""
    still_open = [episode for episode in episodes if episode.is_open]
    handed_over = [episode for episode in still_open if is_handed_over(episode)]
    if not fresh and not handed_over and not any(is_within_sequence(episode) for episode in still_open):
        return ObservedSequences()
    control = services.clusters[cluster].control
    try:
        listed = await control.sequences()
    except DependencyError as exc:
        _log.warning("sequences not listed", cluster=cluster, reason=str(exc))
        return ObservedSequences(threads=None)
    ids = {standing.id for standing in listed}
    missed = [episode for episode in handed_over if episode.sequence and episode.sequence.spec.id not in ids]
    left = await _left(missed, control, services.config.watch.describes_at_once)
    return ObservedSequences({standing.customer: standing.thread_key for standing in listed}, left)


async def _left(missed: Sequence[Episode], control: Control, at_once: int) -> dict[str, Ending]:
    """Listings lag: whether the sequence is really over is asked of each, and of none twice."""
    turns = asyncio.Semaphore(at_once)

    async def ask(customer: str) -> SequenceStanding | DependencyError | None:
        try:
            async with turns:
                return await control.sequence(customer)
        except DependencyError as exc:
            _log.warning("sequence not asked", customer=customer, reason=str(exc))
            return exc

    customers = sorted({episode.customer for episode in missed})
    answers = dict(zip(customers, await asyncio.gather(*map(ask, customers)), strict=True))
    endings = {episode.id: _ending(episode.sequence, answers[episode.customer]) for episode in missed}
    return {id_: ending for id_, ending in endings.items() if ending is not None}


def _ending(told: SequenceProgress | None, latest: SequenceStanding | DependencyError | None) -> Ending | None:
    """How the one that told so much has ended; None when it goes on, or that is not known."""
    if isinstance(latest, DependencyError):
        return None
    if latest is None:
        return Ending.GONE
    if latest.status in _GOES_ON:
        # Or a later one of the same customer does, which takes over what it finds.
        return None
    if latest.status in _ENDINGS:
        return _ENDINGS[latest.status]
    end = (latest.progress.end if latest.progress else None) or (told.end if told else None)
    return ENDINGS[end] if end else Ending.GONE
