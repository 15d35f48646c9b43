"""Changes the heartbeat timeout of a pending activity. Temporal applies the new timeout to the attempt that is
running, which goes on, and to later ones.
"""

import asyncio
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import UpdateActivityOptionsRequest

from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.connect import IDENTITY
from bot.errors import NotFound, Refused
from bot.model import Ref

KEPT_FOR = timedelta(minutes=10)
# No workflow has this id. The server's answer to a request about one of its activities shows whether the server knows
# such requests.
NOWHERE = "backfill-bot-asks-whether-this-is-offered"


class ActivityOptionsOf:
    """The options of the activities of one namespace. Remembers for ``KEPT_FOR`` whether the server offers to change
    them."""

    def __init__(self, temporal: TemporalCluster) -> None:
        self._temporal = temporal
        self._is_offered = False
        self._asked_at: float | None = None

    async def set_heartbeat_timeout(self, ref: Ref, activity_id: str, timeout: timedelta) -> None:
        """Raises NotFound when the activity is no longer pending."""
        span = Duration()
        span.FromTimedelta(timeout)
        async with self._temporal.asking() as client:
            await client.workflow_service.update_activity_options(
                UpdateActivityOptionsRequest(
                    namespace=client.namespace,
                    execution=WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id),
                    identity=IDENTITY,
                    id=activity_id,
                    activity_options=ActivityOptions(heartbeat_timeout=span),
                    update_mask=FieldMask(paths=["heartbeat_timeout"]),
                ),
                retry=True,
                timeout=self._temporal.limit,
            )

    async def is_offered(self) -> bool:
        """Whether the bot can change options. False where the server is too old, or does not allow this to the
        bot."""
        now = asyncio.get_running_loop().time()
        if self._asked_at is None or now - self._asked_at > KEPT_FOR.total_seconds():
            self._is_offered, self._asked_at = await self._ask(), now
        return self._is_offered

    async def _ask(self) -> bool:
        try:
            await self.set_heartbeat_timeout(Ref(self._temporal.name, NOWHERE, ""), "1", timedelta(minutes=1))
        except NotFound:
            return True
        except Refused:
            return False
        return True
