"""Draws the lines in a sequence's thread. Each line is a message that says what happened, and what happens next."""

from slack_sdk.models.blocks import InteractiveElement

from bot.actions import ActionId
from bot.blocks import (
    buttons,
    doubts,
    instructions,
    kit,
    sequence_phrases,
    window_count,
    words,
)
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.notifications import sequence as notifications
from bot.fleet.sequence import state
from bot.message import Message
from bot.model import JoinedWindows, OnStuck, SequenceEnd, SequenceSpec, WindowEnd, duration_text

LONGEST_WHY = 300
_NEEDS_RERUN = (WindowEnd.DIFFERS, WindowEnd.IN_DOUBT, WindowEnd.FAILED)


def begun(line: notifications.BegunLine) -> Message:
    """The sequence has begun: who asked for it and why, and what it will do, step by step."""
    spec = line.spec
    request = _person_line(spec, spec.started_by, f"asked to {spec.asked}: {words.sentence(spec.reason)}")
    return _message(request.then(" ".join(_steps(spec, line.windows - len(state.adoptable(spec))))))


def cleared(line: notifications.ClearedLine) -> Message:
    """The workflows that the sequence had to cancel first are closed."""
    closed = f"{words.plural(line.closed, 'old workflow')} {words.be(line.closed)} closed"
    completed = f"; {line.completed:,} of them completed after all, and those days are not run again"
    sentences = [f"{closed}{completed if line.completed else ''}."]
    if line.waits:
        then = "The sequence ends" if line.is_all else "The first window starts"
        wait = duration_text(line.waits)
        sentences.append(f"{then} in {wait} (grace period for late writes).")
    return _line(line.spec, " ".join(sentences))


def still_open(line: notifications.StillOpenLine) -> Message:
    """A workflow is still running long after its cancellation was requested."""
    spec = line.spec
    of_days = f"the workflow of {sequence_phrases.range_in(line.window, spec)}" if line.window else ""
    waited, own = duration_text(line.waited), words.name(line.ref.workflow_id)
    if line.is_below:
        above = words.name(of_days) if of_days else "a workflow that has ended"
        state = f"{own}, below {above}, is still open {waited} after that was asked to end."
    else:
        state = f"{words.name(of_days) if of_days else own} was asked to end {waited} ago, and is still open."
    text = (
        f"on {spec.cluster}: {state} Nothing else runs its days until it is closed. "
        "Terminate ends it at once; rows not yet written are lost."
    )
    actions = [] if line.overtaken else buttons.for_target(_target(spec), ActionId.TERMINATE, campaign=spec.campaign)
    return _broadcast_line(spec, text, actions)


def waiting(line: notifications.WaitingLine) -> Message:
    """A window has to wait until it is known whether somebody else has run its days."""
    spec = line.spec
    days, why = sequence_phrases.range_in(line.window, spec), words.sentence(line.why, LONGEST_WHY)
    asks = f"The sequence tries again at least every {duration_text(line.every)}, and runs no day twice."
    return _line(spec, f"window {days} has not started: {why} {asks}")


def window(line: notifications.WindowLine) -> Message:
    """A window has ended: how it ended, its row counts, and what follows for the size of the next windows."""
    spec, ended = line.spec, line.ended
    label = f"window {line.closed:,} of {line.total:,} ({sequence_phrases.range_in(ended.window, spec)})"
    count, sentences = line.count, [f"{label} {_outcome(line)}"]
    if line.joined and line.joined.windows > 1:
        count, sentences = line.joined.count, [_joined(line.joined, line)]
    if count is not None:
        sentences.append(window_count.count_text(count))
    if line.closed < line.total:
        sentences += [*_size_change(line), *_remaining(line)]
    is_offered = ended.end in _NEEDS_RERUN and not line.overtaken
    actions = buttons.rerun(_target(spec), ended.window, campaign=spec.campaign) if is_offered else []
    return _line(spec, " ".join(sentences), actions)


def cut(line: notifications.CutLine) -> Message:
    """A window was too large for one run. That run is closed, and the two halves of the window run instead."""
    spec, ended = line.spec, line.ended
    label = f"window {sequence_phrases.range_in(ended.window, spec)}"
    if line.timeouts >= spec.split_after:
        why = f"timed out on heartbeat {words.plural(line.timeouts, 'time')}. It is closed"
    else:
        why = f"failed after {duration_text(ended.took)}{_reason_suffix(ended.note)} It is closed"
    halves = words.joined([sequence_phrases.range_in(half, spec) for half in line.halves])
    later = f"the windows after them begin with {words.days(line.size_after)}"
    return _line(spec, f"{label} {why} and run again as {halves}; {later}.")


def instructed(line: notifications.InstructedLine) -> Message:
    """Somebody has given the sequence an instruction."""
    instruction = line.instruction
    phrase = instructions.past_phrase(instruction, sequence_phrases.whole(line.spec))
    consequence = instructions.consequence(instruction, terminates=instruction.terminates)
    return _message(
        _person_line(line.spec, instruction.by, f"{phrase}: {words.sentence(instruction.reason)} {consequence}")
    )


