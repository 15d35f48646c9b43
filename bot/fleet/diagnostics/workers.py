"""Whether anybody would take up what the bot starts on a cluster: workflow tasks and activities have pollers each."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.model import Execution
from bot.model.text import listed


@dataclass(frozen=True, slots=True)
class Workers:
    """How many poll one task queue, for each of the two."""

    task_queue: str
    of_workflows: int
    of_activities: int


def workers(found: Workers, latest: Sequence[Execution], *, is_in_use: bool) -> Answer:
    """``latest`` are the last runs of the team's workflow. Where nothing is expected, or nothing has ever run, nobody
    needs to be there yet: ``is_in_use`` says that it is otherwise."""
    queue, elsewhere = found.task_queue, _elsewhere(found.task_queue, latest)
    polling = f"workers that poll {queue}: {found.of_workflows} for workflows, {found.of_activities} for activities"
    lack = _lack(found)
    if not lack:
        return Answer(
            polling, warnings=(f"no recent run was on task queue {queue}: {elsewhere}",) if elsewhere else ()
        )
    told = f"{lack}; {elsewhere}" if elsewhere else lack
    if is_in_use:
        return Answer(problems=(told,))
    return Answer(f"{polling}, so nothing would run there")


def _lack(found: Workers) -> str:
    queue = found.task_queue
    match found.of_workflows, found.of_activities:
        case 0, 0:
            return f"no worker polls task queue {queue}: the bot starts nothing there"
        case number, 0:
            few = f"no worker polls task queue {queue} for activities ({number} for workflows)"
            return f"{few}: the bot starts nothing there"
        case 0, number:
            return (
                f"no worker polls task queue {queue} for workflows ({number} for activities): what is started waits"
            )
    return ""


def _elsewhere(queue: str, latest: Sequence[Execution]) -> str:
    """Where the last runs were, when none of them was on this queue."""
    queues = sorted({execution.task_queue for execution in latest if execution.task_queue})
    return f"the last runs were on {listed(queues)}" if queues and queue not in queues else ""
