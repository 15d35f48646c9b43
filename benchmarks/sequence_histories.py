"""Reads from the histories on the server when each sequence noticed that a window had ended."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from bot.model import WORKFLOW_TYPE

FOLLOW = "follow"
AT_ONCE = 10


async def notices(client: Client, at_most: int) -> Sequence[float]:
    """For each window of up to ``at_most`` sequences, the seconds from its end to the event that reports it to the
    sequence."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def of(sequence: str) -> Sequence[float]:
        async with turns:
            history = await client.get_workflow_handle(sequence).fetch_history()
            return [await _seconds(client, window, event) for window, event in _followed(history.events)]

    listed = client.list_workflows(f"WorkflowType = '{WORKFLOW_TYPE}'", limit=at_most)
    each = await asyncio.gather(*[of(sequence.id) async for sequence in listed])
    return [seconds for of_sequence in each for seconds in of_sequence]


def _followed(events: Sequence[HistoryEvent]) -> Sequence[tuple[str, HistoryEvent]]:
    """The workflow id of each window that was followed to its end, with the event that completes the activity."""
    windows: dict[int, str] = {}
    followed: list[tuple[str, HistoryEvent]] = []
    for event in events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == FOLLOW:
            (request,) = scheduled.input.payloads
            windows[event.event_id] = json.loads(request.data)["ref"]["workflow_id"]
        ended = event.activity_task_completed_event_attributes.scheduled_event_id
        if ended in windows:
            followed.append((windows[ended], event))
    return followed


async def _seconds(client: Client, window: str, event: HistoryEvent) -> float:
    closed_at = (await client.get_workflow_handle(window).describe()).close_time
    assert closed_at
    return (event.event_time.ToDatetime(tzinfo=UTC) - closed_at).total_seconds()
