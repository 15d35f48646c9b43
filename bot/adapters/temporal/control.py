"""TemporalControl: ``bot.ports.Control`` for one cluster.

A start carries a request id derived from what is started, so Temporal itself deduplicates repeated requests. But
Temporal remembers only the request id of the latest run, and a run that continues as new gets another request id. The
memo stays the same when a run continues as new. So before a start, the bot reads the memo of the latest run of the
workflow id. If the memo has the token of this start (``StartOrder.token``), the bot starts nothing and returns that
run.
"""

import copy
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from temporalio.api.common.v1 import Payload
from temporalio.api.update.v1 import Outcome
from temporalio.client import Client

from bot.adapters.temporal import convert, requests
from bot.adapters.temporal.activity_control import ActivityControl
from bot.adapters.temporal.attributes import SearchAttributes
from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.converter import data_converter
from bot.adapters.temporal.sequence_ids import SequenceIds
from bot.adapters.temporal.sequence_progress import decode_progress, query_progress
from bot.adapters.temporal.sequences import Sequences
from bot.errors import Conflict, NotFound, NotOffered, RateLimited, Refused, Unavailable
from bot.fleet.runs.mapping import ORDER_KEY
from bot.fleet.sequence import state
from bot.model import (
    CampaignScope,
    Execution,
    Instruction,
    Order,
    Ref,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    StartOrder,
)

# When a worker is gone, Temporal keeps its workflows in the worker's sticky queue for ten seconds before another
# worker gets them.
INSTRUCTION_PATIENCE = timedelta(seconds=15)


