"""The acts of a proposal in words: what they would do and what they have done, in summary and one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import (
    activity_acts,
    audit_wording,
    campaign_change,
    children,
    health,
    instructions,
    kit,
    queue_change,
    sequence_phrases,
    windows,
    words,
)
from bot.blocks.lines import Line
from bot.fleet.proposals.activity_acts import ActivityAct
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.proposal import (
    Act,
    BeginSequence,
    ChangeQueue,
    Done,
    Instruct,
    TerminateRun,
)
from bot.fleet.runs.run import Run
from bot.model import Order, Window

LONGEST_WHY = 200
RUNS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that an act does. Steps with the same verb and noun are added up. If no other step shares
    them, ``customer_summary`` draws the ``exact_phrase`` instead. If ``noun`` is "", no number is drawn."""

    verb: str
    noun: str
    number: int
    exact_phrase: str


def customer_summary(acts: Sequence[Act]) -> str:
    """The acts for one customer: ``cancel 1 workflow and start 11 windows of 5 days``."""
    groups = _grouped(acts)
    phrases = [steps[0].exact_phrase if len(steps) == 1 else _total(steps) for steps in groups.values()]
    return words.joined(phrases) or "do nothing"


def cluster_summary(acts: Sequence[Act]) -> str:
    """The acts for many customers: ``cancel 2 sequences and 10 workflows``."""
    verbs: dict[str, list[str]] = {}
    for (verb, noun), steps in _grouped(acts).items():
        objects = verbs.setdefault(verb, [])
        objects += [words.plural(sum(step.number for step in steps), noun)] if noun else []
    phrases = [f"{verb} {words.joined(objects)}".strip() for verb, objects in verbs.items()]
    return words.joined(phrases) or "do nothing"


def details(act: Act, whole: Window | None) -> list[Line]:
    """The facts to know before confirming the act. ``whole`` is the range of the plan; None if there is no plan."""
    match act:
        case BeginSequence():
            followed = [held.window for held in act.spec.adopt if held.window]
            ranges = words.joined([sequence_phrases.range_in(window, act.spec) for window in followed])
            adopted = [Line.of(f"Followed, not started again: {ranges}.")] if ranges else []
            return [*(_ending_run("To be cancelled", run, whole) for run in act.cancels), *adopted]
        case Instruct():
            action = instructions.intent_phrase(act.instruction, _sequence_range(act))
            return [_sequence_line(act), Line.of(f"{action[:1].upper()}{action[1:]}.")]
        case TerminateRun():
            return [_ending_run("To be terminated", act.run, whole)]
        case ActivityAct():
            return [Line.of(activity_acts.details(act))]
        case ChangeQueue():
            return [queue_change.details(act)]
        case ChangeCampaign():
            return [Line.of(campaign_change.details(act))]


def consequences(acts: Sequence[Act]) -> list[Line]:
    """What the instructions mean for the windows that are running and for those to come."""
    # In an outcome, ``acts`` has no failed acts. If terminating a run failed, the run was only cancelled.
    terminates = any(isinstance(act, TerminateRun) for act in acts)
    return [
        Line.of(instructions.consequence(act.instruction, terminates=terminates))
        for act in acts
        if isinstance(act, Instruct)
    ]


def summary_line(acts: Sequence[Act]) -> Line:
    """A customer's acts as one line, with the state of the sequence and the health of the first runs concerned."""
    runs = [run for act in acts for run in _runs(act)]
    sequences = [_sequence_state(act) for act in acts if isinstance(act, Instruct)]
    return _customer_line(
        acts[0].customer, "; ".join([customer_summary(acts), *sequences[:1], *map(_run_health, runs[:RUNS_SHOWN])])
    )


def outcome(done: Done, acts: Sequence[Act]) -> Line:
    """One line: what the act did and what follows for the customer, or why the act failed. ``acts`` are all acts of
    the same confirmation that have succeeded."""
    why = words.sentence(audit_wording.problem(done.problem)) if done.problem else ""
    result = f"Not done: {why}" if why else _done_text(done.act)
    customer_acts = [act for act in acts if act.customer == done.act.customer]
    consequence_lines = consequences(customer_acts)[:1] if isinstance(done.act, Instruct) and not done.problem else []
    return _customer_line(done.act.customer, " ".join([result, *(line.plain for line in consequence_lines)]))


def continues(act: Act) -> bool:
    """Whether work goes on after the act itself is done."""
    return isinstance(act, BeginSequence) or (isinstance(act, Instruct) and act.instruction.order is Order.STOP)


def reports_in_thread(act: Act) -> bool:
    """Whether messages in a thread report what happens after the act."""
    return isinstance(act, (BeginSequence, Instruct))


def _grouped(acts: Sequence[Act]) -> dict[tuple[str, str], list[_Step]]:
    """The steps grouped by verb and noun, in the order in which these first appear."""
    groups: dict[tuple[str, str], list[_Step]] = {}
    for step in (step for act in acts for step in _steps(act)):
        groups.setdefault((step.verb, step.noun), []).append(step)
    return groups


def _total(steps: Sequence[_Step]) -> str:
    return f"{steps[0].verb} {words.plural(sum(step.number for step in steps), steps[0].noun)}"


