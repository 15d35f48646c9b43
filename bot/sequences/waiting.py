"""Waiting inside the workflow."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow


async def until(condition: Callable[[], bool], timeout: timedelta | None = None) -> bool:
    """Whether it came true in time. That somebody cancels the workflow meanwhile ends nothing by itself."""
    while not condition():
        try:
            await workflow.wait_condition(condition, timeout=timeout)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            # Without a reason it is the worker that takes the workflow out of its memory.
            if workflow.cancellation_reason() is None:
                raise
    return True
