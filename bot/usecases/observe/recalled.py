"""Recalls what the journal has recorded about runs. If the journal does not answer, nothing is recalled and no error
is raised."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.chains import Links
from bot.fleet.runs.observation import by_run
from bot.model import AuditRecord, Observation, Ref, SeenFailure
from bot.services import Services

# The share of a cluster's time limit for one request to the journal, which is near and fast.
JOURNAL_SHARE = 0.25

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the journal has about one cluster's open runs, by run; empty if it does not answer."""

    observations: Mapping[Ref, Sequence[Observation]] = field(default_factory=dict)
    failures: Mapping[Ref, tuple[SeenFailure, ...]] = field(default_factory=dict)


async def recall_failures(refs: Collection[Ref], services: Services) -> Mapping[Ref, tuple[SeenFailure, ...]]:
    """The recorded failures of these runs; none if the journal does not answer."""
    if not refs:
        return {}
    try:
        async with asyncio.timeout(journal_limit(services)):
            return await services.journal.failures(refs)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not read", reason=str(exc) or "no answer in time")
        return {}


async def recall_acts(
    names: Collection[str], commands: Collection[str], services: Services
) -> tuple[AuditRecord, ...]:
    """For each of these subjects, by full name, the latest of these commands, if any; none if the journal does not
    answer."""
    if not names:
        return ()
    try:
        async with asyncio.timeout(journal_limit(services)):
            return await services.journal.latest_acts(names, commands)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not read", reason=str(exc) or "no answer in time")
        return ()


async def recall(cluster: str, refs: Collection[Ref], services: Services) -> Recalled:
    """What is recorded about these runs; nothing if the journal does not answer."""
    try:
        async with asyncio.timeout(journal_limit(services)):
            memory = await services.journal.memory(cluster, refs)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("journal not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return Recalled()
    return Recalled(by_run(memory.observations), await recall_failures(refs, services))


async def with_failures_of_links(recalled: Recalled, links: Links, services: Services) -> Recalled:
    """Add to the failures of each of these runs the failures of the links before it."""
    if not links:
        return recalled
    before = await recall_failures([link.ref for chain in links.values() for link in chain], services)
    of_chains = {
        ref: (*(seen for link in chain for seen in before.get(link.ref, ())), *recalled.failures.get(ref, ()))
        for ref, chain in links.items()
    }
    return replace(recalled, failures={**recalled.failures, **of_chains})


def journal_limit(services: Services) -> float:
    """How many seconds a request to the journal may take."""
    return services.config.watch.time_limit.total_seconds() * JOURNAL_SHARE
