"""Draws what a sequence tells in its thread, one message a step: what happened, in numbers, and what follows."""

from slack_sdk.models.blocks import InteractiveElement

from bot.actions import ActionId
from bot.blocks import (
    buttons,
    instructions,
    kit,
    sequence_phrases,
    window_count,
    words,
)
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.fleet.name_lookup import Target
from bot.fleet.notifications import sequence as sayings
from bot.fleet.sequence import state
from bot.message import Message
from bot.model import OnStuck, SequenceEnd, SequenceSpec, WindowEnd, duration_text

LONGEST_WHY = 300
_TROUBLED = (WindowEnd.DIFFERS, WindowEnd.FAILED)


def begun(saying: sayings.BegunLine) -> Message:
    """Who wants what and why, and what will happen in which order."""
    spec = saying.spec
    asked = _who(spec, spec.started_by, f"asked to {spec.asked}: {words.sentence(spec.reason)}")
    return _message(asked.then(" ".join(_steps(spec, saying.windows - len(state.adoptable(spec))))))


def cleared(saying: sayings.ClearedLine) -> Message:
    """What was in the way is closed."""
    closed = f"{words.plural(saying.closed, 'workflow')} {_be(saying.closed)} closed, as Temporal says"
    after_all = f"; {saying.completed:,} of them completed after all, and those days are not run again"
    told = [f"{closed}{after_all if saying.completed else ''}."]
    if saying.waits:
        then = "The sequence ends" if saying.is_all else "The first window starts"
        wait = duration_text(saying.waits)
        told.append(f"{then} in {wait}: until then a silent attempt may still be writing.")
    return _line(saying.spec, " ".join(told))


def still_open(saying: sayings.StillOpenLine) -> Message:
    """A cancel that nobody carries out."""
    spec = saying.spec
    what = (
        f"the workflow of {sequence_phrases.range_in(saying.window, spec)}"
        if saying.window
        else saying.ref.workflow_id
    )
    told = (
        f"on {spec.cluster}: {words.name(what)} was asked to end {duration_text(saying.waited)} ago, "
        "and is STILL OPEN. Its days are left alone until it is closed. Terminate ends it without asking it."
    )
    offered = [] if saying.overtaken else buttons.about(_target(spec), ActionId.TERMINATE)
    return _for_all(spec, told, offered)


def window(saying: sayings.WindowLine) -> Message:
    """How a window ended, what was counted of it, and what that means for the next ones."""
    spec, ended = saying.spec, saying.ended
    which = f"window {saying.closed:,} of {saying.total:,} ({sequence_phrases.range_in(ended.window, spec)})"
    told = [f"{which} {_end(saying)}"]
    if saying.count is not None:
        told.append(window_count.told(saying.count))
    if saying.closed < saying.total:
        told += [*_resized(saying), *_goes_on(saying)]
    is_offered = ended.end in _TROUBLED and not saying.overtaken
    offered = buttons.again(_target(spec), ended.window) if is_offered else []
    return _line(spec, " ".join(told), offered)


def cut(saying: sayings.CutLine) -> Message:
    """A window was too much for one run."""
    spec, ended = saying.spec, saying.ended
    which = f"window {sequence_phrases.range_in(ended.window, spec)}"
    if saying.timeouts >= spec.split_after:
        why = f"timed out on heartbeat {words.plural(saying.timeouts, 'time')}. It is closed"
    else:
        why = f"FAILED after {duration_text(ended.took)}{_because(ended.note)} It is closed"
    halves = words.joined([sequence_phrases.range_in(half, spec) for half in saying.halves])
    later = f"the windows after them begin with {words.days(saying.size_after)}"
    return _line(spec, f"{which} {why} and run again as {halves}; {later}.")


def instructed(saying: sayings.InstructedLine) -> Message:
    """Somebody told it something."""
    told = saying.instruction
    did = instructions.did(told, sequence_phrases.whole(saying.spec))
    follows = instructions.follows(told, terminates=told.terminates)
    return _message(_who(saying.spec, told.by, f"{did}: {words.sentence(told.reason)} {follows}"))


