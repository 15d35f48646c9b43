"""Facts about one customer, from its runs: what struggled, which windows ran and how long they took. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import mode

from bot.fleet.name_lookup import Target
from bot.fleet.report.report import OpenCustomer, OpenRunFacts, TimeTaken
from bot.fleet.report.span import Span
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.eta import SHORTEST_RUN
from bot.model import ExecutionStatus, Failure, Health, State

# A run that ended with one of these may have been followed by smaller windows of its days.
_ENDED = (
    ExecutionStatus.CANCELLED,
    ExecutionStatus.FAILED,
    ExecutionStatus.GONE,
    ExecutionStatus.TERMINATED,
    ExecutionStatus.TIMED_OUT,
)
_NOT_OPEN = (State.COMPLETE, State.NOT_APPLICABLE, State.NOT_STARTED, State.UNKNOWN)


def target_of(backfill: Backfill) -> Target:
    """The customer and its cluster."""
    return Target(backfill.cluster, backfill.customer)


def is_open(backfill: Backfill) -> bool:
    """Whether work on the customer has begun and is not complete."""
    return backfill.state not in _NOT_OPEN


def has_struggled(backfill: Backfill, span: Span) -> bool:
    """Whether an attempt failed in the span, a run is unhealthy now, or the days of an ended run were submitted again
    as smaller windows. Smaller windows count only if the customer is open or one of its runs ended in the span;
    otherwise an earlier report already had the customer."""
    if any(seen.seen_at in span for run in backfill.runs for seen in run.failures):
        return True
    if any(run.health and run.health.health is not Health.HEALTHY for run in backfill.open_runs):
        return True
    return _is_news(backfill, span) and any(_was_cut(run, backfill.runs) for run in backfill.runs)


def _is_news(backfill: Backfill, span: Span) -> bool:
    return is_open(backfill) or any(run.execution.closed_at in span for run in backfill.runs)


def _was_cut(run: Run, runs: Iterable[Run]) -> bool:
    window = run.window
    if window is None or run.execution.status not in _ENDED:
        return False
    later = (other.window for other in runs if other.started_at > run.started_at and other.window)
    return any(window.contains(piece) and piece.days < window.days for piece in later)


def windows_of(backfill: Backfill) -> list[Run]:
    """The complete runs that were shorter than the whole range, oldest first."""
    return [run for run in backfill.runs if run.is_complete and run.window and not _is_full_range(run, backfill)]


def usual_days(runs: Sequence[Run]) -> int:
    """The most frequent length of the windows of these runs, in days; 0 if there are no runs."""
    return mode(run.window.days for run in reversed(runs) if run.window) if runs else 0


def time_taken(runs: Iterable[Run], now: datetime) -> TimeTaken | None:
    """How long these runs took. Leaves out runs whose work was already done when they began; None if no run
    remains."""
    ages = [age for run in runs if (age := run.age(now)) >= SHORTEST_RUN]
    return TimeTaken(len(ages), min(ages), max(ages)) if ages else None


def attempts_seen(backfill: Backfill) -> int:
    """The highest attempt of any run; 0 if no run is open and no attempt was seen to fail."""
    known = [run.attempts for run in backfill.runs if run.failures or run.health]
    return max(known, default=0)


def last_failure(backfill: Backfill) -> Failure | None:
    """The failure that was seen last."""
    seen = [failure for run in backfill.runs for failure in run.failures]
    return max(seen, key=lambda failure: failure.seen_at).failure if seen else None


def full_range_end(backfill: Backfill) -> ExecutionStatus | None:
    """How the latest run over the whole range ended; None if there is none, or it is open."""
    full = [run for run in backfill.runs if _is_full_range(run, backfill)]
    return full[-1].execution.status if full and not full[-1].is_open else None


def open_customer(backfill: Backfill, now: datetime) -> OpenCustomer:
    """The facts about a customer that is not complete."""
    latest, progress = backfill.latest_missing, backfill.sequence.progress if backfill.sequence else None
    return OpenCustomer(
        target=target_of(backfill),
        state=backfill.state,
        missing=backfill.missing,
        runs=tuple(_open_run(run, backfill, now) for run in backfill.open_runs if run.window),
        windows=backfill.windows,
        window_took=time_taken(windows_of(backfill), now),
        last_end=latest.execution.status if latest and not backfill.open_runs else None,
        paused_by=progress.paused_by if progress else "",
    )


def _open_run(run: Run, backfill: Backfill, now: datetime) -> OpenRunFacts:
    assert run.window is not None
    return OpenRunFacts(
        window=run.window,
        is_full_range=_is_full_range(run, backfill),
        age=run.age(now),
        attempt=run.attempts,
        health=run.health.health if run.health else None,
        reached=run.health.progress.text if run.health else "",
    )


def _is_full_range(run: Run, backfill: Backfill) -> bool:
    return run.window is not None and run.window.contains(backfill.whole)
