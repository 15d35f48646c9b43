"""``split``: cancels each open run that spans the campaign, that is being cancelled already, or whose attempts start
over. It waits until these runs have closed, and then runs the missing days as windows.

If a sequence is open, ``split`` only changes the size of its next windows.
"""

from collections.abc import Sequence

from bot.commands import Split
from bot.fleet.planning.plan import Plan
from bot.fleet.proposals.context import ProposalContext, StartContext, Workers
from bot.fleet.proposals.going_on import refuse_beside_children
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.run import first_of_its_type, no_workers, nothing_to_run, plan_without, second_sequence
from bot.fleet.proposals.sequence_spec import sequence_of
from bot.fleet.proposals.warnings import (
    MayBeDoneAgain,
    NothingCancelled,
    NothingStarted,
    OtherTypeRuns,
    ProposalWarning,
    ResizesWhatIsToCome,
    StruggledBefore,
)
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.fleet.refusals.sequences import SameSize
from bot.fleet.runs.alert_reasons import starts_over
from bot.fleet.runs.run import Run
from bot.model import Instruction, Order, SequenceStanding


def propose_split(command: Split, start_context: StartContext) -> Proposal:
    """The proposal of ``split``. With an open sequence, raises Declined if the sequence is ending, or if the command
    names no size or the present size. Without an open sequence, raises Declined if the customer has no rows, if there
    is nothing to run or to cancel, or if no worker would run the windows. Also raises it if a workflow below the
    customer's runs fills days that are to be run, unless that workflow ends with the cancelled runs or is itself a
    run of the customer."""
    context, cluster = start_context.context, start_context.context.target.cluster
    if context.sequence:
        return _propose_resize(command, context, context.sequence)
    clear = _cleared(context)
    plan = plan_without(start_context, clear, command.days)
    problem = nothing_to_run(command, plan)
    # A struggling run is cancelled even if its days are complete. Then nothing runs after it.
    if problem and (plan.rows == 0 or not clear):
        raise Declined(problem)
    refuse_beside_children(context, clear, [planned.window for planned in plan.to_run])
    if plan.to_run and (waits := no_workers(start_context.workers, cluster)):
        raise ActionBlocked(waits)
    workers = start_context.workers
    warnings = [*_other_types(clear, plan, workers), *_warnings(command, clear, plan, context)]
    warnings += first_of_its_type(workers, cluster)
    act = sequence_of(plan, context, command.word(), clear)
    return Proposal(command, context.target, (act,), plan, tuple(warnings))


def _cleared(context: ProposalContext) -> tuple[Run, ...]:
    """The customer's open runs to cancel: the runs that have to end, and those runs below them that end together with
    them. A run below them ends, for example, if it fills the same days."""
    ended = tuple(run for run in context.open if _must_end(run, context))
    with_them = {run.execution.ref for run in context.ending_below(ended)}
    return tuple(run for run in context.open if run in ended or run.execution.ref in with_them)


def _must_end(run: Run, context: ProposalContext) -> bool:
    """Whether to cancel this run. The sequence adopts all other open windows, so that their work is not lost."""
    return context.spans_campaign(run) or run.cancel_requested or _struggles(run)


def _struggles(run: Run) -> bool:
    """Whether the run's attempts start over, even if its health shows another, worse problem now."""
    return run.health is not None and starts_over(run.health)


def _warnings(command: Split, clear: tuple[Run, ...], plan: Plan, context: ProposalContext) -> list[ProposalWarning]:
    warnings: list[ProposalWarning] = []
    if not clear:
        warnings.append(NothingCancelled(something_runs=bool(context.open)))
    if clear and not plan.to_run:
        warnings.append(NothingStarted())
    warnings += [
        MayBeDoneAgain(context.facts_of(run)) for run in clear if not _struggles(run) and not run.cancel_requested
    ]
    small = min((run.window.days for run in clear if run.window and _struggles(run)), default=0)
    if plan.to_run and 1 < small <= plan.size.days:
        warnings.append(StruggledBefore(command, small, -(-small // 2)))
    return [*warnings, *context.paused_attempts(command, clear), *context.left_below(clear)]


def _other_types(clear: Sequence[Run], plan: Plan, workers: Workers) -> list[ProposalWarning]:
    """Warnings about runs whose workflow type differs from the type that will fill their days again."""
    others = dict.fromkeys(run.execution.workflow_type for run in clear if run.window) if plan.to_run else ()
    types = workers.workflow.types
    return [OtherTypeRuns(ended, types[0]) for ended in others if ended not in types]


def _propose_resize(command: Split, context: ProposalContext, sequence: SequenceStanding) -> Proposal:
    if not command.days or context.is_ending:
        raise Declined(second_sequence(command, context))
    if sequence.progress and sequence.progress.size == command.days:
        raise Declined(SameSize(command, command.days, context.open_sequence))
    resize = Instruct(sequence, Instruction(Order.RESIZE, by="", reason="", days=command.days))
    return Proposal(command, context.target, (resize,), warnings=(ResizesWhatIsToCome(sequence.customer),))
