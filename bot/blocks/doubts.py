"""Why completed days are in doubt, and why runs failed, in words."""

from collections.abc import Sequence

from bot.blocks import kit, words
from bot.model import Cause, Doubt, DoubtfulDays, DoubtReason, Window
from bot.model.coverage import total_days

# The icon of days in doubt. It is always shown with the words.
MARK = ":large_yellow_circle:"
SHOWN = 2
LONGEST_RESULT = 80
_ENDED = {"cancelled": "was cancelled", "terminated": "was terminated", "running": "is still open"}


def reason(doubt: Doubt) -> str:
    """The words after the days: ``completed after a cancel was requested``."""
    match doubt.reason:
        case DoubtReason.CANCEL_REQUESTED:
            return "completed after a cancel was requested"
        case DoubtReason.RESULT:
            return f"completed with the result {kit.clip(doubt.detail, LONGEST_RESULT)}"
        case DoubtReason.RESULT_UNREADABLE:
            return "completed with a result that the bot cannot read"
        case DoubtReason.COUNT:
            return "completed, but the count differs"
        case DoubtReason.OPERATION_OPEN:
            return f"completed, but its Nexus operation {_named(doubt)} had not ended, and nothing tells how it did"
    return f"completed, but {_other_run(doubt)} {_ENDED.get(doubt.detail, doubt.detail)}"


def _other_run(doubt: Doubt) -> str:
    if not doubt.child:
        return "a later run of the same days"
    return f"its child {_named(doubt)}"


def _named(doubt: Doubt) -> str:
    others = f" (and {doubt.more_children:,} more)" if doubt.more_children else ""
    return f"{words.name(doubt.child)}{others}"


def summary(doubts: Sequence[DoubtfulDays], whole: Window) -> str:
    """``Jan 1–Feb 20 completed after a cancel was requested; 3 more days in doubt``: the first ``SHOWN`` doubts, then
    the number of days of the others."""
    shown = [f"{words.range_in(days.window, whole)} {reason(days.doubt)}" for days in doubts[:SHOWN]]
    hidden = total_days(days.window for days in doubts[SHOWN:])
    return "; ".join([*shown, *([f"{words.plural(hidden, 'more day')} in doubt"] if hidden else [])])


def failure(causes: Sequence[Cause]) -> str:
    """Why a run failed, with the child and activity in which it failed: ``activity copy_days: OSError: disk full``.
    Of nested causes the first and the last are shown. "" if there is no cause."""
    places = [f"child {words.name(cause.child)}" for cause in causes if cause.child]
    places += [f"activity {words.name(cause.activity)}" for cause in causes if cause.activity]
    own = [cause.failure for cause in causes if not cause.child and not cause.activity]
    messages = list(dict.fromkeys(" ".join(cause.message.split()) or cause.kind.value for cause in own))
    if len(messages) > 1:
        messages = [messages[0], *(["…"] if len(messages) > SHOWN else []), messages[-1]]
    return ": ".join(filter(None, [", ".join(places), " ← ".join(kit.clip(text, 150) for text in messages)]))
