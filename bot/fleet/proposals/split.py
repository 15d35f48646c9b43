"""``split``: cancel what struggles or spans the campaign, and run what is then missing as windows.

Told to a sequence that is open, it changes the size of the windows still to come.
"""

from bot.commands import Split
from bot.errors import UsageError
from bot.fleet.alerts.reasons import starts_over
from bot.fleet.planning.plan import Plan
from bot.fleet.proposals.context import ProposalContext, StartContext
from bot.fleet.proposals.preconditions import first_of_its_type, no_workers, nothing_to_run
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.run import plan_without
from bot.fleet.proposals.sentences import in_the_way, line, of_run, runs_already
from bot.fleet.proposals.sequence_spec import sequence_of
from bot.fleet.runs.run import Run
from bot.model import Instruction, Order, SequenceStanding
from bot.model.text import plural


def propose_split(command: Split, ground: StartContext) -> Proposal:
    """Raises UsageError when nothing is to be run, or a sequence runs and no size was said."""
    situation, cluster = ground.situation, ground.situation.target.cluster
    if situation.sequence:
        return _resized(command, situation, situation.sequence)
    clear = tuple(run for run in situation.open if _must_end(run, situation))
    plan = plan_without(ground, clear, command.days)
    problem = nothing_to_run(command, plan)
    # What struggles over days that are complete is cancelled all the same; nothing runs after it.
    if problem and (plan.rows == 0 or not clear):
        raise problem
    if plan.to_run and (waits := no_workers(ground.workers, cluster)):
        raise waits
    warnings = (*_warnings(command, clear, plan, situation), *first_of_its_type(ground.workers, cluster))
    act = sequence_of(plan, situation, command.word(), clear)
    return Proposal(command, situation.target, (act,), plan, warnings)


def _must_end(run: Run, situation: ProposalContext) -> bool:
    """Other windows that run are followed: their work is not thrown away."""
    return situation.spans_campaign(run) or run.cancel_requested or _struggles(run)


def _struggles(run: Run) -> bool:
    """Also where something else is the matter with it now."""
    return run.health is not None and starts_over(run.health)


def _warnings(command: Split, clear: tuple[Run, ...], plan: Plan, situation: ProposalContext) -> list[str]:
    told: list[str] = []
    if not clear:
        runs = "what runs does not struggle" if situation.open else "nothing runs"
        told.append(f"Nothing is cancelled: {runs}.")
    if clear and not plan.to_run:
        told.append("Every other day is complete or runs: after the cancelling nothing is started.")
    told += [
        f"It does not struggle, and what it has done may be done again: {of_run(run, situation)}."
        for run in clear
        if not _struggles(run) and not run.cancel_requested
    ]
    small = min((run.window.days for run in clear if run.window and _struggles(run)), default=0)
    if plan.to_run and 1 < small <= plan.size.days:
        smaller = line(command, "split", f"windows {-(-small // 2)}d")
        told.append(f"A window of {plural(small, 'day')} struggled: {smaller} makes them smaller.")
    return told


def _resized(command: Split, situation: ProposalContext, sequence: SequenceStanding) -> Proposal:
    if not command.days or situation.is_ending:
        raise in_the_way(command, situation)
    if sequence.progress and sequence.progress.size == command.days:
        hint = f"Its windows have {plural(command.days, 'day')} already; {line(command, 'status')} shows them."
        raise UsageError(runs_already(sequence, situation.begun_by), hint)
    told = Instruct(sequence, Instruction(Order.RESIZE, by="", reason="", days=command.days))
    warning = f"A sequence of {sequence.customer} runs already: only its windows still to come get the new size."
    return Proposal(command, situation.target, (told,), warnings=(warning,))
