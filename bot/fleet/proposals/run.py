"""``run``, and ``retry`` without an open sequence: a new sequence of windows, or of one window over all days.

``split`` shares the checks: whether workers poll the task queue, and whether the plan has anything to run.
"""

from dataclasses import dataclass, replace

from bot.commands import ControlRequest, Selection
from bot.fleet.planning.plan import Fate, Plan
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.proposals.context import ProposalContext, StartContext, Workers
from bot.fleet.proposals.going_on import refuse_beside_children
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.sequence_spec import sequence_of
from bot.fleet.proposals.warnings import NeverSeen, RunsAgain, WaitsForCancelled
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.fleet.refusals.runs import (
    CompleteAlready,
    DaysRun,
    NoData,
    NoneFailed,
    NoWorkers,
    RunsAlready,
    WholeRangeRuns,
)
from bot.fleet.refusals.sequences import SecondSequence
from bot.fleet.runs.run import Run
from bot.model import Window


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What the person asked for: which days of ``whole`` to run, and in windows of how many ``days`` (None: no
    choice)."""

    whole: Window
    which: Selection
    days: int | None = None


def propose_run(command: ControlRequest, request: RunRequest, start_context: StartContext) -> Proposal:
    """The proposal of a sequence of windows. It concerns only windows with days of ``request.whole``. The sequence
    first adopts the open windows. It waits for windows that are being cancelled, and runs those of their days that
    the request selects.

    Raises Declined when a sequence or a run over the whole campaign is open, when no worker polls the task queue, and
    when nothing has to be run. Also raises it when a workflow below the customer's runs fills days that are to be
    run, unless that workflow ends with the cancelled windows or is itself a run of the customer.
    """
    context = start_context.context
    if context.sequence:
        raise Declined(second_sequence(command, context))
    spanning = next(filter(context.spans_campaign, context.open), None)
    if spanning:
        raise Declined(WholeRangeRuns(command, context.facts_of(spanning)))
    ending = tuple(run for run in context.open if run.cancel_requested and _is_in(run, request.whole))
    facts = _without(start_context.facts, ending)
    plan = make_plan(facts, request.whole, request.days, context.terms.rules, request.which)
    plan = replace(plan, at_once=context.terms.parallel)
    _require_something(command, plan, start_context.workers)
    refuse_beside_children(context, ending, [planned.window for planned in plan.to_run])
    act = sequence_of(plan, context, command.word(), ending)
    first = first_of_its_type(start_context.workers, context.target.cluster)
    return Proposal(command, context.target, (act,), plan, warnings=(*_waited_for(ending), *first))


def propose_one_window(command: ControlRequest, request: RunRequest, start_context: StartContext) -> Proposal:
    """The proposal of a sequence of one window over all days of the range, complete days included.

    It is a sequence and not a bare run, so that no other sequence can begin beside it. Raises Declined when a
    sequence is open, when a run of the customer or a workflow below its runs fills days of the range, when no worker
    polls the task queue, and when nothing has to be run.
    """
    context, whole = start_context.context, request.whole
    if context.sequence:
        raise Declined(second_sequence(command, context))
    in_range = next((run for run in context.open if _is_in(run, whole)), None)
    if in_range:
        raise Declined(DaysRun(command, context.facts_of(in_range)))
    rules = context.terms.rules
    requested = make_plan(start_context.facts, whole, whole.days, rules, request.which)
    _require_something(command, requested, start_context.workers)
    refuse_beside_children(context, (), [whole])
    everything = make_plan(start_context.facts, whole, whole.days, rules, Selection.ALL)
    again = whole.days - requested.days_to_run
    warnings = (RunsAgain(again),) if again else ()
    return Proposal(
        command=command,
        target=context.target,
        acts=(sequence_of(everything, context, command.word(), ()),),
        plan=everything,
        warnings=(*warnings, *first_of_its_type(start_context.workers, context.target.cluster)),
    )


def plan_without(start_context: StartContext, cleared: tuple[Run, ...], days: int | None) -> Plan:
    """The plan for the whole campaign once these runs have ended."""
    terms = start_context.context.terms
    plan = make_plan(_without(start_context.facts, cleared), terms.campaign, days, terms.rules)
    return replace(plan, at_once=terms.parallel)


def second_sequence(command: ControlRequest, context: ProposalContext) -> SecondSequence:
    """The refusal of a second sequence. Raises ValueError when none is open."""
    return SecondSequence(command, context.open_sequence, context.is_ending)


def no_workers(workers: Workers, cluster: str) -> NoWorkers | None:
    """The refusal when no worker polls the task queue for workflow tasks; None when one does."""
    workflow = workers.workflow
    return None if workers.pollers else NoWorkers(workflow.task_queue, workflow.types[0], cluster)


def first_of_its_type(workers: Workers, cluster: str) -> tuple[NeverSeen, ...]:
    """A warning when the cluster has never run the configured workflow type, because its name may be wrong."""
    return () if workers.was_seen else (NeverSeen(workers.workflow.types[0], cluster),)


def nothing_to_run(command: ControlRequest, plan: Plan) -> NoData | CompleteAlready | NoneFailed | RunsAlready | None:
    """The refusal when a plan has nothing to run; None when it has something."""
    customer = plan.target.customer
    if plan.rows == 0:
        return NoData(customer, plan.whole)
    if plan.to_run:
        return None
    fates = {planned.fate for planned in plan.windows}
    if fates == {Fate.COMPLETE}:
        return CompleteAlready(command, customer, plan.whole)
    if Fate.NOT_ASKED in fates:
        return NoneFailed(command, customer, plan.whole)
    return RunsAlready(command, customer)


def _require_something(command: ControlRequest, plan: Plan, workers: Workers) -> None:
    """Raise Declined if the plan has nothing to run, or if no worker would run it."""
    if nothing := nothing_to_run(command, plan):
        raise Declined(nothing)
    if waits := no_workers(workers, plan.target.cluster):
        raise ActionBlocked(waits)


def _without(facts: PlanInputs, cleared: tuple[Run, ...]) -> PlanInputs:
    refs = {run.execution.ref for run in cleared}
    customer = facts.target.customer
    kept = [run for run in facts.runs.get(customer, ()) if refs.isdisjoint(run.refs)]
    return replace(facts, runs={**facts.runs, customer: kept})


def _is_in(run: Run, whole: Window) -> bool:
    return run.window is not None and run.window.intersection(whole) is not None


def _waited_for(ending: tuple[Run, ...]) -> tuple[WaitsForCancelled, ...]:
    return (WaitsForCancelled(len(ending)),) if ending else ()
