"""``run``, and ``retry`` without an open sequence: a new sequence of windows, or of one window over all days.

``split`` shares the checks: whether workers poll the task queue, and whether the plan has anything to run.
"""

from dataclasses import dataclass, replace

from bot.commands import ControlRequest, Selection
from bot.errors import ActionBlocked, UsageError
from bot.fleet.planning.plan import Fate, Plan
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.proposals.context import ProposalContext, StartContext, Workers
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.sentences import of_run, second_sequence_error, typed_form
from bot.fleet.proposals.sequence_spec import sequence_of
from bot.fleet.runs.run import Run
from bot.model import Window
from bot.model.text import plural


@dataclass(frozen=True, slots=True)
class RunRequest:
    """The request of a person: which days of ``whole`` to run, and in windows of how many ``days``, if they chose."""

    whole: Window
    which: Selection
    days: int | None = None


def propose_run(command: ControlRequest, request: RunRequest, start_context: StartContext) -> Proposal:
    """A sequence of windows. It follows open windows first, and waits for those being cancelled to run them again.

    Raises UsageError when a sequence or a run over the whole campaign is open, when no worker polls the task queue,
    and when nothing has to be run.
    """
    context = start_context.context
    if context.sequence:
        raise second_sequence_error(command, context)
    spanning = next(filter(context.spans_campaign, context.open), None)
    if spanning:
        raise _whole_range_runs(command, spanning, context)
    ending = tuple(run for run in context.open if run.cancel_requested and _is_in(run, request.whole))
    facts = _without(start_context.facts, ending)
    plan = make_plan(facts, request.whole, request.days, context.terms.rules, request.which)
    if problem := nothing_to_run(command, plan) or no_workers(start_context.workers, context.target.cluster):
        raise problem
    act = sequence_of(plan, context, command.word(), ending)
    warnings = (*_waited_for(ending), *first_of_its_type(start_context.workers, context.target.cluster))
    return Proposal(command, context.target, (act,), plan, warnings)


def propose_one_window(command: ControlRequest, request: RunRequest, start_context: StartContext) -> Proposal:
    """A sequence of one window over all days of the range, complete ones included.

    It is a sequence and not a bare run, so that no other sequence can begin beside it. Raises as ``propose_run``.
    """
    context, whole = start_context.context, request.whole
    if context.sequence:
        raise second_sequence_error(command, context)
    in_range = next((run for run in context.open if _is_in(run, whole)), None)
    if in_range:
        raise _runs_there(command, in_range, context)
    rules = context.terms.rules
    requested = make_plan(start_context.facts, whole, whole.days, rules, request.which)
    if problem := nothing_to_run(command, requested) or no_workers(start_context.workers, context.target.cluster):
        raise problem
    everything = make_plan(start_context.facts, whole, whole.days, rules, Selection.ALL)
    again = whole.days - requested.days_to_run
    warnings = (f"{plural(again, 'day')} of it would be run again.",) if again else ()
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
    return make_plan(_without(start_context.facts, cleared), terms.campaign, days, terms.rules)


def no_workers(workers: Workers, cluster: str) -> ActionBlocked | None:
    """The refusal when no worker polls the task queue; None when one does."""
    if workers.pollers:
        return None
    queue = workers.workflow.task_queue
    return ActionBlocked(
        f"No worker polls the task queue {queue} on {cluster}: what is started would wait.",
        f"Start a worker of {workers.workflow.types[0]} there first; the queue's name is in the configuration.",
    )


def first_of_its_type(workers: Workers, cluster: str) -> tuple[str, ...]:
    """A warning when the cluster has never run the configured workflow type, because its name may be wrong."""
    if workers.was_seen:
        return ()
    name = workers.workflow.types[0]
    return (f"No workflow of type {name} has been seen on {cluster} yet: make sure that its workers know it.",)


def nothing_to_run(command: ControlRequest, plan: Plan) -> UsageError | None:
    """The refusal when a plan has nothing to run, with what to type instead; None when it has something."""
    customer = plan.target.customer
    if plan.rows == 0:
        return UsageError(f"{customer} has no data in range, {plan.whole}: N/A, nothing to run.")
    if plan.to_run:
        return None
    fates = {planned.fate for planned in plan.windows}
    if fates == {Fate.COMPLETE}:
        again = typed_form(command, "run", f"{plan.whole} all")
        return UsageError(f"{customer} is complete already in {plan.whole}.", f"Type {again} to run it all again.")
    if Fate.NOT_ASKED in fates:
        missing = typed_form(command, "run", f"{plan.whole} missing")
        return UsageError(
            f"No window of {customer} has failed in {plan.whole}.", f"Type {missing} for what is missing."
        )
    watch = typed_form(command, "status")
    return UsageError(f"What is to be run of {customer} runs already.", f"{watch} shows how it stands.")


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


def _whole_range_runs(command: ControlRequest, run: Run, context: ProposalContext) -> UsageError:
    problem = f"A workflow over the whole campaign runs already: {of_run(run, context)}."
    return UsageError(problem, f"Type {typed_form(command, 'split')} to cancel it and run windows instead.")


def _runs_there(command: ControlRequest, run: Run, context: ProposalContext) -> UsageError:
    problem = f"Days of it run already: {of_run(run, context)}."
    if context.spans_campaign(run):
        return UsageError(problem, f"Type {typed_form(command, 'split')} to cancel it and run windows instead.")
    return UsageError(
        problem, f"Type {typed_form(command, 'cancel')} first, or {typed_form(command, 'run')} for windows."
    )
