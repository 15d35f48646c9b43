"""The sequences that are open on a cluster, each asked how it stands: a few at a time, and no longer than told.

Whoever drives them may be away: what is known without it is told all the same, and nothing else waits for it.
"""

import asyncio
from dataclasses import dataclass

import structlog

from bot.errors import DependencyError
from bot.model import SequenceStanding
from bot.services import Services

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenSequences:
    """By customer; ``silent`` says why the cluster did not tell which there are, else it is ""."""

    standings: tuple[SequenceStanding, ...] = ()
    silent: str = ""


async def open_sequences(cluster: str, until: float, services: Services) -> OpenSequences:
    """What is known of them ``until`` then (of the loop's clock); never raises what a system answers."""
    control = services.clusters[cluster].control
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)

    async def ask(listed: SequenceStanding) -> SequenceStanding | None:
        try:
            async with asyncio.timeout_at(until), turns:
                latest = await control.sequence(listed.customer)
        except (DependencyError, TimeoutError) as exc:
            _log.warning("sequence not asked", cluster=cluster, customer=listed.customer, reason=_why(exc))
            return listed
        # Listings lag: it may be over by now.
        return latest if latest and latest.status.is_open else None

    try:
        async with asyncio.timeout_at(until):
            listed = await control.sequences()
    except (DependencyError, TimeoutError) as exc:
        _log.warning("sequences not listed", cluster=cluster, reason=_why(exc))
        return OpenSequences(silent=_why(exc))
    asked = await asyncio.gather(*map(ask, listed))
    return OpenSequences(tuple(standing for standing in asked if standing))


def _why(exc: DependencyError | TimeoutError) -> str:
    return exc.why if isinstance(exc, DependencyError) else "no answer in time"
