"""Waiting inside the workflow without being interrupted by a cancel request."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

# The patch id in histories in which a cancel and the event that lets a window begin came in the same workflow task,
# and the cancel was handled first.
STOP_FIRST_PATCH = "stop first"


async def until(condition: Callable[[], bool], timeout: timedelta | None = None) -> bool:
    """Wait for the condition. Returns False if it is still false after ``timeout``.

    A cancel request for the workflow does not end the wait: the workflow itself decides what to do about it.
    """
    while not condition():
        try:
            await workflow.wait_condition(condition, timeout=timeout)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            # There was no cancel request, so the worker is evicting the workflow from its cache, and the wait must
            # end.
            if workflow.cancellation_reason() is None:
                raise
    return True
