"""Acts that change a single activity, in words: before they are done and after, and as the audit stores them."""

from bot.blocks import words
from bot.fleet.proposals.activity_acts import ExtendTimeout, PauseActivity, ResetActivity, UnpauseActivity
from bot.fleet.proposals.proposal import ActOnActivity
from bot.model import duration_text


def verb_and_noun(act: ActOnActivity) -> tuple[str, str]:
    """The verb, and the noun that is counted."""
    match act:
        case ExtendTimeout():
            return "raise", "heartbeat timeout"
        case ResetActivity():
            return "begin", "waiting attempt"
        case PauseActivity():
            return "pause", "activity"
        case UnpauseActivity():
            return "resume", "activity"


def phrase(act: ActOnActivity) -> str:
    """What this act alone would do, such as ``raise a heartbeat timeout from 1 m to 5 m``. Several acts of a kind are
    drawn from ``verb_and_noun`` and a number instead."""
    if isinstance(act, ExtendTimeout):
        return f"raise a heartbeat timeout from {duration_text(act.before)} to {duration_text(act.after)}"
    verb, noun = verb_and_noun(act)
    return f"{verb} 1 {noun}"


def details(act: ActOnActivity) -> str:
    """What would happen to the activity, to read before confirming the act."""
    activity = f"{words.name(act.activity_type)}, attempt {act.attempt}"
    match act:
        case ExtendTimeout():
            spans = f"{duration_text(act.after)} instead of {duration_text(act.before)}"
            return f"{activity}: {spans} between two heartbeats, at once."
        case ResetActivity(keeps_progress=True):
            kept = "what its last heartbeat says is kept, and your code may go on from there"
            return f"{activity}: begins at once, counted as attempt 1; {kept}."
        case ResetActivity():
            return f"{activity}: begins at once, counted as attempt 1; no heartbeat has left anything to go on from."
        case PauseActivity():
            return f"{_of_run(act)}, attempt {act.attempt}: {_pause(act)}."
        case UnpauseActivity(has_attempt=True):
            return f"{_of_run(act)}, attempt {act.attempt}: has not ended since the pause, and goes on."
        case UnpauseActivity():
            return f"{_of_run(act)}, attempt {act.attempt}: begins at once."


def _pause(act: PauseActivity) -> str:
    until = "begins until you resume it"
    if not act.has_attempt:
        return f"waits, and no attempt {until}"
    if act.beats:
        return f"is told with its next heartbeat to end, and no other attempt {until}"
    return f"goes on to its end, because it sends no heartbeats; if it fails, no other attempt {until}"


def result(act: ActOnActivity) -> str:
    """What the act has done."""
    activity = words.name(act.activity_type)
    match act:
        case ExtendTimeout():
            return f"{activity} has {duration_text(act.after)} between two heartbeats now; its attempt goes on."
        case ResetActivity():
            return f"{activity} begins its next attempt now, counted as attempt 1."
        case PauseActivity():
            return f"{_of_run(act)} is paused."
        case UnpauseActivity():
            return f"{_of_run(act)} goes on."


def before(act: ActOnActivity) -> str:
    """The state before the act, as the audit stores it."""
    match act:
        case ExtendTimeout():
            return f"{act.activity_type}: heartbeat timeout {duration_text(act.before)}"
        case ResetActivity():
            return f"{act.activity_type}: attempt {act.attempt} waits"
        case PauseActivity():
            return f"{act.activity_type}: attempt {act.attempt} {'runs' if act.has_attempt else 'waits'}"
        case UnpauseActivity():
            return f"{act.activity_type}: paused"


def after(act: ActOnActivity) -> str:
    """The state that the act leads to."""
    match act:
        case ExtendTimeout():
            return f"{act.activity_type}: heartbeat timeout {duration_text(act.after)}"
        case ResetActivity():
            return f"{act.activity_type}: reset to attempt 1"
        case PauseActivity():
            return f"{act.activity_type}: paused"
        case UnpauseActivity():
            return f"{act.activity_type}: resumed"


def _of_run(act: ActOnActivity) -> str:
    """The activity and its run: ``copy_days of backfill-hilton-2026-01-01``. The run is named because several runs
    may have an activity of the same type."""
    return f"{words.name(act.activity_type)} of {words.name(act.ref.workflow_id)}"
