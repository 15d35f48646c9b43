"""Which days of an open sequence are still to come, by what it was asked to do and what has become of that."""

from bot.fleet.proposals.context import ProposalContext
from bot.model import ExecutionStatus, SequenceProgress, Window
from bot.model.coverage import missing, total_days, union


def days_to_come(situation: ProposalContext) -> tuple[Window, ...] | None:
    """In order. None where that is not known: the sequence does not answer, its closed runs were not looked at, or
    days that have run are to be run again."""
    progress = situation.sequence.progress if situation.sequence else None
    if progress is None:
        return None
    taken = [running.window for running in progress.running]
    done = [*taken, *(ended.window for ended in progress.troubled), *_completed(progress, situation)]
    left = tuple(gap for days in _asked(progress) for gap in missing(days, done))
    return left if total_days(left) == progress.queued_days else None


def _asked(progress: SequenceProgress) -> tuple[Window, ...]:
    """What it runs and follows: of what it follows, too, halves may be to come."""
    spec = progress.spec
    asked = [*spec.days, *(held.window for held in spec.adopt if held.window)]
    return union(asked, Window(min(asked).start, max(days.end for days in asked))) if asked else ()


def _completed(progress: SequenceProgress, situation: ProposalContext) -> list[Window]:
    """Days that runs have completed since it began."""
    return [
        run.window
        for run in situation.runs
        if run.window
        and run.execution.status is ExecutionStatus.COMPLETED
        and run.execution.closed_at
        and run.execution.closed_at >= progress.spec.started_at
    ]