def end(line: notifications.SequenceEndLine) -> Message:
    """The sequence has ended: how it ended, and what a person can do about the days that are left."""
    progress, spec = line.progress, line.progress.spec
    text = f"{sequence_phrases.ended(progress)}. It took {duration_text(line.took)}."
    if progress.troubled:
        text += f" Not complete: {sequence_phrases.marked(progress)}."
    name = f"{typed(words.name(str(_target(spec))))}{words.in_campaign(line.campaign)}"
    retry = f"{SLASH} retry {name} runs what is missing."
    if progress.end is SequenceEnd.IN_DOUBT:
        verify = f"{SLASH} verify {name} counts again; days whose counts match are complete."
        return _broadcast_line(spec, f"on {spec.cluster}: {text} {verify}")
    if progress.end in (SequenceEnd.STOPPED, SequenceEnd.INCOMPLETE):
        return _broadcast_line(spec, f"on {spec.cluster}: {text} {retry}")
    has_missing_days = progress.end is SequenceEnd.CANCELLED and sequence_phrases.missing_days(progress)
    return _line(spec, f"{text} {retry}" if has_missing_days else text)


def _steps(spec: SequenceSpec, windows: int) -> list[str]:
    """A sentence for each step to come, in order."""
    sentences: list[str] = []
    if spec.clear:
        number = words.plural(len(spec.clear), "old workflow")
        sentences.append(f"Cancelling {number} first.")
    if followed := len(state.adoptable(spec)):
        sentences.append(
            f"{words.plural(followed, 'window')} that already {_run_or_runs(followed)} will be followed."
        )
    if windows:
        pace = "one after the other" if spec.parallel == 1 else f"{spec.parallel:,} at a time"
        size = words.days(spec.sizes.days)
        days = words.days(sum(days.days for days in spec.days))
        then = "Then " if sentences else ""
        sentences.append(
            f"{then}{words.plural(windows, 'window')} of up to {size} {_run_or_runs(windows)} {pace}, {days} in all."
        )
    return sentences


def _joined(joined: JoinedWindows, line: notifications.WindowLine) -> str:
    """``windows 4 to 9 of 51 (Jan 4–9) complete in 20 s to 24 s each.``"""
    first, days = line.closed - joined.windows + 1, sequence_phrases.range_in(joined.days, line.spec)
    shortest, longest = duration_text(joined.shortest), duration_text(joined.longest)
    took = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"windows {first:,} to {line.closed:,} of {line.total:,} ({days}) complete in {took} each."


def _outcome(line: notifications.WindowLine) -> str:
    """The end of the sentence that begins with "window 3 of 11"."""
    ended = line.ended
    took = duration_text(ended.took)
    differs = _difference(line) if ended.end is WindowEnd.DIFFERS else ""
    if ended.is_found and ended.ref:
        return f"is not run: {words.name(ended.ref.workflow_id)} has completed these days meanwhile{differs}."
    match ended.end:
        case WindowEnd.COMPLETE | WindowEnd.DIFFERS:
            return f"complete in {took}{differs}."
        case WindowEnd.IN_DOUBT:
            why = doubts.reason(ended.doubt) if ended.doubt else "completed"
            return f"in doubt {doubts.MARK} after {took}: it {why}, and no count proves its days."
        case WindowEnd.SKIPPED:
            return "skipped."
        case WindowEnd.CANCELLED:
            return f"cancelled after {took}{_reason_suffix(ended.note)}"
        case _:
            return f"failed after {took}{_reason_suffix(ended.note)}"


def _difference(line: notifications.WindowLine) -> str:
    is_of_contents = line.count is not None and line.count.only_contents_differ
    return ", but its contents differ" if is_of_contents else ", but its count differs"


def _reason_suffix(note: str) -> str:
    return f": {words.sentence(note, LONGEST_WHY)}" if note.strip() else "."


def _size_change(line: notifications.WindowLine) -> list[str]:
    """Why the next windows are longer or shorter."""
    before, after = line.size_before, line.size_after
    if before == after:
        return []
    took, target = duration_text(line.ended.took), duration_text(line.spec.sizes.target)
    return [f"It took {took}, the target is {target}: the next windows have {words.days(after)}, not {before:,}."]


def _remaining(line: notifications.WindowLine) -> list[str]:
    left = line.total - line.closed
    is_given_up = line.ended.end in (WindowEnd.IN_DOUBT, WindowEnd.FAILED, WindowEnd.CANCELLED)
    stops = is_given_up and line.spec.on_stuck is OnStuck.STOP
    return [f"{'No new window starts; ' if stops else ''}{left:,} of {line.total:,} left."]


def _person_line(spec: SequenceSpec, user_id: str, action: str) -> Line:
    return Line.of(f"{words.name(spec.customer)}:").then(Line.who(user_id)).then(action)


def _line(spec: SequenceSpec, text: str, actions: list[InteractiveElement] | None = None) -> Message:
    return _message(Line.of(f"{words.name(spec.customer)}: {text}"), actions)


def _broadcast_line(spec: SequenceSpec, text: str, actions: list[InteractiveElement] | None = None) -> Message:
    """A line that may also be shown in the channel. There it has to name its cluster, because nothing above it
    does."""
    return _message(Line.of(f"{words.name(spec.customer)} {text}"), actions)


def _message(text: Line, actions: list[InteractiveElement] | None = None) -> Message:
    return kit.message(text.plain, [kit.section(text.mrkdwn), *buttons.row(actions or [])])


def _target(spec: SequenceSpec) -> Target:
    return Target(spec.cluster, spec.customer)


def _run_or_runs(number: int) -> str:
    return "runs" if number == 1 else "run"
