"""A change of a cluster's queue in words: what it would do, what it has done, and the states before and after it."""

from bot.blocks import words
from bot.blocks.lines import Line, first_names
from bot.fleet.proposals.proposal import ChangeQueue
from bot.model.queue import QueueChange

NAMES_SHOWN = 10
_VERBS = {QueueChange.PAUSE: "pause", QueueChange.RESUME: "resume", QueueChange.CLEAR: "empty"}
_OF_CUSTOMER = {
    QueueChange.REMOVE: ("take out of the queue", "give up the place in the queue", "taken out of the queue"),
    QueueChange.HOLD: ("hold in the queue", "hold the place in the queue", "held in the queue"),
    QueueChange.RELEASE: (
        "let go on in the queue",
        "stop holding the place in the queue",
        "no longer held in the queue",
    ),
}
_DONE = {QueueChange.PAUSE: "paused", QueueChange.RESUME: "resumed", QueueChange.CLEAR: "emptied"}


def verb_and_noun(act: ChangeQueue) -> tuple[str, str]:
    """``empty the queue of`` and ``customer``. The noun is "" if no customer waits, or the queue is not known."""
    if act.customer:
        return _OF_CUSTOMER[act.change][0], "customer"
    verb = _VERBS[act.change]
    return (f"{verb} the queue of", "customer") if act.queued else (f"{verb} the queue", "")


def phrase(act: ChangeQueue) -> str:
    """``empty the queue of 12 customers``, ``give up the place in the queue``"""
    if act.customer:
        return _OF_CUSTOMER[act.change][1]
    verb, noun = verb_and_noun(act)
    return f"{verb} {words.plural(len(act.queued), noun)}" if act.queued else verb


def details(act: ChangeQueue) -> Line:
    """For a change of the whole queue, who waits in it; for a change that is about a single customer, the place of
    this customer. If the queue does not answer, the line says so."""
    if act.queued is None:
        return Line.of("The queue does not answer now, so who waits there is not known. It takes the change later.")
    if act.customer:
        others = " Others go first until it is resumed." if act.change is QueueChange.HOLD else ""
        return Line.of(f"{_place(act).capitalize()}.{others}")
    if not act.queued:
        return Line.of("Nobody waits in the queue.")
    return Line.of(f"In the queue: {first_names(list(map(words.name, act.queued)), NAMES_SHOWN)}.")


def result(act: ChangeQueue) -> str:
    """What the change has done to the whole queue, or to the single customer that it is about."""
    return f"{after(act).removeprefix('queue ')}."


def before(act: ChangeQueue) -> str:
    """The state before the change."""
    if act.queued is None:
        return "queue not known"
    return _place(act) if act.customer else f"{words.plural(len(act.queued), 'customer')} queued"


def after(act: ChangeQueue) -> str:
    """The state that the change leads to."""
    if act.customer:
        return _OF_CUSTOMER[act.change][2]
    whom = f": {words.plural(len(act.queued), 'customer')}" if act.queued else ""
    return f"queue {_DONE[act.change]}{whom}"


def _place(act: ChangeQueue) -> str:
    if act.queued is None:
        return "queue not known"
    return f"queued, place {act.queued.index(act.customer) + 1:,} of {len(act.queued):,}"
