"""Checks whether workers poll the task queue on which the bot starts workflows, for workflow tasks and activities."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.facts import Polled, PollersLack, RunsElsewhere
from bot.fleet.diagnostics.findings import Answer
from bot.model import Execution


@dataclass(frozen=True, slots=True)
class Workers:
    """How many pollers a task queue has for workflow tasks, and how many for activities."""

    task_queue: str
    of_workflows: int
    of_activities: int


def workers(pollers: Workers, latest: Sequence[Execution], *, is_in_use: bool) -> Answer:
    """The answer about the pollers; ``latest`` are the last runs of the team's workflow.

    A lack of workers matters only if the cluster ``is_in_use``, because a new cluster needs no workers yet. A lack of
    workers for workflow tasks is a problem. A lack of workers for activities is only a warning, because activities
    may have a task queue of their own.
    """
    queue, elsewhere = pollers.task_queue, _elsewhere(pollers.task_queue, latest)
    counts = (queue, pollers.of_workflows, pollers.of_activities)
    if pollers.of_workflows:
        lacks = () if pollers.of_activities else (PollersLack(*counts, ()),)
        others = (RunsElsewhere(queue, elsewhere),) if elsewhere else ()
        return Answer((Polled(*counts),), warnings=(*lacks, *others) if is_in_use else others)
    if is_in_use:
        return Answer(problems=(PollersLack(*counts, elsewhere),))
    return Answer((Polled(*counts, is_useless=True),))


def _elsewhere(queue: str, latest: Sequence[Execution]) -> tuple[str, ...]:
    """The task queues of the last runs, if none of them was on this one; else empty."""
    queues = sorted({execution.task_queue for execution in latest if execution.task_queue})
    return () if queue in queues else tuple(queues)
