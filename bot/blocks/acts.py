"""Says what a proposal would do and what came of it: summed up over all its acts, and act by act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import (
    instructions,
    kit,
    sequence_phrases,
    windows,
    words,
)
from bot.blocks.lines import Line
from bot.fleet.proposals.proposal import Act, BeginSequence, Done, Instruct, TerminateRun
from bot.fleet.runs.run import Run
from bot.model import Order, Window

LONGEST_WHY = 200
RUNS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class _Deed:
    """One thing an act does: what, to how many of which kind, and ``exactly``, where nothing is to be counted up."""

    verb: str
    noun: str
    number: int
    exactly: str


def summed(acts: Sequence[Act]) -> str:
    """``cancel 1 workflow and start 11 windows of 5 days``: what is done for one customer."""
    deeds = _by_kind(acts)
    phrases = [same[0].exactly if len(same) == 1 else _count(same) for same in deeds.values()]
    return words.joined(phrases) or "do nothing"


def counted(acts: Sequence[Act]) -> str:
    """``cancel 2 sequences and 10 workflows``: what is done for many customers."""
    verbs: dict[str, list[str]] = {}
    for (verb, noun), same in _by_kind(acts).items():
        verbs.setdefault(verb, []).append(words.plural(sum(deed.number for deed in same), noun))
    return words.joined([f"{verb} {words.joined(things)}" for verb, things in verbs.items()]) or "do nothing"


def details(act: Act, whole: Window | None) -> list[Line]:
    """What a person should know of it before confirming; ``whole`` is the range that is planned for, if any is."""
    match act:
        case BeginSequence():
            followed = [held.window for held in act.spec.adopt if held.window]
            ranges = words.joined([sequence_phrases.range_in(window, act.spec) for window in followed])
            adopted = [Line.of(f"Followed, not started again: {ranges}.")] if ranges else []
            return [*(_stopped("To be cancelled", run, whole) for run in act.cancels), *adopted]
        case Instruct():
            does = instructions.to_do(act.instruction, _whole(act))
            return [_sequence(act), Line.of(f"{does[:1].upper()}{does[1:]}.")]
        case TerminateRun():
            return [_stopped("To be terminated", act.run, whole)]


def follows(acts: Sequence[Act]) -> list[Line]:
    """What that means for what runs and what is to come."""
    orders = [act.instruction for act in acts if isinstance(act, Instruct)]
    # What could not be terminated after all was asked to end, by the same order.
    terminates = any(isinstance(act, TerminateRun) for act in acts)
    return [Line.of(instructions.follows(told, terminates=terminates)) for told in orders]


def short(acts: Sequence[Act]) -> Line:
    """A customer's acts as one line: what, and how that stands which it is done to."""
    runs = [run for act in acts for run in _runs(act)]
    sequences = [_state(act) for act in acts if isinstance(act, Instruct)]
    return _of(acts[0].customer, "; ".join([summed(acts), *sequences[:1], *map(_health, runs[:RUNS_SHOWN])]))


def outcome(done: Done, acts: Sequence[Act]) -> Line:
    """What came of one act; ``acts`` are all that were carried out with it."""
    told = f"NOT done: {words.sentence(done.problem)}" if done.problem else _done(done.act)
    own = [act for act in acts if act.customer == done.act.customer]
    after = follows(own)[:1] if isinstance(done.act, Instruct) and not done.problem else []
    return _of(done.act.customer, " ".join([told, *(line.plain for line in after)]))


def goes_on(act: Act) -> bool:
    """Whether there is more to come when it has been carried out."""
    return isinstance(act, BeginSequence) or (isinstance(act, Instruct) and act.instruction.order is Order.STOP)


def has_thread(act: Act) -> bool:
    """Whether a thread tells what becomes of it."""
    return isinstance(act, (BeginSequence, Instruct))


def _by_kind(acts: Sequence[Act]) -> dict[tuple[str, str], list[_Deed]]:
    """In the order in which they come first."""
    kinds: dict[tuple[str, str], list[_Deed]] = {}
    for deed in (deed for act in acts for deed in _deeds(act)):
        kinds.setdefault((deed.verb, deed.noun), []).append(deed)
    return kinds


def _count(same: Sequence[_Deed]) -> str:
    return f"{same[0].verb} {words.plural(sum(deed.number for deed in same), same[0].noun)}"


