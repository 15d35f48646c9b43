"""Checks whether workers poll the task queue on which the bot starts workflows, for workflow tasks and activities."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.model import Execution
from bot.model.text import listed


@dataclass(frozen=True, slots=True)
class Workers:
    """How many pollers a task queue has for workflow tasks, and how many for activities."""

    task_queue: str
    of_workflows: int
    of_activities: int


def workers(pollers: Workers, latest: Sequence[Execution], *, is_in_use: bool) -> Answer:
    """The answer about the pollers; ``latest`` are the last runs of the team's workflow.

    A lack of workers is a problem only when the cluster ``is_in_use``. A new cluster needs no workers yet.
    """
    queue, elsewhere = pollers.task_queue, _elsewhere(pollers.task_queue, latest)
    polling = (
        f"workers that poll {queue}: {pollers.of_workflows} for workflows, {pollers.of_activities} for activities"
    )
    lack = _lack(pollers)
    if not lack:
        return Answer(
            polling, warnings=(f"no recent run was on task queue {queue}: {elsewhere}",) if elsewhere else ()
        )
    if is_in_use:
        return Answer(problems=(f"{lack}; {elsewhere}" if elsewhere else lack,))
    return Answer(f"{polling}, so nothing would run there")


def _lack(pollers: Workers) -> str:
    queue = pollers.task_queue
    match pollers.of_workflows, pollers.of_activities:
        case 0, 0:
            return f"no worker polls task queue {queue}: the bot starts nothing there"
        case number, 0:
            no_activities = f"no worker polls task queue {queue} for activities ({number} for workflows)"
            return f"{no_activities}: the bot starts nothing there"
        case 0, number:
            return (
                f"no worker polls task queue {queue} for workflows ({number} for activities): what is started waits"
            )
    return ""


def _elsewhere(queue: str, latest: Sequence[Execution]) -> str:
    """The task queues of the last runs, when none of them was on this queue; else ""."""
    queues = sorted({execution.task_queue for execution in latest if execution.task_queue})
    return f"the last runs were on {listed(queues)}" if queues and queue not in queues else ""
