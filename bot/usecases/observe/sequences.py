"""Lists the open sequences of a cluster, and queries the progress of each: a few at a time, within a time limit.

A query needs a running worker. Without one, the result has what the listing says.
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
    """One standing per customer. ``silent`` says why the cluster could not list its sequences, else it is ""."""

    standings: tuple[SequenceStanding, ...] = ()
    silent: str = ""


async def open_sequences(cluster: str, until: float, services: Services) -> OpenSequences:
    """Queries the sequences ``until`` this time of the event loop. Raises no DependencyError."""
    control = services.clusters[cluster].control
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)

    async def ask(listed: SequenceStanding) -> SequenceStanding | None:
        try:
            async with asyncio.timeout_at(until), turns:
                latest = await control.sequence(listed.customer)
        except (DependencyError, TimeoutError) as exc:
            _log.warning("sequence not asked", cluster=cluster, customer=listed.customer, reason=_why(exc))
            return listed
        # Listings lag: it may have ended by now.
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
