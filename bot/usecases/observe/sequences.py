"""Lists the open sequences of a cluster with their progress, within a time limit.

A few sequences are queried, which needs a running worker. If there are many, their published progress is read from
the store, and a sequence is queried only if it has published no progress. A sequence that does not answer has only
what the listing says.
"""

import asyncio
from dataclasses import dataclass, replace

import structlog

from bot.errors import DependencyError
from bot.model import SequenceStanding
from bot.services import Services
from bot.usecases.observe.published_progress import published_progress

# This many sequences answer within moments, and each answer is exact. A published progress may be moments old.
MAX_QUERIED = 32

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenSequences:
    """The open sequences, each with its progress if that is known. ``silent`` says why the cluster could not list its
    sequences; "" if it could."""

    standings: tuple[SequenceStanding, ...] = ()
    silent: str = ""


async def open_sequences(cluster: str, until: float, services: Services, customer: str = "") -> OpenSequences:
    """The open sequences of the cluster, or only those of ``customer``. Stops asking at ``until``, a time of the
    event loop. Raises no DependencyError."""
    try:
        async with asyncio.timeout_at(until):
            listed = await services.clusters[cluster].control.sequences()
    except (DependencyError, TimeoutError) as exc:
        _log.warning("sequences not listed", cluster=cluster, reason=_why(exc))
        return OpenSequences(silent=_why(exc))
    listed = [standing for standing in listed if customer in ("", standing.customer)]
    published = await published_progress(cluster, listed, services) if len(listed) > MAX_QUERIED else {}
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)
    unpublished = [standing for standing in listed if standing.id not in published]
    answers = await asyncio.gather(*(_ask(standing, until, turns, services) for standing in unpublished))
    known = {standing.id: replace(standing, progress=published.get(standing.id)) for standing in listed}
    latest = known | {standing.id: answer for standing, answer in zip(unpublished, answers, strict=True)}
    return OpenSequences(tuple(standing for standing in latest.values() if standing))


async def _ask(
    listed: SequenceStanding, until: float, turns: asyncio.Semaphore, services: Services
) -> SequenceStanding | None:
    """The sequence with its progress; None if it has ended, and the sequence as it is listed if it does not
    answer."""
    cluster = listed.ref.cluster
    try:
        async with asyncio.timeout_at(until), turns:
            latest = await services.clusters[cluster].control.sequence_at(listed.ref.workflow_id)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("sequence not asked", cluster=cluster, customer=listed.customer, reason=_why(exc))
        return listed
    # Listings lag, so the sequence may have ended by now.
    return latest if latest and latest.status.is_open else None


def _why(exc: DependencyError | TimeoutError) -> str:
    return exc.why if isinstance(exc, DependencyError) else "no answer in time"
