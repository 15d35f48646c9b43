"""The runs of one cluster that were read from the run history, in memory: all of them, and those of each customer.

Thousands of windows ask at once. A reading that begins after a question answers it, so one reading serves all who
wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field

from bot.model import Execution, Reading, Ref

CustomerOf = Callable[[Execution], str]
"""The customer of a run; "" for a run that is not recognised."""


@dataclass(slots=True)
class CachedRuns:
    """All runs written up to ``serial``, which is that of ``last`` (None: nothing was read yet), and the ``reading``
    that goes with them."""

    customer_of: CustomerOf
    reading: Reading | None = None
    serial: int = 0
    last: Ref | None = None
    _executions: dict[Ref, Execution] = field(default_factory=dict)
    _by_customer: dict[str, dict[Ref, Execution]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _begun: int = 0
    _completed: int = 0

    @property
    def executions(self) -> Collection[Execution]:
        """All runs."""
        return self._executions.values()

    def of(self, customer: str) -> Collection[Execution]:
        """The runs of one customer."""
        return self._by_customer.get(customer, {}).values()

    async def refresh(self, read: Callable[[], Awaitable[None]]) -> None:
        """Returns once a reading that began after this call has ended well: one by ``read``, or that of another
        caller. Only one reads at a time."""
        before = self._begun
        async with self._lock:
            if self._completed > before:
                return
            self._begun += 1
            await read()
            self._completed = self._begun

    def add(self, written: Iterable[tuple[int, Execution]], reading: Reading | None) -> None:
        """Add later runs, ordered by the serial that each comes with."""
        for serial, execution in written:
            self._remove(execution.ref)
            self._executions[execution.ref] = execution
            self._by_customer.setdefault(self.customer_of(execution), {})[execution.ref] = execution
            self.serial, self.last = serial, execution.ref
        self.reading = reading

    def clear(self) -> None:
        """Forget everything, to read it again."""
        self._executions.clear()
        self._by_customer.clear()
        self.serial, self.last, self.reading = 0, None, None

    def _remove(self, ref: Ref) -> None:
        """A later write may name another customer."""
        earlier = self._executions.pop(ref, None)
        if earlier is not None:
            del self._by_customer[self.customer_of(earlier)][ref]
