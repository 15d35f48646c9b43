"""Finds the days that are still being filled on a cluster, now by open runs or later by open sequences."""

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
    """Windows by customer. ``ending`` has the windows of runs that are being cancelled, which are not expected to add
    rows. ``silent`` says why some windows may be missing here; "" if all are known."""

    windows: Windows = field(default_factory=dict)
    silent: str = ""
    ending: Windows = field(default_factory=dict)

    def of(self, customer: str) -> tuple[Window, ...]:
        """The windows of this customer, in order."""
        return self.windows.get(customer, ())

    def joined(self, later: "FilledDays") -> "FilledDays":
        """The windows that are being filled in either of two observations. If a window became shorter between them,
        the longer one is kept. ``ending`` is taken from ``later`` alone."""
        windows = {
            customer: _longest({*self.of(customer), *later.of(customer)})
            for customer in {*self.windows, *later.windows}
        }
        return FilledDays(windows, later.silent or self.silent, later.ending)


async def open_runs(cluster: str, customers: Collection[str], window: Window, services: Services) -> FilledDays:
    """The windows of these customers' open runs that have days in common with ``window``."""
    try:
        listed = await services.clusters[cluster].engine.open_executions(services.config.counted_types(cluster))
    except DependencyError as exc:
        _log.warning("open runs not known", cluster=cluster, reason=str(exc))
        return FilledDays(silent=exc.why)
    identified = ((run, services.recogniser.identify(run)) for run in listed)
    overlapping = {
        run.ref: identity
        for run, identity in identified
        if identity
        and identity.customer in customers
        and identity.window.intersection(window)
        and services.covers(run, identity)
    }
    cancelled = await _cancelled(cluster, [*overlapping], services)
    return FilledDays(
        _by_customer(identity for ref, identity in overlapping.items() if ref not in cancelled),
        ending=_by_customer(overlapping[ref] for ref in cancelled),
    )


async def days_to_come(cluster: str, services: Services) -> FilledDays:
    """The days that open sequences have still to run. ``silent`` names sequences that do not answer."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    sequences = await open_sequences(cluster, until, services)
    silent = [standing.customer for standing in sequences.standings if standing.progress is None]
    windows = {
        standing.customer: days_of_sequence(standing.progress)
        for standing in sequences.standings
        if standing.progress is not None
    }
    why = sequences.silent or (f"the sequence of {', '.join(silent[:3])} does not answer" if silent else "")
    return FilledDays(windows, why)


async def _cancelled(cluster: str, refs: Sequence[Ref], services: Services) -> frozenset[Ref]:
    """The runs that are being cancelled, as far as the cluster answers in time. Each is described, because listings
    do not show this."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    try:
        descriptions = await describe_runs(cluster, refs, until, services)
    except DependencyError as exc:
        _log.warning("not known which runs are being cancelled", cluster=cluster, reason=str(exc))
        return frozenset()
    return frozenset(ref for ref, description in descriptions.described.items() if description.cancel_requested)


def _by_customer(identities: Iterable[Identity]) -> Windows:
    by_customer: dict[str, set[Window]] = {}
    for identity in identities:
        by_customer.setdefault(identity.customer, set()).add(identity.window)
    return {customer: tuple(sorted(windows)) for customer, windows in by_customer.items()}


def _longest(windows: Collection[Window]) -> tuple[Window, ...]:
    """The windows that are not part of another one, in order."""
    return tuple(sorted(w for w in windows if all(other == w or other.intersection(w) != w for other in windows)))


def days_of_sequence(progress: SequenceProgress) -> tuple[Window, ...]:
    """The days that a sequence is running or has still to run. This includes a failed window that is to be halved."""
    running = () if progress.phase is Phase.STOPPING else (held.window for held in progress.running)
    return tuple(sorted((*progress.to_come, *running)))
