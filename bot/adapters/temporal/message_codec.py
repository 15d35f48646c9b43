"""Knows which payloads of Temporal's messages are encoded, and encodes and decodes them in place.

Search attributes are never encoded, because the server reads them. Without a codec, all payloads stay as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import structlog
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import History, HistoryEvent
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionResponse,
    ListWorkflowExecutionsResponse,
    StartWorkflowExecutionRequest,
)
from temporalio.converter import DataConverter

from bot.adapters.temporal.codec import RemoteCodec
from bot.adapters.temporal.converter import data_converter
from bot.errors import Unavailable

# This many causes of a failure are decoded, because people are shown no more.
MOST_CAUSES = 10

_log = structlog.get_logger(__name__)


class MessageCodec:
    """Encodes and decodes the messages of one cluster. Raises Unavailable when its codec does not answer."""

    def __init__(self, codec: RemoteCodec | None = None) -> None:
        self._codec = codec

    @property
    def converter(self) -> DataConverter:
        """The data converter for the workers of the bot's sequences."""
        return replace(data_converter, payload_codec=self._codec)

    async def encode(self, payloads: Iterable[Payload]) -> None:
        """Encode the payloads in place."""
        if self._codec and (encoded := list(payloads)):
            _replace(encoded, await self._codec.encode(encoded))

    async def decode(self, payloads: Iterable[Payload]) -> None:
        """Decode the payloads in place. A payload that the codec refuses stays encoded."""
        if self._codec and (decoded := list(payloads)):
            _replace(decoded, await self._codec.decode(decoded))

    async def encode_start(self, request: StartWorkflowExecutionRequest) -> None:
        """Encode the arguments and the memo in place."""
        await self.encode([*request.input.payloads, *request.memo.fields.values()])

    async def decode_listing(self, answer: ListWorkflowExecutionsResponse) -> None:
        """Decode the memos, which tell to which customer each run belongs."""
        await self.decode(payload for info in answer.executions for payload in info.memo.fields.values())

    async def decode_description(self, answer: DescribeWorkflowExecutionResponse) -> None:
        """Decode the memo, heartbeats and failures of a run.

        When the codec does not answer, heartbeats and failures stay encrypted, so that no alert waits for the codec.
        The memo then has to be known from an earlier answer, because it tells to which customer the run belongs.
        Raises Unavailable if it is not known.
        """
        if self._codec is None:
            return
        memo = list(answer.workflow_execution_info.memo.fields.values())
        try:
            await self.decode([*memo, *_shown(answer)])
        except Unavailable as exc:
            if not self._decode_known(memo):
                raise
            _log.warning("heartbeats stay encrypted", system=exc.system, reason=exc.why)

    async def decode_end(self, history: History) -> None:
        """Decode the results and failures in the events that end a run or one of its workflow tasks."""
        await self.decode(payload for event in history.events for payload in _of_end(event))

    async def check(self) -> str:
        """One line about the codec; "" if there is none. Raises Unavailable."""
        return await self._codec.check() if self._codec else ""

    async def close(self) -> None:
        """Close the connections to the codec."""
        if self._codec:
            await self._codec.close()

    def _decode_known(self, payloads: Sequence[Payload]) -> bool:
        """Decode the payloads from memory, in place. Returns False, and decodes none, if any of them is unknown."""
        known = self._codec.decode_known(payloads) if self._codec else None
        if known is not None:
            _replace(payloads, known)
        return known is not None


def _shown(answer: DescribeWorkflowExecutionResponse) -> Iterator[Payload]:
    for activity in answer.pending_activities:
        yield from activity.heartbeat_details.payloads
        if activity.HasField("last_failure"):
            yield from _of_failure(activity.last_failure)


def _of_end(event: HistoryEvent) -> Iterator[Payload]:
    yield from event.workflow_execution_completed_event_attributes.result.payloads
    for ended in (event.workflow_execution_failed_event_attributes, event.workflow_task_failed_event_attributes):
        if ended.HasField("failure"):
            yield from _of_failure(ended.failure)


def _of_failure(failure: Failure) -> Iterator[Payload]:
    """The encoded texts of a failure and of its causes, if the worker encodes them."""
    for _ in range(MOST_CAUSES):
        if failure.HasField("encoded_attributes"):
            yield failure.encoded_attributes
        if not failure.HasField("cause"):
            return
        failure = failure.cause


def _replace(payloads: Sequence[Payload], by: Sequence[Payload]) -> None:
    for payload, other in zip(payloads, by, strict=True):
        if payload is not other:
            payload.CopyFrom(other)
