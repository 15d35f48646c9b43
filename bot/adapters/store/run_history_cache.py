"""The runs of one cluster that were read from the run history, kept in memory: all of them, and those of each
customer.

The sequences may ask about thousands of windows at once. A read serves all callers who asked before the read began,
so a single read is enough for all who are waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field

from bot.model import Execution, HistoryMark, Reading, RecordedChanges, Ref

CustomerOf = Callable[[Execution], str]
"""Returns the customer of a run, or "" for a run that is not recognised."""


@dataclass(slots=True)
class CachedRuns:
    """All runs written up to the serial number ``serial``. ``last`` is the run with this serial; None if nothing was
    read yet. ``reading`` is stored with the runs, and says how far the ended runs have been read from Temporal."""

    customer_of: CustomerOf
    reading: Reading | None = None
    serial: int = 0
    last: Ref | None = None
    _executions: dict[Ref, Execution] = field(default_factory=dict)
    _by_customer: dict[str, list[Ref]] = field(default_factory=dict)
    _written: list[Ref] = field(default_factory=list)
    _start: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _begun: int = 0
    _completed: int = 0

    @property
    def executions(self) -> Collection[Execution]:
        """All runs."""
        return self._executions.values()

    def of(self, customer: str) -> Collection[Execution]:
        """The runs of one customer."""
        return [self._executions[ref] for ref in self._by_customer.get(customer, ())]

    def since(self, mark: HistoryMark | None) -> RecordedChanges:
        """The runs that were added since this mark. All runs, if ``mark`` is None or was made before ``clear``."""
        now = HistoryMark(self._start, len(self._written))
        if mark is None or mark.start != now.start:
            return RecordedChanges(tuple(self._executions.values()), self.reading, now, is_all=True)
        written = dict.fromkeys(self._written[mark.rows :])
        return RecordedChanges(tuple(self._executions[ref] for ref in written), self.reading, now, is_all=False)

    async def refresh(self, read: Callable[[], Awaitable[None]]) -> None:
        """Read the runs written since the last read. Returns once a read that began after this call has succeeded, no
        matter which caller began it. Only one read runs at a time."""
        before = self._begun
        async with self._lock:
            if self._completed > before:
                return
            self._begun += 1
            await read()
            self._completed = self._begun

    def add(self, written: Iterable[tuple[int, Execution]], reading: Reading | None) -> None:
        """Add runs that were written later, each with its serial, in the order of the serials."""
        for serial, execution in written:
            self._note_customer(execution)
            self._executions[execution.ref] = execution
            self._written.append(execution.ref)
            self.serial, self.last = serial, execution.ref
        self.reading = reading

    def clear(self) -> None:
        """Drop everything, so that it is read again."""
        self._executions.clear()
        self._by_customer.clear()
        self._written.clear()
        self._start += 1
        self.serial, self.last, self.reading = 0, None, None

    def _note_customer(self, execution: Execution) -> None:
        """List the run under its customer. If an earlier version of the run belonged to another customer, remove it
        there."""
        ref, customer = execution.ref, self.customer_of(execution)
        earlier = self._executions.get(ref)
        before = None if earlier is None else self.customer_of(earlier)
        if before is not None and before != customer:
            self._by_customer[before].remove(ref)
        if before != customer:
            self._by_customer.setdefault(customer, []).append(ref)
