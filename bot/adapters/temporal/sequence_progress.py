"""Asks a sequence for its progress, and reads its answers to queries and instructions."""

from temporalio.api.common.v1 import Payloads

from bot.adapters.temporal import requests
from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.converter import data_converter
from bot.errors import DependencyError, Unavailable
from bot.model import Ref, SequenceProgress


async def query_progress(temporal: TemporalCluster, ref: Ref) -> SequenceProgress | None:
    """The progress; None if no worker answers, or if the answer can be read only by another version of the bot."""
    try:
        async with temporal.asking() as client:
            answer = await client.workflow_service.query_workflow(
                requests.query(client.namespace, ref), retry=True, timeout=temporal.limit
            )
        return await decode_progress(temporal, answer.query_result)
    except DependencyError:
        return None


async def decode_progress(temporal: TemporalCluster, answer: Payloads) -> SequenceProgress:
    """The progress in an answer. Raises Unavailable if only another version of the bot can read the answer."""
    await temporal.codec.decode(answer.payloads)
    try:
        [progress] = await data_converter.decode(answer.payloads, [SequenceProgress])
    except (RuntimeError, ValueError) as exc:
        why = "a sequence tells how it stands in a way that this bot does not read"
        raise Unavailable(temporal.system, why) from exc
    assert isinstance(progress, SequenceProgress)
    return progress
