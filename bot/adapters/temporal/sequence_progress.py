"""The progress that a sequence reports: as the answer to a query, and as the result of an instruction."""

from temporalio.api.common.v1 import Payloads
from temporalio.contrib.pydantic import pydantic_data_converter

from bot.adapters.temporal import requests
from bot.adapters.temporal.cluster import TemporalCluster
from bot.errors import DependencyError, Unavailable
from bot.model import Ref, SequenceProgress


async def query_progress(temporal: TemporalCluster, ref: Ref) -> SequenceProgress | None:
    """None when no worker answers, or only one of another version. The cluster itself has just answered."""
    try:
        async with temporal.asking() as client:
            answer = await client.workflow_service.query_workflow(
                requests.query(client.namespace, ref), retry=True, timeout=temporal.limit
            )
        return await read_progress(temporal, answer.query_result)
    except DependencyError:
        return None


async def read_progress(temporal: TemporalCluster, answer: Payloads) -> SequenceProgress:
    """Raises Unavailable for an answer that only another version of the bot can read."""
    await temporal.codec.decode(answer.payloads)
    try:
        [progress] = await pydantic_data_converter.decode(answer.payloads, [SequenceProgress])
    except (RuntimeError, ValueError) as exc:
        why = "a sequence tells how it stands in a way that this bot does not read"
        raise Unavailable(temporal.system, why) from exc
    assert isinstance(progress, SequenceProgress)
    return progress