def _deeds(act: Act) -> Iterator[_Deed]:
    match act:
        case BeginSequence(spec=spec):
            if number := len(spec.clear):
                yield _Deed("cancel", "workflow", number, f"cancel {words.plural(number, 'workflow')}")
            if number := len(spec.adopt):
                already = "that runs already" if number == 1 else "that run already"
                yield _Deed("follow", "window", number, f"follow {words.plural(number, 'window')} {already}")
            if asked := sequence_phrases.asked_for(spec):
                yield _Deed("start", "window", len(asked), f"start {windows.count(asked)}")
        case Instruct(instruction=told):
            yield _Deed(*instructions.counted(told.order), 1, instructions.to_do(told, _whole(act)))
        case TerminateRun():
            yield _Deed("terminate", "workflow", 1, "terminate 1 workflow")


def _done(act: Act) -> str:
    match act:
        case BeginSequence(spec=spec):
            asked, clear, adopt = sequence_phrases.asked_for(spec), len(spec.clear), len(spec.adopt)
            be = "is" if clear == 1 else "are"
            first = [f"{words.plural(clear, 'workflow')} {be} cancelling until Temporal says closed"] if clear else []
            then = [f"{windows.count(asked)} {'runs' if len(asked) == 1 else 'run'}"] if asked else []
            followed = f"{words.plural(adopt, 'window')} that ran already {'is' if adopt == 1 else 'are'} followed"
            adopted = [followed] if adopt else []
            return f"{', then '.join([*first, *adopted, *then]) or 'its sequence has begun'}."
        case Instruct():
            return f"{instructions.done(act.instruction, _whole(act))}."
        case TerminateRun():
            return f"{_workflow(act.run)} was terminated."


def _workflow(run: Run) -> str:
    """Which one, by its days where these are known."""
    window = run.window
    which = f"over {words.long_range(window)}," if window else words.name(run.execution.ref.workflow_id)
    return f"the workflow {which}"


def _of(customer: str, told: str) -> Line:
    name = words.name(customer)
    return Line(f"{name}: {told}", f"*{kit.escape(name)}*: {kit.escape(told)}")


def _stopped(how: str, run: Run, whole: Window | None) -> Line:
    """A run that is to end, with its health, and where to look at it."""
    what = "days not recognised"
    if run.window:
        is_full = whole is not None and run.window.contains(whole)
        what = "full range" if is_full else f"{run.window.start} → {run.window.end}"
    started, workflow = run.execution.started_at, words.name(run.execution.ref.workflow_id)
    told = Line.of(f"{how}: {what}, {_health(run)}, running since")
    since = Line(words.plain_when(started), words.when(started))
    link = f" {kit.link(run.link, 'Temporal')}" if 0 < len(run.link) <= kit.MAX_URL else ""
    named = Line(f"({workflow}).", f"({kit.escape(workflow)}).{link}")
    return told.then(since).then(named)


def _health(run: Run) -> str:
    """``attempt 3, struggling``."""
    asked = ", cancel requested already" if run.cancel_requested else ""
    if run.health is None:
        return f"health not known{asked}"
    why = f" ({kit.clip(run.health.why, LONGEST_WHY)})" if run.health.why else ""
    return f"attempt {run.health.attempt}, {run.health.health.value}{why}{asked}"


def _sequence(act: Instruct) -> Line:
    """How the sequence stands, who began it, when and why."""
    standing = act.standing
    begun = Line.of("Begun by").then(Line.who(standing.started_by))
    at = Line(words.plain_when(standing.started_at), words.when(standing.started_at))
    state = Line.of(f"Its sequence: {_state(act)}.")
    return state.then(begun).then(at).then(f": {words.sentence(standing.reason, LONGEST_WHY)}", between="")


def _state(act: Instruct) -> str:
    known = act.standing.progress
    return sequence_phrases.state(known) if known else "did not say how it stands"


def _whole(act: Instruct) -> Window | None:
    known = act.standing.progress
    return sequence_phrases.whole(known.spec) if known else None


def _runs(act: Act) -> tuple[Run, ...]:
    match act:
        case BeginSequence():
            return act.cancels
        case TerminateRun():
            return (act.run,)
        case _:
            return ()
