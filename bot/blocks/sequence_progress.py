"""Says of a customer whose windows a sequence runs how far it is, and of that sequence who wanted it and what is
marked: for answers, which name people without pinging them."""

from collections.abc import Mapping

from bot.blocks import kit, sequence_phrases, words
from bot.model import EndedWindow, Phase, SequenceProgress, SequenceStanding, State

MARKED_SHOWN = 8
LONGEST_NOTE = 120

People = Mapping[str, str]


def state(word: State, told: SequenceProgress, people: People) -> str:
    """``running, window 3 of 11 (Jan 11 → Jan 16), 8 queued``, ``paused by Olivia, 2 of 11 windows done``."""
    match told.phase:
        case Phase.CLEARING:
            parts = [word.value, _clearing(told)]
        case Phase.PAUSED:
            goes_on = (
                f"{sequence_phrases.running(told)} still runs"
                if len(told.running) == 1
                else sequence_phrases.running(told)
            )
            parts = [f"paused by {_name(told.paused_by, people)}", goes_on if told.running else _between(told)]
        case _:
            parts = [word.value, sequence_phrases.running(told) if told.running else _between(told)]
    if told.queued and told.phase in (Phase.RUNNING, Phase.PAUSED):
        parts.append(f"{told.queued:,} queued")
    if told.skipped_days:
        parts.append(f"{words.days(told.skipped_days)} skipped")
    if told.marked:
        parts.append(f"{len(told.marked):,} marked")
    return ", ".join(parts)


def sequence(standing: SequenceStanding, people: People) -> list[str]:
    """Who has begun it, when and why; what it does; and its marked windows: a sentence or two each."""
    who, when = _name(standing.started_by, people), words.plain_when(standing.started_at)
    told = standing.progress
    if told is None:
        begun = f"A sequence runs its windows, begun by {who} at {when}: {words.sentence(standing.reason)}"
        return [begun, "Its driver does not answer, so how far it is is not known; windows go on by themselves."]
    begun = f"A sequence runs its windows, begun by {who} at {when} ({told.spec.asked}): "
    lines = [begun + words.sentence(standing.reason), f"{_does(told, people)} {_windows(told)}"]
    if told.troubled:
        lines.append(f"Marked: {_marked(told)}.")
    return lines


def _clearing(told: SequenceProgress) -> str:
    ending = f"{words.plural(len(told.spec.clear), 'workflow')} to be closed first"
    return f"{ending}, then {words.plural(told.total, 'window')}" if told.total else ending


def _between(told: SequenceProgress) -> str:
    return f"{told.closed:,} of {words.plural(told.total, 'window')} done"


def _does(told: SequenceProgress, people: People) -> str:
    match told.phase:
        case Phase.CLEARING:
            return f"It is cancelling {words.plural(len(told.spec.clear), 'workflow')} first."
        case Phase.RUNNING:
            return "It is running."
        case Phase.PAUSED:
            return f"It is paused by {_name(told.paused_by, people)}: no window starts before resume."
        case Phase.STOPPING:
            return "It is being cancelled: no window starts any more."
        case Phase.ENDED:
            return "It is over."


def _windows(told: SequenceProgress) -> str:
    """``2 of 11 windows done, 1 runs, 8 queued (36 days, up to 5 days each).``"""
    parts = [_between(told)]
    if told.running:
        parts.append(f"{len(told.running):,} {'runs' if len(told.running) == 1 else 'run'}")
    if told.queued:
        parts.append(f"{told.queued:,} queued ({words.days(told.queued_days)}, up to {words.days(told.size)} each)")
    return f"{', '.join(parts)}."


def _marked(told: SequenceProgress) -> str:
    shown = [_mark(one, told) for one in told.troubled[:MARKED_SHOWN]]
    rest = len(told.troubled) - MARKED_SHOWN
    return "; ".join(shown) + (f" and {rest:,} more" if rest > 0 else "")


def _mark(one: EndedWindow, told: SequenceProgress) -> str:
    note = kit.clip(" ".join(one.note.split()), LONGEST_NOTE)
    return sequence_phrases.mark(one, told.spec) + (f" ({note})" if note else "")


def _name(user_id: str, people: People) -> str:
    """The name; the id where nobody knows one, and ``somebody`` where not even that is known."""
    return words.name(people.get(user_id, user_id)) or "somebody"
