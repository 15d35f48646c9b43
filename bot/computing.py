"""Computes outside the event loop: dedicated threads do the work on thousands of runs.

Python runs one thread at a time. A waiting thread asks for its turn after ``SWITCH_INTERVAL``, and if many threads
compute, the event loop waits for each of them at every step. One read of the store changes threads a dozen times, and
waits each time. With the six threads that ``asyncio.to_thread`` has on two cores, and Python's own interval of 5 ms,
such a read takes half a second instead of a millisecond (``python -m benchmarks.computing``).
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

# Two, so that a short computation does not wait for a long one.
THREADS = 2
# Handing work to a thread and back takes as long as the work on this many runs.
FEW = 50
# In seconds (https://docs.python.org/3/library/sys.html#sys.setswitchinterval).
SWITCH_INTERVAL = 0.0005

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Item = TypeVar("_Item")

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="computing")


async def compute(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """The result of ``work``, which runs in one of the threads with the caller's context. ``work`` must not wait for
    anything outside the process. A caller that is cancelled returns at once: work that has begun is still done to its
    end, and work that waits for a thread is dropped."""
    in_context = partial(copy_context().run, partial(work, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_threads, in_context)


async def compute_over(items: Sequence[_Item], work: Callable[[Sequence[_Item]], _T]) -> _T:
    """The result of ``work(items)``. Up to ``FEW`` items are worked on directly, without a thread. The watcher calls
    this separately for each run that it describes, with a single item."""
    return work(items) if len(items) <= FEW else await compute(work, items)


def switch_threads_soon() -> None:
    """Shorten Python's switch interval, so that the event loop gets its turn soon while the threads compute. This
    changes the whole process."""
    sys.setswitchinterval(SWITCH_INTERVAL)
