"""Chains: the executions of one logical run, linked by continue-as-new, workflow retries and resets.

All links of a chain have the same first run id: the run id of the first link. Only a description shows it
(docs/temporal-facts.md#chains). A run that was never described counts as a chain of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from bot.fleet.runs.identity import Identity
from bot.fleet.runs.run import AGE, Run
from bot.model import Execution, Ref, SeenFailure, Window

# For each run, the earlier links of its chain, oldest start first.
Links = Mapping[Ref, tuple[Execution, ...]]

_BY_START = attrgetter("started_at", "ref")


def chain_key(execution: Execution) -> Ref:
    """The run with which the chain of this run began."""
    ref = execution.ref
    return Ref(ref.cluster, ref.workflow_id, execution.first_run_id)


def earlier_links(runs: Iterable[Execution], among: Iterable[Execution]) -> Links:
    """For each run of ``runs`` that did not begin its chain: the earlier links of that chain that ``among``
    contains."""
    later = {chain_key(run): run for run in runs if run.first_run_id != run.ref.run_id}
    if not later:
        return {}
    links: dict[Ref, list[Execution]] = {run.ref: [] for run in later.values()}
    workflow_ids = {run.ref.workflow_id for run in later.values()}
    for other in among:
        if other.ref.workflow_id not in workflow_ids:
            continue
        run = later.get(chain_key(other))
        if run is not None and other.ref != run.ref and _BY_START(other) < _BY_START(run):
            links[run.ref].append(other)
    return {ref: tuple(sorted(before, key=_BY_START)) for ref, before in links.items()}


def joined_by_chain(runs: Sequence[Run]) -> list[Run]:
    """The runs, with the links of each chain joined into one run: the latest link, with the days, the failures and
    the start of the whole chain. The joined run stands where the latest link stood in ``runs``. If links of one chain
    are for different customers, each customer gets a run."""
    # Nearly all runs have a workflow id of their own.
    number = Counter(run.execution.ref.workflow_id for run in runs)
    if len(number) == len(runs):
        return list(runs)
    chains: dict[tuple[Ref, str], list[Run]] = {}
    for run in runs:
        if number[run.execution.ref.workflow_id] == 1:
            continue
        customer = run.identity.customer if run.identity else ""
        chains.setdefault((chain_key(run.execution), customer), []).append(run)
    joined = {run.execution.ref: run for run in map(_joined, chains.values())}
    earlier = {link.ref for run in joined.values() for link in run.links}
    return [joined.get(run.execution.ref, run) for run in runs if run.execution.ref not in earlier]


def _joined(links: Sequence[Run]) -> Run:
    """One run for all links: the open link, or else the one that started last, with the days and failures of all."""
    if len(links) == 1:
        return links[0]
    ordered = sorted(links, key=AGE)
    latest = next((run for run in ordered if run.is_open), ordered[-1])
    earlier = [run for run in ordered if run is not latest]
    return replace(
        latest,
        identity=_identity_of(ordered, latest),
        links=tuple(run.execution for run in earlier),
        failures=_failures_of(earlier, latest),
    )


def _failures_of(earlier: Iterable[Run], latest: Run) -> tuple[SeenFailure, ...]:
    """The failures of all links, each once. The latest link may already have those of earlier links."""
    before = (failure for run in earlier for failure in run.failures)
    return tuple(dict.fromkeys((*before, *latest.failures)))


def _identity_of(links: Iterable[Run], latest: Run) -> Identity | None:
    """The identity of the whole chain, over the days of all its links, because one link may name only some of the
    days. If there is a gap between the days of two links, only the latest link counts. None if the latest link was
    not recognised."""
    windows = sorted({run.identity.window for run in links if run.identity})
    if latest.identity is None or not windows:
        return None
    whole = windows[0]
    for window in windows[1:]:
        if window.start > whole.end:
            return latest.identity
        whole = Window(whole.start, max(whole.end, window.end))
    return replace(latest.identity, window=whole)
