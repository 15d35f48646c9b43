"""The part of ``bot.ports.Control`` that changes a pending activity: its heartbeat timeout, when its next attempt
begins, or whether an attempt may begin.

A new timeout holds for later attempts, and also for the attempt that is running, which is not interrupted. If an
attempt waits to begin, a reset begins it at once, as attempt 1, and keeps the details of the last heartbeat. What a
pause does is in docs/temporal-facts.md#pausing.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    PauseActivityRequest,
    ResetActivityRequest,
    UnpauseActivityRequest,
    UpdateActivityOptionsRequest,
)

from bot.adapters.temporal import convert
from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.connect import IDENTITY
from bot.errors import NotFound, Refused
from bot.model import Ref

KEPT_FOR = timedelta(minutes=10)
# No workflow has this id. The server's answer to a request about one of its activities shows whether the server knows
# such requests.
NOWHERE = "backfill-bot-asks-whether-this-is-offered"


class _Offer:
    """Finds out whether the server offers one kind of request, and remembers this for ``KEPT_FOR``. ``ask`` tries the
    request on an activity that does not exist: a server that offers the request answers that there is no such
    activity."""

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        self._ask = ask
        self._is_made = False
        self._asked_at: float | None = None

    async def is_made(self) -> bool:
        """Whether the bot can make the request. False if the server is too old, or does not let the bot make it."""
        now = asyncio.get_running_loop().time()
        if self._asked_at is None or now - self._asked_at > KEPT_FOR.total_seconds():
            self._is_made, self._asked_at = await self._answer(), now
        return self._is_made

    async def _answer(self) -> bool:
        try:
            await self._ask()
        except NotFound:
            return True
        except Refused:
            return False
        return True


class ActivityControl:
    """Changes pending activities in one namespace."""

    def __init__(self, temporal: TemporalCluster) -> None:
        self._temporal = temporal
        nowhere = Ref(temporal.name, NOWHERE, "")
        self._timeouts = _Offer(lambda: self.set_heartbeat_timeout(nowhere, "1", timedelta(minutes=1)))
        self._resets = _Offer(lambda: self.reset_activity(nowhere, "1"))
        self._pauses = _Offer(lambda: self.unpause_activity(nowhere, "1"))

    async def set_heartbeat_timeout(self, ref: Ref, activity_id: str, timeout: timedelta) -> None:
        """Set the heartbeat timeout of this activity. Raises NotFound when the activity is no longer pending."""
        span = Duration()
        span.FromTimedelta(timeout)
        async with self._temporal.asking() as client:
            await client.workflow_service.update_activity_options(
                UpdateActivityOptionsRequest(
                    namespace=client.namespace,
                    execution=_execution(ref),
                    identity=IDENTITY,
                    id=activity_id,
                    activity_options=ActivityOptions(heartbeat_timeout=span),
                    update_mask=FieldMask(paths=["heartbeat_timeout"]),
                ),
                retry=True,
                timeout=self._temporal.limit,
            )

    async def reset_activity(self, ref: Ref, activity_id: str) -> None:
        """Begin the waiting attempt of this activity at once. Raises NotFound when the activity is no longer pending.
        The request is never repeated: the first one may have begun the attempt, and a second one would end it."""
        async with self._temporal.asking() as client:
            await client.workflow_service.reset_activity(
                ResetActivityRequest(
                    namespace=client.namespace,
                    execution=_execution(ref),
                    identity=IDENTITY,
                    id=activity_id,
                    keep_paused=True,
                ),
                timeout=self._temporal.limit,
            )

    async def pause_activity(self, ref: Ref, activity_id: str, reason: str) -> None:
        """Let no attempt of this activity begin. Raises NotFound when the activity is no longer pending."""
        try:
            await self._pause(ref, activity_id, reason)
        except Refused:
            # Temporal refuses to pause what is paused.
            if not await self._is_paused(ref, activity_id):
                raise

    async def _pause(self, ref: Ref, activity_id: str, reason: str) -> None:
        async with self._temporal.asking() as client:
            await client.workflow_service.pause_activity(
                PauseActivityRequest(
                    namespace=client.namespace,
                    execution=_execution(ref),
                    identity=IDENTITY,
                    id=activity_id,
                    reason=reason,
                    request_id=secrets.token_hex(16),
                ),
                retry=True,
                timeout=self._temporal.limit,
            )

    async def _is_paused(self, ref: Ref, activity_id: str) -> bool:
        pending = (await self._temporal.describe(ref.workflow_id, ref.run_id)).pending_activities
        return any(convert.activity(info).pause for info in pending if info.activity_id == activity_id)

    async def unpause_activity(self, ref: Ref, activity_id: str) -> None:
        """Begin the next attempt of this activity at once. The attempt's number and the details of the last heartbeat
        stay as they are. Raises NotFound when the activity is no longer pending."""
        async with self._temporal.asking() as client:
            await client.workflow_service.unpause_activity(
                UnpauseActivityRequest(
                    namespace=client.namespace, execution=_execution(ref), identity=IDENTITY, id=activity_id
                ),
                retry=True,
                timeout=self._temporal.limit,
            )

    async def offers_heartbeat_timeouts(self) -> bool:
        """Whether the bot can set heartbeat timeouts."""
        return await self._timeouts.is_made()

    async def offers_resets(self) -> bool:
        """Whether the bot can reset activities."""
        return await self._resets.is_made()

    async def offers_pauses(self) -> bool:
        """Whether the bot can pause activities and let them go on."""
        return await self._pauses.is_made()


def _execution(ref: Ref) -> WorkflowExecution:
    return WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id)
