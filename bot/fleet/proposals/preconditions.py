"""Whether something can be started at all, and has to be: what run, split and retry refuse alike."""

from bot.commands import ControlRequest
from bot.errors import ActionBlocked, UsageError
from bot.fleet.planning.plan import Fate, Plan
from bot.fleet.proposals.context import Workers
from bot.fleet.proposals.sentences import line


def no_workers(workers: Workers, cluster: str) -> ActionBlocked | None:
    """Why nothing that is started would be done; None when somebody is there to do it."""
    if workers.pollers:
        return None
    queue = workers.workflow.task_queue
    return ActionBlocked(
        f"No worker polls the task queue {queue} on {cluster}: what is started would wait.",
        f"Start a worker of {workers.workflow.types[0]} there first; the queue's name is in the configuration.",
    )


def first_of_its_type(workers: Workers, cluster: str) -> tuple[str, ...]:
    """A warning where a wrong workflow type would show by nothing else."""
    if workers.was_seen:
        return ()
    name = workers.workflow.types[0]
    return (f"No workflow of type {name} has been seen on {cluster} yet: make sure that its workers know it.",)


def nothing_to_run(command: ControlRequest, plan: Plan) -> UsageError | None:
    """Why a plan has nothing to run, and what to type instead; None when it has."""
    customer = plan.target.customer
    if plan.rows == 0:
        return UsageError(f"{customer} has no data in range, {plan.whole}: N/A, nothing to run.")
    if plan.to_run:
        return None
    fates = {planned.fate for planned in plan.windows}
    if fates == {Fate.COMPLETE}:
        again = line(command, "run", f"{plan.whole} all")
        return UsageError(f"{customer} is complete already in {plan.whole}.", f"Type {again} to run it all again.")
    if Fate.NOT_ASKED in fates:
        missing = line(command, "run", f"{plan.whole} missing")
        return UsageError(
            f"No window of {customer} has failed in {plan.whole}.", f"Type {missing} for what is missing."
        )
    watch = line(command, "status")
    return UsageError(f"What is to be run of {customer} runs already.", f"{watch} shows how it stands.")
