"""``run``, and ``retry`` where no sequence is open: the windows that are asked for, or one window of all days."""

from dataclasses import dataclass, replace

from bot.commands import ControlRequest, Selection
from bot.errors import UsageError
from bot.fleet.planning.plan import Plan
from bot.fleet.planning.planner import PlanInputs, draw_up
from bot.fleet.proposals.context import ProposalContext, StartContext
from bot.fleet.proposals.preconditions import first_of_its_type, no_workers, nothing_to_run
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.sentences import in_the_way, line, of_run
from bot.fleet.proposals.sequence_spec import sequence_of
from bot.fleet.runs.run import Run
from bot.model import Window
from bot.model.text import plural


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be run: days within ``whole``, in windows of ``days`` if they said so."""

    whole: Window
    which: Selection
    days: int | None = None


def propose_run(command: ControlRequest, asked: Asked, ground: StartContext) -> Proposal:
    """A sequence of windows. What runs is followed first; what is being cancelled is waited for, and run again."""
    situation = ground.situation
    if situation.sequence:
        raise in_the_way(command, situation)
    spanning = next(filter(situation.spans_campaign, situation.open), None)
    if spanning:
        raise _whole_range_runs(command, spanning, situation)
    ending = tuple(run for run in situation.open if run.cancel_requested and _is_in(run, asked.whole))
    facts = _without(ground.facts, ending)
    plan = draw_up(facts, asked.whole, asked.days, situation.terms.rules, asked.which)
    if problem := nothing_to_run(command, plan) or no_workers(ground.workers, situation.target.cluster):
        raise problem
    act = sequence_of(plan, situation, command.word(), ending)
    warnings = (*_waited_for(ending), *first_of_its_type(ground.workers, situation.target.cluster))
    return Proposal(command, situation.target, (act,), plan, warnings)


def propose_whole(command: ControlRequest, asked: Asked, ground: StartContext) -> Proposal:
    """A sequence of one window, all days of the range, also those that are complete: no other sequence begins beside
    it, at whatever moment."""
    situation, whole = ground.situation, asked.whole
    if situation.sequence:
        raise in_the_way(command, situation)
    in_range = next((run for run in situation.open if _is_in(run, whole)), None)
    if in_range:
        raise _runs_there(command, in_range, situation)
    rules = situation.terms.rules
    wanted = draw_up(ground.facts, whole, whole.days, rules, asked.which)
    if problem := nothing_to_run(command, wanted) or no_workers(ground.workers, situation.target.cluster):
        raise problem
    everything = draw_up(ground.facts, whole, whole.days, rules, Selection.ALL)
    again = whole.days - wanted.days_to_run
    warnings = (f"{plural(again, 'day')} of it would be run again.",) if again else ()
    return Proposal(
        command=command,
        target=situation.target,
        acts=(sequence_of(everything, situation, command.word(), ()),),
        plan=everything,
        warnings=(*warnings, *first_of_its_type(ground.workers, situation.target.cluster)),
    )


def plan_without(ground: StartContext, cleared: tuple[Run, ...], days: int | None) -> Plan:
    """The plan for the whole campaign once these runs have ended."""
    terms = ground.situation.terms
    return draw_up(_without(ground.facts, cleared), terms.campaign, days, terms.rules)


def _without(facts: PlanInputs, cleared: tuple[Run, ...]) -> PlanInputs:
    refs = {run.execution.ref for run in cleared}
    customer = facts.target.customer
    kept = [run for run in facts.runs.get(customer, ()) if run.execution.ref not in refs]
    return replace(facts, runs={**facts.runs, customer: kept})


def _is_in(run: Run, whole: Window) -> bool:
    return run.window is not None and run.window.intersection(whole) is not None


def _waited_for(ending: tuple[Run, ...]) -> tuple[str, ...]:
    if not ending:
        return ()
    be = "is" if len(ending) == 1 else "are"
    return (f"{plural(len(ending), 'window')} {be} being cancelled already: waited for first, then run again.",)


def _whole_range_runs(command: ControlRequest, run: Run, situation: ProposalContext) -> UsageError:
    problem = f"A workflow over the whole campaign runs already: {of_run(run, situation)}."
    return UsageError(problem, f"Type {line(command, 'split')} to cancel it and run windows instead.")


def _runs_there(command: ControlRequest, run: Run, situation: ProposalContext) -> UsageError:
    problem = f"Days of it run already: {of_run(run, situation)}."
    if situation.spans_campaign(run):
        return UsageError(problem, f"Type {line(command, 'split')} to cancel it and run windows instead.")
    return UsageError(problem, f"Type {line(command, 'cancel')} first, or {line(command, 'run')} for windows.")
