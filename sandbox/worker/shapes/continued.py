"""ReplayEvents continues as new after every three days, so that no history grows long: one logical run is a chain of
executions of the same workflow id.

The id contains customer, first day and number of days: `replay:acme:20260101+10`.
"""

from dataclasses import dataclass, replace

from temporalio import workflow

from sandbox.scenario.runs import Run
from sandbox.worker.contract import Piece
from sandbox.worker.shapes.team import Start, TeamShape, days_after
from sandbox.worker.steps import cancelled_when_asked, copied, the_pace

WORKFLOW_TYPE = "ReplayEvents"
TASK_QUEUE = "replay"
DAYS_OF_AN_EXECUTION = 3


@dataclass(frozen=True)
class Replay:
    """Copy `days` days from `first` on. `done_days` and `rows` are what earlier executions of the chain have
    copied."""

    customer: str
    first: str
    days: int
    days_before_story: int = 0
    done_days: int = 0
    rows: int = 0


@workflow.defn(name=WORKFLOW_TYPE)
class ReplayEvents:
    @workflow.run
    async def run(self, replay: Replay) -> int:
        """Copies up to three days and continues as new until all are copied. Returns the number of rows of the whole
        chain."""
        pace = await the_pace()
        done_days = min(replay.done_days + DAYS_OF_AN_EXECUTION, replay.days)
        piece = Piece(
            replay.customer,
            days_after(replay.first, replay.done_days),
            days_after(replay.first, done_days),
            replay.first,
            days_after(replay.first, replay.days),
            replay.days_before_story,
        )
        with cancelled_when_asked():
            rows = replay.rows + (await copied(piece, pace)).rows
        if done_days < replay.days:
            workflow.continue_as_new(replace(replay, done_days=done_days, rows=rows))
        return rows


def start(run: Run) -> Start:
    first, days = run.range.start.isoformat(), run.range.days
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"replay:{run.customer}:{run.range.start:%Y%m%d}+{days}",
        task_queue=TASK_QUEUE,
        arguments=[Replay(run.customer, first, days, run.days_before_story)],
    )


SHAPE = TeamShape([ReplayEvents], lambda _cluster: TASK_QUEUE, start)
