"""importHistory has its customer, first day and last day only in its input. Its workflow ids are random.

`sandbox/worker/javascript/workflows.js` is the same workflow in JavaScript.
"""

import uuid
from dataclasses import dataclass, field

from temporalio import workflow

from sandbox.scenario.runs import Run
from sandbox.worker.contract import Backfill, Piece, Progress
from sandbox.worker.shapes.team import Start, TeamShape, days_after, last_day
from sandbox.worker.steps import cancelled_when_asked, copied, the_pace

WORKFLOW_TYPE = "importHistory"
TASK_QUEUE = "history-import"


@dataclass(frozen=True)
class Tenant:
    slug: str


@dataclass(frozen=True)
class Days:
    """ISO dates, `until` included."""

    since: str
    until: str


@dataclass(frozen=True)
class Options:
    days_before_story: int = 0


@dataclass(frozen=True)
class Import:
    tenant: Tenant
    range: Days
    options: Options = field(default_factory=Options)


@workflow.defn(name=WORKFLOW_TYPE)
class ImportHistory:
    @workflow.run
    async def run(self, order: Import) -> Progress:
        days, options = order.range, order.options
        backfill = Backfill(order.tenant.slug, days.since, days_after(days.until, 1), options.days_before_story)
        pace = await the_pace()
        with cancelled_when_asked():
            return await copied(Piece.whole(backfill), pace)


def start(run: Run) -> Start:
    days = Days(run.range.start.isoformat(), last_day(run))
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"import-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
        arguments=[Import(Tenant(run.customer), days, Options(run.days_before_story))],
    )


SHAPE = TeamShape([ImportHistory], lambda _cluster: TASK_QUEUE, start)
