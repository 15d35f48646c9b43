"""Which days of a cluster's customers are still being filled: by open runs, and by open sequences later."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.identity import Identity
from bot.model import Phase, Ref, SequenceProgress, Window
from bot.services import Services
from bot.usecases.observe.describe import describe_runs
from bot.usecases.observe.sequences import open_sequences

Windows = Mapping[str, tuple[Window, ...]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FilledDays:
    """By customer; ``silent`` says why that is not all there is. ``ending`` are the windows of runs that somebody has
    asked to cancel: they fill nothing any more."""

    windows: Windows = field(default_factory=dict)
    silent: str = ""
    ending: Windows = field(default_factory=dict)

    def of(self, customer: str) -> tuple[Window, ...]:
        """In order."""
        return self.windows.get(customer, ())

    def joined(self, later: "FilledDays") -> "FilledDays":
        """What was filled then, or is at a later time; of a window that has become shorter meanwhile, the longer.
        What is ending is told by the later time alone."""
        windows = {
            customer: _longest({*self.of(customer), *later.of(customer)})
            for customer in {*self.windows, *later.windows}
        }
        return FilledDays(windows, later.silent or self.silent, later.ending)


async def open_runs(cluster: str, customers: Collection[str], window: Window, services: Services) -> FilledDays:
    """The windows of runs of these customers that are open there now and have days of ``window``."""
    try:
        listed = await services.clusters[cluster].engine.open_executions(services.config.workflow.types)
    except DependencyError as exc:
        _log.warning("open runs not known", cluster=cluster, reason=str(exc))
        return FilledDays(silent=exc.why)
    identified = ((run.ref, services.recogniser.identify(run)) for run in listed)
    wanted = {
        ref: identity
        for ref, identity in identified
        if identity and identity.customer in customers and identity.window.intersection(window)
    }
    cancelled = await _cancelled(cluster, [*wanted], services)
    return FilledDays(
        _by_customer(identity for ref, identity in wanted.items() if ref not in cancelled),
        ending=_by_customer(wanted[ref] for ref in cancelled),
    )


async def days_to_come(cluster: str, services: Services) -> FilledDays:
    """The days that open sequences will still run; a sequence that does not answer tells none."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    seen = await open_sequences(cluster, until, services)
    silent = [standing.customer for standing in seen.standings if standing.progress is None]
    known = {
        standing.customer: _of_sequence(standing.progress)
        for standing in seen.standings
        if standing.progress is not None
    }
    why = seen.silent or (f"the sequence of {', '.join(silent[:3])} does not answer" if silent else "")
    return FilledDays(known, why)


async def _cancelled(cluster: str, refs: Sequence[Ref], services: Services) -> frozenset[Ref]:
    """Those that somebody has asked to cancel, as far as the cluster tells in time: listings do not say so."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    try:
        looked = await describe_runs(cluster, refs, until, services)
    except DependencyError as exc:
        _log.warning("not known which runs are being cancelled", cluster=cluster, reason=str(exc))
        return frozenset()
    return frozenset(ref for ref, found in looked.described.items() if found.cancel_requested)


def _by_customer(identities: Iterable[Identity]) -> Windows:
    found: dict[str, set[Window]] = {}
    for identity in identities:
        found.setdefault(identity.customer, set()).add(identity.window)
    return {customer: tuple(sorted(windows)) for customer, windows in found.items()}


def _longest(windows: Collection[Window]) -> tuple[Window, ...]:
    """Those that no other holds whole, in order."""
    return tuple(
        sorted(one for one in windows if all(other == one or other.intersection(one) != one for other in windows))
    )


def _of_sequence(progress: SequenceProgress) -> tuple[Window, ...]:
    """With a window that has just failed, and is not yet cut in halves."""
    running = () if progress.phase is Phase.STOPPING else (held.window for held in progress.running)
    return tuple(sorted((*progress.to_come, *running)))
