"""syncInLanes runs three activities at once, each over a third of the days. Their heartbeats have no details.

The arguments are the customer, the first moment in milliseconds since 1970, and the number of days.
`sandbox/worker/javascript/workflows.js` is the same workflow in JavaScript.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import pairwise

from temporalio import workflow

from sandbox.scenario.runs import Run
from sandbox.worker.contract import Piece
from sandbox.worker.copying import no_details
from sandbox.worker.shapes.team import Start, TeamShape, days_after
from sandbox.worker.steps import cancelled_when_asked, copied, the_pace

WORKFLOW_TYPE = "syncInLanes"
TASK_QUEUE = "sync"
LANES = 3


@workflow.defn(name=WORKFLOW_TYPE)
class SyncInLanes:
    @workflow.run
    async def run(self, customer: str, since_ms: int, days: int, days_before_story: int = 0) -> int:
        """Copies the days in three activities. Returns the number of rows."""
        first = datetime.fromtimestamp(since_ms / 1000, UTC).date().isoformat()
        pace = await the_pace()
        with cancelled_when_asked():
            copies = await asyncio.gather(
                *(
                    copied(Piece(customer, start, end, first, days_after(first, days), days_before_story), pace)
                    for start, end in _lanes(first, days)
                )
            )
        return sum(copy.rows for copy in copies)


def _lanes(first: str, days: int) -> Iterator[tuple[str, str]]:
    bounds = [days * lane // LANES for lane in range(LANES + 1)]
    for begin, end in pairwise(bounds):
        if begin < end:
            yield days_after(first, begin), days_after(first, end)


def start(run: Run) -> Start:
    first = datetime.combine(run.range.start, time.min, UTC)
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"sync/{run.customer}/{run.range.start}/{run.range.days}d",
        task_queue=TASK_QUEUE,
        arguments=[run.customer, int(first.timestamp() * 1000), run.range.days, run.days_before_story],
    )


SHAPE = TeamShape([SyncInLanes], lambda _cluster: TASK_QUEUE, start, details=no_details)
