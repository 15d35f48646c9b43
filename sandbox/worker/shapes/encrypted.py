"""SealedBackfill encodes all its payloads in Temporal: input, memo, heartbeats and results. Its search attributes and
its workflow id are readable. Both contain the customer, the first day and the last day."""

from dataclasses import dataclass, replace

from temporalio import workflow
from temporalio.converter import DataConverter

from sandbox.codec import SealingCodec
from sandbox.scenario.runs import Run
from sandbox.worker.contract import Backfill, Piece, Progress
from sandbox.worker.shapes.team import Start, TeamShape, days_after, last_day
from sandbox.worker.steps import cancelled_when_asked, copied, the_pace

WORKFLOW_TYPE = "SealedBackfill"
TASK_QUEUE = "sealed"
CUSTOMER, FIRST, LAST = "SealedCustomer", "SealedFirstDay", "SealedLastDay"


@dataclass(frozen=True)
class SealedDays:
    """ISO dates, `last` included."""

    customer: str
    first: str
    last: str
    days_before_story: int = 0


@workflow.defn(name=WORKFLOW_TYPE)
class SealedBackfill:
    @workflow.run
    async def run(self, days: SealedDays) -> Progress:
        backfill = Backfill(days.customer, days.first, days_after(days.last, 1), days.days_before_story)
        pace = await the_pace()
        with cancelled_when_asked():
            return await copied(Piece.whole(backfill), pace)


def start(run: Run) -> Start:
    first, last = run.range.start.isoformat(), last_day(run)
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"sealed/{run.customer}/{first}/{last}",
        task_queue=TASK_QUEUE,
        arguments=[SealedDays(run.customer, first, last, run.days_before_story)],
        search_attributes={CUSTOMER: run.customer, FIRST: first, LAST: last},
        memo={"requested by": "the platform team"},
    )


SHAPE = TeamShape(
    [SealedBackfill],
    lambda _cluster: TASK_QUEUE,
    start,
    search_attributes=(CUSTOMER, FIRST, LAST),
    data_converter=replace(DataConverter.default, payload_codec=SealingCodec()),
)
