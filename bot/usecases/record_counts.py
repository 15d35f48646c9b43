"""Records what a count says about the days of completed runs. A count that matches proves these days
(docs/decisions/proof.md)."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.doubts import settled_at
from bot.fleet.runs.run import Run
from bot.fleet.runs.run_counts import CountedDays, agreed_of, counts_of, with_agreed, with_counts
from bot.fleet.verification.proofs import agreed_comparisons, counted_days
from bot.fleet.verification.verdict import CustomerVerdict
from bot.model import Execution, ExecutionStatus, Window
from bot.services import Services
from bot.usecases.observe.describe import describe_runs, with_descriptions
from bot.usecases.observe.past import ledger_limit

_log = structlog.get_logger(__name__)


async def record_counts(verdict: CustomerVerdict, window: Window, began: datetime, services: Services) -> bool:
    """Records the counts of ``verdict``. ``began`` is when counting began, on the cluster's clock. Returns False, and
    raises no DependencyError, if a system does not answer: a count that could not be recorded proves nothing, and is
    made again."""
    counted = counted_days(verdict, window, began)
    if not counted:
        return True
    try:
        # A count may take minutes and would have to be made again, so recording it may take the whole time limit.
        async with asyncio.timeout(services.config.watch.time_limit.total_seconds()):
            runs = await _completed(verdict, window, services)
            recorded = (_counted(run, counted, runs, _agreed(run, verdict, services)) for run in runs)
            changed = list(filter(None, recorded))
            if changed:
                await services.ledger.keep(changed)
    except (DependencyError, TimeoutError) as exc:
        _log.warning(
            "count not recorded",
            cluster=verdict.cluster,
            customer=verdict.customer,
            reason=str(exc) or "no answer in time",
        )
        return False
    return True


async def _completed(verdict: CustomerVerdict, window: Window, services: Services) -> list[Run]:
    """The customer's runs of these days, from the run history. A run that is open there is described now, because it
    may have closed since it was recorded."""
    recalled = await services.ledger.recall_customer(verdict.cluster, verdict.customer)
    identified = [(run, services.recogniser.identify(run)) for run in recalled.executions]
    # Another campaign may fill other tables on the same days.
    touching = [
        run
        for run, identity in identified
        if identity and identity.window.intersection(window) and services.covers(run, identity)
    ]
    open_refs = [run.ref for run in touching if run.status.is_open]
    until = asyncio.get_running_loop().time() + ledger_limit(services)
    descriptions = await describe_runs(verdict.cluster, open_refs, until, services)
    latest: Sequence[Execution] = with_descriptions(touching, replace(descriptions, gone=frozenset()), services.now())
    return [Run(run, services.recogniser.identify(run)) for run in latest]


def _agreed(run: Run, verdict: CustomerVerdict, services: Services) -> frozenset[str]:
    """The names of the comparisons of contents that found equal contents on a day of this run."""
    tables = [table.spec for table in services.config.verify.tables]
    return agreed_comparisons(verdict, tables, run.window) if run.window else frozenset()


def _counted(
    run: Run, counted: Collection[CountedDays], runs: Sequence[Run], agreed: frozenset[str]
) -> Execution | None:
    """The run with the counts of its days and the comparisons that agree. None if the run has not completed, if its
    days are unknown or were not counted, or if the counts and comparisons tell nothing new."""
    if run.window is None or run.execution.status is not ExecutionStatus.COMPLETED:
        return None
    own = [count.within(days) for count in counted if (days := count.window.intersection(run.window))]
    known = {(count.window, count.matches) for count in counts_of(run.execution)}
    settled = settled_at(runs)
    # The latest count shows how long a difference has lasted, so a count that differs is always recorded.
    is_late = settled is None or all(count.matches and count.at >= settled for count in counts_of(run.execution))
    is_known = known == {(count.window, count.matches) for count in own} and agreed <= agreed_of(run.execution)
    if not own or (is_late and is_known):
        return None
    with_own = replace(run.execution, hints=with_counts(run.execution, own))
    return replace(with_own, hints=with_agreed(with_own, agreed))
