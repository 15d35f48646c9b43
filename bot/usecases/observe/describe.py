"""A close look at each of some runs: listings find and lag by moments, a description decides."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.errors import DependencyError, NotFound, Unavailable
from bot.fleet.runs.history import as_gone
from bot.model import Description, Execution, Ref
from bot.services import Services

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the looks gave; ``gone`` are runs that Temporal no longer knows."""

    described: Mapping[Ref, Description]
    gone: frozenset[Ref]


async def describe_runs(cluster: str, refs: Sequence[Ref], until: float, services: Services) -> Looked:
    """One that fails, or is not made ``until`` then (of the loop's clock), is left out; when all fail that is
    raised."""
    engine, turns = services.clusters[cluster].engine, asyncio.Semaphore(services.config.watch.describes_at_once)

    async def one(ref: Ref) -> Description:
        try:
            async with asyncio.timeout_at(until), turns:
                return await engine.describe(ref)
        except TimeoutError as exc:
            raise Unavailable(cluster, "no answer in time") from exc

    looks = await asyncio.gather(*(one(ref) for ref in refs), return_exceptions=True)
    described: dict[Ref, Description] = {}
    forgotten: set[Ref] = set()
    failed: list[DependencyError] = []
    for ref, look in zip(refs, looks, strict=True):
        match look:
            case Description():
                described[ref] = look
            case NotFound():
                forgotten.add(ref)
            case DependencyError():
                failed.append(look)
            case _:
                raise look
    if failed and not described:
        raise failed[0]
    if failed:
        _log.warning("not described", cluster=cluster, count=len(failed), reason=str(failed[0]))
    return Looked(described, frozenset(forgotten))


def settled(listed: Iterable[Execution], looked: Looked, now: datetime) -> tuple[Execution, ...]:
    """The same as they stand now: as described, else as listed; what Temporal no longer knows is marked so."""
    if not looked.gone and not looked.described:
        return tuple(listed)
    return tuple(
        as_gone(one, now)
        if one.ref in looked.gone
        else looked.described[one.ref].execution
        if one.ref in looked.described
        else one
        for one in listed
    )
