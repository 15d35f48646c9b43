"""Which closed runs need a person: failed ones that no other run replaces, and completed ones in doubt. Pure.

Each day belongs to its latest run. A failure counts for the days whose latest run has failed, as long as no open run
or sequence fills them and no count has proven them. A doubt that a sequence of the bot has already reported does not
count here (``window_doubts``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.alerts.window_doubts import is_told_by_sequence
from bot.fleet.runs.close_facts import causes_of, is_ended_through_bot, needs_close_event, unread
from bot.fleet.runs.doubts import differed_since
from bot.fleet.runs.mapping import is_started_by_bot
from bot.fleet.runs.run import AGE, Run, by_campaigns, by_customer
from bot.fleet.runs.run_counts import CountedDays, counts_of
from bot.model import AlertFacts, AlertReason, DoubtfulDays, DoubtReason, ExecutionStatus, RowsOff, Window
from bot.model.coverage import missing, union

CLOSED_REASONS = frozenset({AlertReason.FAILED, AlertReason.MISMATCH, AlertReason.IN_DOUBT})
"""The reasons of closed runs."""

_FAILED = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.TERMINATED)

Since = Mapping[AlertReason, datetime]
"""For each reason that is switched on, the time on the cluster's clock from which ends of runs open alerts."""


@dataclass(frozen=True, slots=True)
class FilledWindow:
    """Days that an open sequence fills or has still to fill. ``campaign`` is "" if the sequence names none."""

    window: Window
    campaign: str = ""


Filled = Mapping[str, Sequence[FilledWindow]]
"""The days that open sequences fill or have still to fill, by customer."""


@dataclass(frozen=True, slots=True)
class ClosedTrouble:
    """What needs a person about the closed runs of one customer. ``run`` is the latest run concerned, and ``days``
    are all days concerned, empty if the run was not recognised."""

    reason: AlertReason
    run: Run
    days: tuple[Window, ...]
    facts: AlertFacts


def closed_troubles(runs: Sequence[Run], filled: Filled, since: Since, settle: timedelta) -> list[ClosedTrouble]:
    """The worst trouble of each customer, and each failed run that is not recognised. ``runs`` are all runs of one
    cluster, one for each chain, with their doubts. Counts that differ are trouble only after they have differed for
    ``settle``."""
    found = [_of_customer(own, filled.get(name, ()), since, settle) for name, own in by_customer(runs).items()]
    return [trouble for trouble in (*found, *_of_unrecognised(runs, since)) if trouble]


def failed_before(runs: Sequence[Run], since: datetime) -> int:
    """The number of runs that failed before ``since`` and that no other run replaces."""
    recognised = (
        _failures(related, (), _before(group, since))
        for own in by_customer(runs).values()
        for group, related in by_campaigns(own)
    )
    unknown = [run for run in _unrecognised_failures(runs) if _closed_before(run, since)]
    return sum(map(len, recognised)) + len(unknown)


def is_failed(run: Run) -> bool:
    """Whether the run failed, timed out, or was terminated, but not through the bot. False until the facts of its end
    are read (``is_end_unread``), and for ever if Temporal removed the run before."""
    if run.execution.status not in _FAILED or is_end_unread(run):
        return False
    return run.execution.status is not ExecutionStatus.TERMINATED or not is_ended_through_bot(run.execution)


def is_end_unread(run: Run) -> bool:
    """Whether it is not known yet how a closed run ended, or who terminated it."""
    execution = run.execution
    is_terminated = execution.status is ExecutionStatus.TERMINATED
    return unread(execution) is not None or (is_terminated and needs_close_event(execution, ()))


def _of_customer(
    own: Sequence[Run], filled: Sequence[FilledWindow], since: Since, settle: timedelta
) -> ClosedTrouble | None:
    """The worst trouble of the closed runs of one customer; None if there is none. Each campaign has its own
    troubles, because no campaign fills the tables of another one."""
    found: list[ClosedTrouble] = []
    for group, related in by_campaigns(own):
        ours = [each.window for each in filled if not each.campaign or group[0].is_of({each.campaign})]
        trouble = _of_failures(group, related, ours, since) or _of_doubts(group, related, ours, since, settle)
        found += [trouble] if trouble else []
    return min(found, key=lambda trouble: trouble.reason.rank, default=None)


def _of_failures(
    group: Sequence[Run], related: Sequence[Run], filled: Sequence[Window], since: Since
) -> ClosedTrouble | None:
    """The trouble of the failed runs in ``group`` that no run in ``related`` replaces; None if there are none."""
    after = since.get(AlertReason.FAILED)
    failures = _failures(related, filled, [run for run in group if after and not _closed_before(run, after)])
    if not failures:
        return None
    run, days = failures[-1][0], _joined([window for _, windows in failures for window in windows])
    return ClosedTrouble(AlertReason.FAILED, run, days, _facts_of_failure(run, len(failures), days))


def _facts_of_failure(latest: Run, number: int, days: tuple[Window, ...]) -> AlertFacts:
    execution = latest.execution
    return AlertFacts(
        causes=causes_of(execution), status=execution.status, runs=number, ended_at=execution.closed_at, days=days
    )


def _failures(
    own: Sequence[Run], filled: Sequence[Window], among: Sequence[Run]
) -> list[tuple[Run, tuple[Window, ...]]]:
    """Those runs of ``among`` that failed and that the bot did not start, oldest first. Each has the days for which
    its failure counts (module docstring). A run without such days is left out."""
    failures = [
        (run, _unreplaced(run, own, filled))
        for run in among
        if is_failed(run) and not is_started_by_bot(run.execution)
    ]
    return [(run, days) for run, days in failures if days]


