"""Waiting inside the workflow, through a cancel request."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow


async def until(condition: Callable[[], bool], timeout: timedelta | None = None) -> bool:
    """Wait for the condition; False when it did not come true within ``timeout``.

    A cancel request for the workflow does not end the wait: the workflow decides what follows from it.
    """
    while not condition():
        try:
            await workflow.wait_condition(condition, timeout=timeout)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            # Without a reason the worker is evicting the workflow from its cache, and the wait has to end.
            if workflow.cancellation_reason() is None:
                raise
    return True
