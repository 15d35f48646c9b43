"""Acts that change a single activity, in words: before they are done and after."""

from bot.blocks import words
from bot.fleet.proposals.activity_acts import ExtendTimeout, ResetActivity
from bot.model import duration_text


def verb_and_noun(act: ExtendTimeout | ResetActivity) -> tuple[str, str]:
    """The verb, and the noun that is counted."""
    match act:
        case ExtendTimeout():
            return "raise", "heartbeat timeout"
        case ResetActivity():
            return "begin", "waiting attempt"


def phrase(act: ExtendTimeout | ResetActivity) -> str:
    """What the act would do, worded for an act that is not summed up with others."""
    match act:
        case ExtendTimeout():
            return f"raise a heartbeat timeout from {duration_text(act.before)} to {duration_text(act.after)}"
        case ResetActivity():
            return "begin 1 waiting attempt"


def details(act: ExtendTimeout | ResetActivity) -> str:
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


def result(act: ExtendTimeout | ResetActivity) -> str:
    """What the act has done."""
    activity = words.name(act.activity_type)
    match act:
        case ExtendTimeout():
            return f"{activity} has {duration_text(act.after)} between two heartbeats now; its attempt goes on."
        case ResetActivity():
            return f"{activity} begins its next attempt now, counted as attempt 1."