def _steps(act: Act) -> Iterator[_Step]:
    match act:
        case BeginSequence(spec=spec):
            if number := len(spec.clear):
                yield _Step("cancel", "workflow", number, f"cancel {words.plural(number, 'workflow')}")
            if number := len(spec.adopt):
                already = "that runs already" if number == 1 else "that run already"
                yield _Step("follow", "window", number, f"follow {words.plural(number, 'window')} {already}")
            if to_start := sequence_phrases.initial_windows(spec):
                yield _Step("start", "window", len(to_start), f"start {windows.count(to_start)}")
        case Instruct(instruction=instruction):
            yield _Step(
                *instructions.verb_and_noun(instruction.order),
                1,
                instructions.intent_phrase(instruction, _sequence_range(act)),
            )
        case TerminateRun():
            yield _Step("terminate", "workflow", 1, "terminate 1 workflow")
        case ActivityAct():
            yield _Step(*activity_acts.verb_and_noun(act), 1, activity_acts.phrase(act))
        case ChangeQueue():
            number = 1 if act.customer else len(act.queued or ())
            yield _Step(*queue_change.verb_and_noun(act), number, queue_change.phrase(act))
        case ChangeCampaign():
            yield _Step(act.action.value, "campaign", 1, campaign_change.phrase(act))


def _done_text(act: Act) -> str:  # noqa: PLR0911  (one line a kind)
    match act:
        case BeginSequence(spec=spec) if spec.batch:
            return f"queued, {windows.count(sequence_phrases.initial_windows(spec))} when it is its turn."
        case BeginSequence(spec=spec):
            to_start, clear, adopt = sequence_phrases.initial_windows(spec), len(spec.clear), len(spec.adopt)
            first = [f"{words.plural(clear, 'old workflow')} {words.be(clear)} being cancelled"] if clear else []
            adopted = [f"{words.plural(adopt, 'running window')} {words.be(adopt)} followed"] if adopt else []
            then = [f"{windows.count(to_start)} {'runs' if len(to_start) == 1 else 'run'}"] if to_start else []
            return f"{', then '.join([*first, *adopted, *then]) or 'its sequence has begun'}."
        case Instruct():
            return f"{instructions.outcome_phrase(act.instruction, _sequence_range(act))}."
        case TerminateRun():
            return f"{_workflow(act.run)} was terminated."
        case ActivityAct():
            return activity_acts.result(act)
        case ChangeQueue():
            return queue_change.result(act)
        case ChangeCampaign():
            return campaign_change.result(act)


def _workflow(run: Run) -> str:
    """The workflow named by its days, or by its id if the days are not known."""
    if run.window:
        return f"the workflow over {words.long_range(run.window, run.started_at)}"
    return f"the workflow {words.name(run.execution.ref.workflow_id)}"


def _customer_line(customer: str, text: str) -> Line:
    """The customer's name in bold, or "Queue" if there is no customer; then the text."""
    name = words.name(customer) if customer else "Queue"
    return Line(f"{name}: {text}", f"*{kit.escape(name)}*: {kit.escape(text)}")


def _ending_run(lead: str, run: Run, whole: Window | None) -> Line:
    """A run that the act would end, with its health and a link."""
    days = "days not recognised"
    if run.window:
        is_full = whole is not None and run.window.contains(whole)
        days = "full range" if is_full else words.short_range(run.window)
    started, workflow = run.started_at, words.name(run.execution.ref.workflow_id)
    text = Line.of(f"{lead}: {days}, {_run_health(run)}, running since")
    since = Line(words.plain_when(started), words.when(started))
    link = f" {kit.link(run.link, 'Temporal')}" if 0 < len(run.link) <= kit.MAX_URL else ""
    workflow_line = Line(f"({workflow}).", f"({kit.escape(workflow)}).{link}")
    return text.then(since).then(workflow_line)


def _run_health(run: Run) -> str:
    """``attempt 3, struggling``, with the reason and whether a cancel was requested."""
    cancelling = ", cancel requested already" if run.cancel_requested else ""
    if run.health is None:
        return f"health not known{cancelling}"
    why = f" ({health.in_line(run.health)})" if run.health.reasons else ""
    attempt = f"attempt {run.health.attempt}{children.of_child(run.health.child)}"
    return f"{attempt}, {run.health.health.value}{why}{cancelling}"


def _sequence_line(act: Instruct) -> Line:
    """The state of the sequence; and who began it, when and why."""
    standing = act.standing
    begun = Line.of("Begun by").then(Line.who(standing.started_by))
    begun_at = Line(words.plain_when(standing.started_at), words.when(standing.started_at))
    state = Line.of(f"Its sequence: {_sequence_state(act)}.")
    return state.then(begun).then(begun_at).then(f": {words.sentence(standing.reason, LONGEST_WHY)}", separator="")


def _sequence_state(act: Instruct) -> str:
    progress = act.standing.progress
    return sequence_phrases.state(progress) if progress else "did not say how it stands"


def _sequence_range(act: Instruct) -> Window | None:
    progress = act.standing.progress
    return sequence_phrases.whole(progress.spec) if progress else None


def _runs(act: Act) -> tuple[Run, ...]:
    match act:
        case BeginSequence():
            return act.cancels
        case TerminateRun():
            return (act.run,)
        case _:
            return ()
