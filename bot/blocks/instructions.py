"""Instructions to sequences in words: what they would do, what they did, and what follows from them."""

from bot.blocks import words
from bot.model import Instruction, Order, Window

_VERBS_AND_NOUNS = {
    Order.PAUSE: ("pause", "sequence"),
    Order.RESUME: ("resume", "sequence"),
    Order.RESIZE: ("change the windows of", "sequence"),
    Order.SKIP: ("skip days of", "sequence"),
    Order.AGAIN: ("rerun", "window"),
    Order.STOP: ("cancel", "sequence"),
}
_CONSEQUENCES = {
    Order.PAUSE: "The running window continues; no new one starts.",
    Order.RESUME: "The next windows start again.",
    Order.RESIZE: "The running window keeps its size.",
    Order.SKIP: "Days not yet run stay missing.",
    Order.AGAIN: "It runs before the next windows.",
    Order.STOP: "No new window starts; the running window is being cancelled. Rows already written stay.",
}
_TERMINATION = "No new window starts; the running window is terminated at once. Rows not yet written are lost."


def verb_and_noun(order: Order) -> tuple[str, str]:
    """``pause`` and ``sequence``. The caller puts a number between them."""
    return _VERBS_AND_NOUNS[order]


def intent_phrase(instruction: Instruction, whole: Window | None) -> str:
    """The words after "about to": ``pause the sequence``. ``whole`` is the sequence's range; None if it is not
    known."""
    match instruction.order:
        case Order.PAUSE:
            return "pause the sequence"
        case Order.RESUME:
            return "resume the sequence"
        case Order.RESIZE:
            return f"give the windows still to come {_days(instruction)} each"
        case Order.SKIP:
            return f"skip {_range(instruction, whole)}"
        case Order.AGAIN:
            return f"run {_range(instruction, whole)} again"
        case Order.STOP:
            return "cancel the sequence"


def past_phrase(instruction: Instruction, whole: Window | None) -> str:
    """The words after a person's name: ``paused it``."""
    match instruction.order:
        case Order.PAUSE:
            return "paused it"
        case Order.RESUME:
            return "resumed it"
        case Order.RESIZE:
            return f"gave the windows still to come {_days(instruction)} each"
        case Order.SKIP:
            return f"skipped {_range(instruction, whole)}"
        case Order.AGAIN:
            return f"asked to run {_range(instruction, whole)} again"
        case Order.STOP:
            return "terminated it" if instruction.terminates else "cancelled it"


def outcome_phrase(instruction: Instruction, whole: Window | None) -> str:
    """The outcome: ``the sequence is paused``."""
    match instruction.order:
        case Order.PAUSE:
            return "the sequence is paused"
        case Order.RESUME:
            return "the sequence is resumed"
        case Order.RESIZE:
            return f"the windows still to come have {_days(instruction)} each"
        case Order.SKIP:
            return f"{_range(instruction, whole)} is skipped"
        case Order.AGAIN:
            return f"{_range(instruction, whole)} runs again"
        case Order.STOP:
            return "the sequence is being cancelled"


def consequence(instruction: Instruction, *, terminates: bool) -> str:
    """What the instruction means for the windows to come and for those that are running. ``terminates`` is True if
    the running ones are terminated as well."""
    return _TERMINATION if terminates else _CONSEQUENCES[instruction.order]


def _days(instruction: Instruction) -> str:
    return words.days(instruction.days or 0)


def _range(instruction: Instruction, whole: Window | None) -> str:
    window = instruction.window
    if window is None:
        return "no days"
    return words.range_in(window, whole) if whole else words.short_range(window)