class TemporalControl(ActivityControl):
    """Changes one namespace. ``task_queue`` is the queue of the bot's own sequences, and ``patience`` the time in
    which a sequence has to answer an instruction.
    """

    def __init__(
        self, temporal: TemporalCluster, task_queue: str, patience: timedelta = INSTRUCTION_PATIENCE
    ) -> None:
        super().__init__(temporal)
        self._task_queue = task_queue
        self._patience = patience
        self._attributes = SearchAttributes(temporal)
        # Where clusters share a namespace, the workflow id of a sequence contains the cluster's name.
        self._ids = SequenceIds(temporal.name, bool(temporal.visibility_filter))
        self._found = Sequences(temporal, self._ids)

    def of_campaign(self, scope: CampaignScope) -> "TemporalControl":
        """See ``bot.ports.Control``."""
        scoped = copy.copy(self)
        scoped._ids = replace(self._ids, scope=scope)
        scoped._found = Sequences(self._temporal, scoped._ids)
        return scoped

    async def start(self, order: StartOrder) -> Ref:
        """See ``bot.ports.Control``. When the run of this order has continued as new, the result is the latest run of
        that chain.

        Limit: if the order's run has closed and somebody has since started another run of the same workflow id, the
        bot does not find the order's run, and runs the days again.
        """
        latest = await self._latest(order.workflow_id)
        if latest is not None and latest.hints.get(ORDER_KEY) == order.token:
            return latest.ref
        attributes = await self._attributes.of(order.hints)
        try:
            return await self._request_start(order, attributes)
        except Refused:
            # An attribute may have been removed, or its type changed, since the bot last asked.
            fresh = await self._attributes.of(order.hints, anew=True)
            if fresh == attributes:
                raise
        return await self._request_start(order, fresh)

    async def cancel(self, ref: Ref, reason: str) -> None:
        """See ``bot.ports.Control``."""
        await self._end(
            ref,
            lambda client, chain: client.workflow_service.request_cancel_workflow_execution(
                requests.cancel(client.namespace, ref, chain, reason), retry=True, timeout=self._temporal.limit
            ),
        )

    async def terminate(self, ref: Ref, reason: str) -> None:
        """See ``bot.ports.Control``."""
        await self._end(
            ref,
            lambda client, chain: client.workflow_service.terminate_workflow_execution(
                requests.terminate(client.namespace, ref, chain, reason), retry=True, timeout=self._temporal.limit
            ),
        )

    async def begin(self, spec: SequenceSpec) -> None:
        """See ``bot.ports.Control``."""
        if await self._is_latest(spec):
            return
        await self._check_earlier_id(spec)
        argument = await data_converter.encode([state.begin(spec)])
        try:
            async with self._temporal.asking() as client:
                workflow_id = self._ids.of(spec.customer)[0]
                request = requests.begin(client.namespace, spec, argument, self._task_queue, workflow_id)
                await self._temporal.codec.encode_start(request)
                await client.workflow_service.start_workflow_execution(
                    request, retry=True, timeout=self._temporal.limit
                )
        except Conflict as exc:
            # The open sequence may be the one to begin: an earlier call has started it, and it has continued as new
            # since.
            if not await self._is_latest(spec):
                raise Conflict(self._temporal.system, f"a sequence of {spec.customer} is open already") from exc

    async def _check_earlier_id(self, spec: SequenceSpec) -> None:
        """Raise Conflict if the customer has an open sequence under another id than a new sequence would get."""
        for workflow_id in self._ids.earlier(spec.customer):
            earlier = await self._latest(workflow_id)
            if earlier is not None and self._ids.blocks(earlier):
                where = f"under its earlier id {workflow_id}"
                raise Conflict(self._temporal.system, f"a sequence of {spec.customer} is open {where}")

    async def sequences(self) -> list[SequenceStanding]:
        """See ``bot.ports.Control``. Temporal may list a sequence twice while it continues as new; only the later run
        is returned."""
        return await self._found.listed()

    async def sequence(self, customer: str) -> SequenceStanding | None:
        """See ``bot.ports.Control``. The query for its progress has the usual time limit."""
        standing = await self._found.current(customer)
        return replace(standing, progress=await query_progress(self._temporal, standing.ref)) if standing else None

    async def sequence_at(self, workflow_id: str) -> SequenceStanding | None:
        """See ``bot.ports.Control``."""
        standing = await self._found.at(workflow_id)
        return replace(standing, progress=await query_progress(self._temporal, standing.ref)) if standing else None

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        """See ``bot.ports.Control``.

        Each call is one update, even if its request has to be sent several times. A second call with the same
        instruction is another update, which the sequence either rejects or accepts without any change. If no answer
        comes in time, the sequence may still carry out the update later, when a worker is back.
        """
        argument = await data_converter.encode([instruction])
        try:
            outcome = await self._request_update(customer, instruction.order, argument)
        except NotFound as exc:
            raise NotFound(self._temporal.system, f"no sequence of {customer} is open") from exc
        except Refused as exc:
            if await self.takes_instructions():
                raise
            why = "this Temporal takes no workflow updates, so a sequence can be cancelled or terminated, and no more"
            raise NotOffered(self._temporal.system, why) from exc
        except RateLimited:
            raise
        except Unavailable as exc:
            why = f"{exc.why}; whether the sequence of {customer} has taken it is not known"
            raise Unavailable(exc.system, why) from exc
        if outcome.HasField("failure"):
            raise Refused(f"the sequence of {customer}", outcome.failure.message)
        return await decode_progress(self._temporal, outcome.success)

    async def takes_instructions(self) -> bool:
        """See ``bot.ports.Control``. Instructions are workflow updates. A server may be too old for updates, or may
        not allow them (``frontend.enableUpdateWorkflowExecution``)."""
        return (await self._temporal.capabilities()).sync_update

    async def _request_update(self, customer: str, order: Order, argument: Sequence[Payload]) -> Outcome:
        workflow_id, update_id = await self._found.open_id(customer), str(uuid.uuid4())
        async with self._temporal.asking(self._patience) as client:
            request = requests.update(client.namespace, workflow_id, order, argument, update_id)
            await self._temporal.codec.encode(request.request.input.args.payloads)
            while True:
                answer = await client.workflow_service.update_workflow_execution(
                    request, retry=True, timeout=self._patience
                )
                # The server waits for a limited time, and then answers without an outcome.
                if answer.HasField("outcome"):
                    return answer.outcome

    async def _request_start(self, order: StartOrder, attributes: Mapping[str, Payload]) -> Ref:
        async with self._temporal.asking() as client:
            request = requests.start(client.namespace, order, attributes)
            await self._temporal.codec.encode_start(request)
            answer = await client.workflow_service.start_workflow_execution(
                request, retry=True, timeout=self._temporal.limit
            )
        return Ref(self._temporal.name, order.workflow_id, answer.run_id)

    async def _end(self, ref: Ref, ask: Callable[[Client, str], Awaitable[object]]) -> None:
        """Call ``ask`` to cancel or terminate the run. Its second argument is the id of the chain's first run,
        because the run may continue as new at any time. Do nothing if the run has ended and no other run can follow
        it. Raises NotFound if Temporal does not know the run."""
        info = (await self._temporal.describe(ref.workflow_id, ref.run_id)).workflow_execution_info
        status = convert.execution(self._temporal.name, info).status
        if status.is_open or status.may_be_followed:
            # The run may close before this request.
            with suppress(NotFound):
                async with self._temporal.asking() as client:
                    await ask(client, info.first_run_id)

    async def _latest(self, workflow_id: str) -> Execution | None:
        try:
            response = await self._temporal.describe(workflow_id)
        except NotFound:
            return None
        return convert.execution(self._temporal.name, response.workflow_execution_info)

    async def _is_latest(self, spec: SequenceSpec) -> bool:
        standing = await self._found.at(self._ids.of(spec.customer)[0])
        return standing is not None and standing.id == spec.id
