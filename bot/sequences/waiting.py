"""Waiting inside the workflow without being interrupted by a cancel request."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

# The patch id in histories in which a cancel and the event that lets a window begin came in the same workflow task,
# and the cancel was handled first.
STOP_FIRST_PATCH = "stop first"
# The patch id in histories whose waits with a timeout do not depend on the version of Python.
OWN_TIMER_PATCH = "own timer"


async def until(condition: Callable[[], bool], timeout: timedelta | None = None) -> bool:
    """Wait for the condition. Returns False if it is still false after ``timeout``.

    A cancel request for the workflow does not end the wait: the workflow itself decides what to do about it.
    """
    while not condition():
        try:
            await _wait(condition, timeout)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            # There was no cancel request, so the worker is evicting the workflow from its cache, and the wait must
            # end.
            if workflow.cancellation_reason() is None:
                raise
    return True


async def _wait(condition: Callable[[], bool], timeout: timedelta | None) -> None:
    """Wait for the condition. Raises TimeoutError after ``timeout``.

    Histories of an earlier version of the bot wait by means of the SDK's own timeout, which uses
    ``asyncio.wait_for``. In Python 3.11, that function resumes its caller one turn of the event loop later than in
    3.12 and later. If another task goes on in the same workflow task, the order of the commands of both tasks depends
    on the version of Python. A history that began under one version then does not replay under the other. So newer
    histories wait by means of a timer of their own.
    """
    if timeout is None or not workflow.patched(OWN_TIMER_PATCH):
        await workflow.wait_condition(condition, timeout=timeout)
        return
    is_over = asyncio.Event()
    timer = asyncio.get_running_loop().call_later(timeout.total_seconds(), is_over.set)
    try:
        await workflow.wait_condition(lambda: condition() or is_over.is_set())
    finally:
        timer.cancel()
    if not condition():
        raise TimeoutError