def end(saying: sayings.SequenceEndLine) -> Message:
    """It is over, how, and what a person can do about what is left."""
    over, spec = saying.progress, saying.progress.spec
    told = f"{sequence_phrases.ended(over)}. It took {duration_text(saying.took)}."
    if over.troubled:
        told += f" Marked: {sequence_phrases.marked(over)}."
    retry = f"{SLASH} retry {words.name(str(_target(spec)))} runs what is missing."
    if over.end in (SequenceEnd.STOPPED, SequenceEnd.INCOMPLETE):
        return _for_all(spec, f"on {spec.cluster}: {told} {retry}")
    has_missing_days = over.end is SequenceEnd.CANCELLED and sequence_phrases.missing_days(over)
    return _line(spec, f"{told} {retry}" if has_missing_days else told)


def _steps(spec: SequenceSpec, windows: int) -> list[str]:
    """What will happen, in order."""
    told: list[str] = []
    if spec.clear:
        which = words.plural(len(spec.clear), "workflow")
        told.append(f"First {which} {_be(len(spec.clear))} cancelled, and waited for until Temporal says closed.")
    if followed := len(state.adoptable(spec)):
        told.append(f"{words.plural(followed, 'window')} that already {_run(followed)} will be followed.")
    if windows:
        together = "one after the other" if spec.parallel == 1 else f"{spec.parallel:,} at a time"
        size = words.days(spec.sizes.days)
        days = words.days(sum(days.days for days in spec.days))
        then = "Then " if told else ""
        told.append(
            f"{then}{words.plural(windows, 'window')} of up to {size} {_run(windows)} {together}, {days} in all."
        )
    return told


def _end(saying: sayings.WindowLine) -> str:
    ended = saying.ended
    took = duration_text(ended.took)
    if ended.is_found and ended.ref:
        differs = ", but its count DIFFERS" if ended.end is WindowEnd.DIFFERS else ""
        return f"is not run: {words.name(ended.ref.workflow_id)} has completed these days meanwhile{differs}."
    match ended.end:
        case WindowEnd.COMPLETE:
            return f"complete in {took}."
        case WindowEnd.DIFFERS:
            return f"complete in {took}, but its count DIFFERS."
        case WindowEnd.SKIPPED:
            return "skipped."
        case WindowEnd.CANCELLED:
            return f"CANCELLED after {took}{_because(ended.note)}"
        case _:
            return f"FAILED after {took}{_because(ended.note)}"


def _because(note: str) -> str:
    return f": {words.sentence(note, LONGEST_WHY)}" if note.strip() else "."


def _resized(saying: sayings.WindowLine) -> list[str]:
    """Why the next windows are longer or shorter."""
    before, after = saying.size_before, saying.size_after
    if before == after:
        return []
    took, target = duration_text(saying.ended.took), duration_text(saying.spec.sizes.target)
    return [f"It took {took}, the target is {target}: the next windows have {words.days(after)}, not {before:,}."]


def _goes_on(saying: sayings.WindowLine) -> list[str]:
    left = saying.total - saying.closed
    stops = saying.ended.end in (WindowEnd.FAILED, WindowEnd.CANCELLED) and saying.spec.on_stuck is OnStuck.STOP
    return [f"{'No other window starts; ' if stops else ''}{left:,} of {saying.total:,} left."]


def _who(spec: SequenceSpec, user_id: str, did: str) -> Line:
    return Line.of(f"{words.name(spec.customer)}:").then(Line.who(user_id)).then(did)


def _line(spec: SequenceSpec, told: str, offered: list[InteractiveElement] | None = None) -> Message:
    return _message(Line.of(f"{words.name(spec.customer)}: {told}"), offered)


def _for_all(spec: SequenceSpec, told: str, offered: list[InteractiveElement] | None = None) -> Message:
    """What may be shown in the channel as well, where nothing else says which cluster it is about."""
    return _message(Line.of(f"{words.name(spec.customer)} {told}"), offered)


def _message(line: Line, offered: list[InteractiveElement] | None = None) -> Message:
    return kit.message(line.plain, [kit.section(line.mrkdwn), *buttons.row(offered or [])])


def _target(spec: SequenceSpec) -> Target:
    return Target(spec.cluster, spec.customer)


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _run(number: int) -> str:
    return "runs" if number == 1 else "run"
