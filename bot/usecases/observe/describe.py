"""Describes runs one by one. Because listings lag by moments, the state of a run is what its description says."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, NotFound, Unavailable
from bot.fleet.runs.history import as_gone
from bot.fleet.runs.latest import LatestAnswers
from bot.model import Description, Execution, Ref
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The runs that could be described. ``gone`` are runs that Temporal no longer knows. ``ages`` has the age of each
    description that was made earlier (``bot.usecases.observe.latest``)."""

    described: Mapping[Ref, Description]
    gone: frozenset[Ref]
    ages: Mapping[Ref, timedelta] = field(default_factory=dict)

    @property
    def described_now(self) -> tuple[Description, ...]:
        """The descriptions that were made now."""
        return tuple(description for ref, description in self.described.items() if ref not in self.ages)


async def describe_runs(cluster: str, refs: Sequence[Ref], until: float, services: Services) -> Descriptions:
    """Describe as many of these runs as possible before ``until``, a time of the event loop. If none can be
    described, raises the first error. A run that Temporal no longer has is no error."""
    engine, turns = services.clusters[cluster].engine, asyncio.Semaphore(services.config.watch.describes_at_once)
    began = await cluster_time(cluster, services)

    async def describe(ref: Ref) -> Description:
        try:
            async with asyncio.timeout_at(until), turns:
                return await engine.describe(ref)
        except TimeoutError as exc:
            raise Unavailable(cluster, "no answer in time") from exc

    answers = await asyncio.gather(*(describe(ref) for ref in refs), return_exceptions=True)
    latest = services.latest.setdefault(cluster, LatestAnswers())
    described: dict[Ref, Description] = {}
    forgotten: set[Ref] = set()
    failed: list[DependencyError] = []
    for ref, answer in zip(refs, answers, strict=True):
        match answer:
            case Description():
                described[ref] = answer
                latest.note(answer, began)
            case NotFound():
                forgotten.add(ref)
            case DependencyError():
                failed.append(answer)
            case _:
                raise answer
    if failed and not described:
        raise failed[0]
    if failed:
        _log.warning("not described", cluster=cluster, count=len(failed), reason=str(failed[0]))
    return Descriptions(described, frozenset(forgotten))


def with_descriptions(
    listed: Iterable[Execution], descriptions: Descriptions, now: datetime
) -> tuple[Execution, ...]:
    """The listed runs, replaced by their descriptions where there are any. A run that Temporal no longer knows
    becomes GONE."""
    if not descriptions.gone and not descriptions.described:
        return tuple(listed)
    return tuple(
        as_gone(run, now)
        if run.ref in descriptions.gone
        else descriptions.described[run.ref].execution
        if run.ref in descriptions.described
        else run
        for run in listed
    )
