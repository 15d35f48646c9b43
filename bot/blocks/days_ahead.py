"""How many days of a customer are complete, running, and neither, in words."""

from bot.blocks import run_status, words
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.model import Phase, Window, coverage


def sentence(backfill: Backfill, result: CustomerStatus) -> str:
    """``5 of 51 days complete, 5 running, 41 missing (Jan 11–Feb 20): nothing starts these by itself.``"""
    verified = f", {backfill.verified_days} verified" if backfill.verified_days else ""
    done = f"{backfill.covered_days} of {words.days(backfill.whole.days)} complete{verified}"
    if not backfill.missing:
        return f"{done}."
    rest = _not_running(backfill)
    number = coverage.total_days(rest)
    running = coverage.total_days(backfill.missing) - number
    if not running:
        return f"{done}, {run_status.missing(backfill)}." if backfill.covered_days else f"{done}."
    if not rest:
        return f"{done}, {running} running."
    word, follows = "missing", ""
    if _start_by_themselves(rest, backfill):
        word, follows = "still to come", ": their windows start by themselves"
    elif not (backfill.sequence or result.sequences_silent or backfill.turn):
        follows = ": nothing starts these by itself"
    return f"{done}, {running} running, {number} {word} ({run_status.ranges(rest, backfill.whole)}){follows}."


def _not_running(backfill: Backfill) -> tuple[Window, ...]:
    """The missing days that no open run fills."""
    filled = [run.window for run in backfill.open_runs if run.window]
    return tuple(piece for gap in backfill.missing for piece in coverage.missing(gap, filled))


def _start_by_themselves(days: tuple[Window, ...], backfill: Backfill) -> bool:
    progress = backfill.sequence.progress if backfill.sequence else None
    if progress is None or progress.phase is not Phase.RUNNING:
        return False
    return not any(coverage.missing(gap, progress.to_come) for gap in days)