def _unreplaced(failed: Run, own: Sequence[Run], filled: Sequence[Window]) -> tuple[Window, ...]:
    if failed.window is None:
        return ()
    replaced = [*filled]
    for other in own:
        if other is failed or other.window is None or other.execution.status is ExecutionStatus.GONE:
            continue
        is_later = other.is_open or AGE(other) > AGE(failed)
        # Days of an earlier run are in doubt because of this failure, unless a later count has proven them.
        replaced += (other.window,) if is_later else other.complete_days
    return missing(failed.window, replaced)


def _of_doubts(
    group: Sequence[Run], related: Sequence[Run], filled: Sequence[Window], since: Since, settle: timedelta
) -> ClosedTrouble | None:
    """The worst doubts about runs in ``group``, on days that neither an open run in ``related`` nor a sequence fills;
    None if there are none."""
    open_days = [*filled, *(run.window for run in related if run.is_open and run.window)]
    doubtful = [
        (run, reason, DoubtfulDays(days, each.doubt))
        for run in group
        for each in run.doubts
        if not is_told_by_sequence(run, each)
        if (reason := _reason(run, related, each, settle)) and _counts(run, related, each, since.get(reason))
        for days in missing(each.window, open_days)
    ]
    if not doubtful:
        return None
    worst = min((reason for _, reason, _ in doubtful), key=lambda reason: reason.rank)
    of_worst = [(run, days) for run, reason, days in doubtful if reason is worst]
    days = tuple(dict.fromkeys(days for _, days in of_worst))
    facts = AlertFacts(doubts=days, rows_off=_rows_off(of_worst) if worst is AlertReason.MISMATCH else ())
    return ClosedTrouble(worst, of_worst[-1][0], _joined([each.window for each in days]), facts)


def _rows_off(doubtful: Sequence[tuple[Run, DoubtfulDays]]) -> tuple[RowsOff, ...]:
    """How many rows are off in each table, summed over all windows in doubt. Empty unless, for each of these windows,
    a count has covered exactly its days, and the latest such count says how many rows are off."""
    counts = sorted((count for run, _ in doubtful for count in counts_of(run.execution)), key=lambda count: count.at)
    latest = {count.window: count.rows_off for count in counts}
    tables: dict[str, RowsOff] = {}
    for days in {each.window for _, each in doubtful}:
        if not latest.get(days):
            return ()
        for rows in latest[days]:
            before = tables.get(rows.table, RowsOff(rows.table, 0, 0))
            tables[rows.table] = RowsOff(rows.table, before.expected + rows.expected, before.found + rows.found)
    return tuple(tables[name] for name in sorted(tables))


def _reason(run: Run, related: Sequence[Run], days: DoubtfulDays, settle: timedelta) -> AlertReason | None:
    if days.doubt.reason is not DoubtReason.COUNT:
        return AlertReason.IN_DOUBT
    differing = [count for count in counts_of(run.execution) if _differs_on(count, days.window)]
    lasts = any(count.at - differed_since(count, related) >= settle for count in differing)
    return AlertReason.MISMATCH if lasts else None


def _differs_on(count: CountedDays, days: Window) -> bool:
    return not count.matches and count.window.intersection(days) is not None


def _counts(run: Run, related: Sequence[Run], days: DoubtfulDays, since: datetime | None) -> bool:
    """Whether the doubt arose at ``since`` or later. If a later run caused the doubt, the doubt arose when that later
    run ended. False if ``since`` is None: the alert reason is then switched off."""
    if since is None:
        return False
    causes = [run]
    if days.doubt.reason is DoubtReason.LATER_RUN:
        causes += [
            later
            for later in related
            if not later.is_open and later.window and later.window.intersection(days.window) and AGE(later) > AGE(run)
        ]
    return any(not _closed_before(cause, since) for cause in causes)


def _of_unrecognised(runs: Iterable[Run], since: Since) -> list[ClosedTrouble]:
    """A trouble for each failed run that is not recognised. Its days are unknown, so only a later run of the same
    workflow id replaces it."""
    after = since.get(AlertReason.FAILED)
    if after is None:
        return []
    return [
        ClosedTrouble(
            AlertReason.FAILED,
            run,
            (),
            _facts_of_failure(run, 1, ()),
        )
        for run in _unrecognised_failures(runs)
        if not _closed_before(run, after)
    ]


def _unrecognised_failures(runs: Iterable[Run]) -> list[Run]:
    """For each workflow id, the latest of its unrecognised runs, if that one failed. A run is left out if its parent
    (by run id) is among ``runs``, because its trouble counts for the parent. Runs further above do not matter."""
    known = list(runs)
    latest = {run.execution.ref.workflow_id: run for run in sorted(known, key=AGE) if run.identity is None}
    run_ids = {run.execution.ref.run_id for run in known} if latest else set[str]()
    return [run for run in latest.values() if is_failed(run) and run.execution.parent_run_id not in run_ids]


def _before(own: Iterable[Run], since: datetime) -> list[Run]:
    return [run for run in own if _closed_before(run, since)]


def _closed_before(run: Run, moment: datetime) -> bool:
    closed = run.execution.closed_at
    return closed is not None and closed < moment


def _joined(days: Collection[Window]) -> tuple[Window, ...]:
    if not days:
        return ()
    whole = Window(min(window.start for window in days), max(window.end for window in days))
    return tuple(union(days, whole))
