"""An event loop whose time advances only while it is idle, so that time limits end at once, alike on any machine.

Only for tests with fakes: it waits for threads, but not for sockets and other processes.
"""

import asyncio
import functools
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, Unpack

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Values = TypeVarTuple("Values")


class IdleSelector(selectors.DefaultSelector):
    """Does not wait until the next timer is due, but counts how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0
        self.threads_at_work = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or (timeout > 0 and self.threads_at_work):
            return super().select()
        ready = super().select(0)
        if not ready:
            self.waited += max(timeout, 0)
        return ready


class IdleClockLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._waiting = IdleSelector()
        super().__init__(self._waiting)

    def time(self) -> float:
        return self._waiting.waited

    def run_in_executor(
        self, executor: Any, func: Callable[[Unpack[Values]], Result], *args: *Values
    ) -> asyncio.Future[Result]:
        self._waiting.threads_at_work += 1
        working = super().run_in_executor(executor, func, *args)
        working.add_done_callback(self._is_back)
        return working

    def _is_back(self, _: asyncio.Future[Any]) -> None:
        self._waiting.threads_at_work -= 1


def on_idle_clock(test: Callable[Arguments, Awaitable[None]]) -> Callable[Arguments, None]:
    """Run a test on a loop of its own with this clock. It may take fixtures that need no loop."""

    @functools.wraps(test)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        async def whole() -> None:
            await test(*args, **kwargs)

        with asyncio.Runner(loop_factory=IdleClockLoop) as runner:
            runner.run(whole())

    return run
