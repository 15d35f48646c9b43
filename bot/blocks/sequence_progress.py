"""The progress of a sequence in words, for answers: how far it is, who asked for it, and what is not complete.

Unlike ``sequence_phrases``, this module names people without pinging them.
"""

from collections.abc import Mapping

from bot.blocks import sequence_phrases, words
from bot.model import Phase, SequenceProgress, SequenceStanding, State

MARKED_SHOWN = 8

People = Mapping[str, str]


def state(word: State, progress: SequenceProgress, people: People) -> str:
    """``running, window 3 of 11 (Jan 11–15), 8 queued``, ``paused by Olivia, 2 of 11 windows done``."""
    match progress.phase:
        case Phase.CLEARING:
            parts = [word.value, _clearing(progress)]
        case Phase.PAUSED:
            still_running = f"{sequence_phrases.running(progress)} still {_runs(progress)}"
            parts = [
                f"paused by {_name(progress.paused_by, people)}",
                still_running if progress.running else _done_count(progress),
            ]
        case _:
            parts = [word.value, sequence_phrases.running(progress) if progress.running else _done_count(progress)]
    if progress.queued and progress.phase in (Phase.RUNNING, Phase.PAUSED):
        parts.append(f"{progress.queued:,} queued")
    if progress.skipped_days:
        parts.append(f"{words.days(progress.skipped_days)} skipped")
    if progress.marked:
        parts.append(f"{len(progress.marked):,} marked")
    return ", ".join(parts)


def sequence(standing: SequenceStanding, people: People) -> list[str]:
    """Lines of one or two sentences: first who began the sequence, when and why; then what the sequence is doing, or
    that it does not answer; last the windows that are not complete, if there are any."""
    who, when = _name(standing.started_by, people), words.plain_when(standing.started_at)
    progress = standing.progress
    if progress is None:
        begun = f"A sequence runs its windows, begun by {who} at {when}: {words.sentence(standing.reason)}"
        return [begun, "The sequence does not answer, so how far it is is not known; windows go on by themselves."]
    begun = f"A sequence runs its windows, begun by {who} at {when} ({progress.spec.asked}): "
    lines = [begun + words.sentence(standing.reason), f"{_activity(progress, people)} {_windows(progress)}"]
    if progress.troubled:
        lines.append(f"Not complete: {_marked(progress)}.")
    return lines


def _clearing(progress: SequenceProgress) -> str:
    ending = f"{words.plural(len(progress.spec.clear), 'workflow')} to be closed first"
    return f"{ending}, then {words.plural(progress.total, 'window')}" if progress.total else ending


def _done_count(progress: SequenceProgress) -> str:
    return f"{progress.closed:,} of {words.plural(progress.total, 'window')} done"


def _activity(progress: SequenceProgress, people: People) -> str:
    match progress.phase:
        case Phase.CLEARING:
            return f"It is cancelling {words.plural(len(progress.spec.clear), 'workflow')} first."
        case Phase.RUNNING:
            return "It is running."
        case Phase.PAUSED:
            return f"It is paused by {_name(progress.paused_by, people)}: no window starts before resume."
        case Phase.STOPPING:
            return "It is being cancelled: no window starts any more."
        case Phase.ENDED:
            return "It is over."


def _windows(progress: SequenceProgress) -> str:
    """``2 of 11 windows done, 1 runs, 8 queued (36 days, up to 5 days each).``"""
    parts = [_done_count(progress)]
    if progress.running:
        parts.append(f"{len(progress.running):,} {_runs(progress)}")
    if progress.queued:
        parts.append(
            f"{progress.queued:,} queued ({words.days(progress.queued_days)}, up to {words.days(progress.size)} each)"
        )
    return f"{', '.join(parts)}."


def _runs(progress: SequenceProgress) -> str:
    return "runs" if len(progress.running) == 1 else "run"


def _marked(progress: SequenceProgress) -> str:
    shown = [sequence_phrases.explained(window, progress.spec) for window in progress.troubled[:MARKED_SHOWN]]
    hidden = len(progress.troubled) - MARKED_SHOWN
    return "; ".join(shown) + (f" and {hidden:,} more" if hidden > 0 else "")


def _name(user_id: str, people: People) -> str:
    """The person's name, or else the id; ``somebody`` if the id is empty."""
    return words.name(people.get(user_id, user_id)) or "somebody"
