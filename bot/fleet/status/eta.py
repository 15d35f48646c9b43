"""Counts windows and estimates the time left, from past and open runs alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.alert_reasons import starts_over
from bot.fleet.runs.run import Run
from bot.fleet.status.estimate import Estimate, WorkLeft
from bot.model import Window
from bot.model.coverage import cut, missing, total_days

# From a smaller share of the work, no time can be extrapolated.
SMALLEST_SHARE = 0.02
# A shorter run found its work done already, so its duration says nothing about pace.
SHORTEST_RUN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WindowCount:
    """The number of complete windows (``done``), of open ones (``running``) and of all. ``total`` includes an
    estimate for days that are not cut into windows yet."""

    done: int
    running: int
    total: int


def count_windows(runs: Sequence[Run], whole: Window) -> WindowCount | None:
    """The windows of one customer; None when no open or complete run has a window smaller than the whole range.

    A window that ran several times counts once. Missing days are assumed to be cut like the latest window.
    """
    done = _parts([run for run in runs if run.is_complete], whole)
    running = [window for window in _parts([run for run in runs if run.is_open], whole) if window not in done]
    if not done and not running:
        return None
    size = _usual_days([*done, *running], whole)
    ahead = sum(len(cut(gap, size)) for gap in missing(whole, [*done, *running]))
    return WindowCount(len(done), len(running), len(done) + len(running) + ahead)


def left_of_run(run: Run, pace: timedelta | None, now: datetime) -> timedelta | None:
    """The time left of an open run: by its own progress, or else at ``pace`` for each day of data; None if neither is
    known.

    A run that is paused, or whose attempts start over, has no estimate.
    """
    if run.window is None or run.health is None or run.health.is_paused or starts_over(run.health):
        return None
    progress = _share_since(run)
    if progress is not None:
        share, since = progress
        return (now - since) * ((1 - share) / share)
    return max(pace * run.window.days - run.age(now), timedelta(0)) if pace is not None else None


def work_left(cluster: str, runs: Sequence[Run], whole: Window, now: datetime, at_once: int = 1) -> WorkLeft | None:
    """The work until all missing days are complete; None if its time is unknown. First the open runs end. Then the
    other days run, ``at_once`` windows at a time, which takes at least as long as the longest window."""
    pace = pace_of(runs, now)
    open_runs = [run for run in runs if run.is_open]
    of_open = [left_of_run(run, pace, now) for run in open_runs]
    estimates = [left for left in of_open if left is not None]
    of_open_runs = [run.window for run in open_runs if run.window]
    taken = [*of_open_runs, *(window for run in runs for window in run.complete_days)]
    ahead = missing(whole, taken)
    days = total_days(ahead)
    if len(estimates) < len(of_open) or (days and pace is None):
        return None
    in_turn = max(days / at_once, _longest_ahead(runs, ahead, whole))
    a_day = pace or timedelta(0)
    time = max(estimates, default=timedelta(0)) + a_day * in_turn
    running = tuple(map(Estimate.at_pace, estimates))
    return WorkLeft(cluster, Estimate.at_pace(time), running, Estimate.at_pace(a_day * days))


def _longest_ahead(runs: Sequence[Run], ahead: Sequence[Window], whole: Window) -> int:
    """The number of days of the longest window to come, if the days ``ahead`` are cut like the latest window; 0 while
    no window has run."""
    of_windows = _parts([run for run in runs if run.is_complete or run.is_open], whole)
    size = _usual_days(of_windows, whole) if of_windows else 0
    return min(size, max((gap.days for gap in ahead), default=0))


def pace_of(runs: Sequence[Run], now: datetime) -> timedelta | None:
    """The time that one day of data takes for this customer, measured on the progress of open runs, or else on
    completed windows; None if neither is known."""
    by_progress = [pace for run in runs if (pace := _pace_by_progress(run, now)) is not None]
    if by_progress:
        return max(by_progress)
    done = [run for run in runs if run.is_complete and run.age(now) >= SHORTEST_RUN]
    days = sum(run.window.days for run in done if run.window)
    return sum((run.age(now) for run in done), timedelta(0)) / days if days else None


def _pace_by_progress(run: Run, now: datetime) -> timedelta | None:
    if not run.is_open or run.window is None or run.health is None:
        return None
    if run.health.is_paused or starts_over(run.health):
        return None
    progress = _share_since(run)
    if progress is None:
        return None
    share, since = progress
    return (now - since) / (share * run.window.days)


def _share_since(run: Run) -> tuple[float, datetime] | None:
    """The share that is done, and since when. None if either is unknown, if the share is too small to tell anything,
    or if the run is on a later attempt than the first.

    A later attempt may have continued from the heartbeat of an earlier one. Then the share was not done in the
    time of the later attempt alone.
    """
    if run.health is None or run.health.attempt > 1:
        return None
    share, since = run.health.progress.share, run.health.started_at
    return (share, since) if share is not None and since is not None and share >= SMALLEST_SHARE else None


def _parts(runs: Sequence[Run], whole: Window) -> list[Window]:
    """The distinct windows of the runs that are smaller than the whole range, oldest start first."""
    windows = (run.window for run in runs if run.window)
    return list(dict.fromkeys(w for w in windows if w.intersection(whole) and not w.contains(whole)))


def _usual_days(windows: Sequence[Window], whole: Window) -> int:
    """The number of days of the latest window. A window at the end of the range may be a remainder, and counts only
    if there is no other."""
    chosen = [window for window in windows if window.end < whole.end]
    return (chosen or windows)[-1].days
