"""FakeLedger: the run history in memory, tested against the contract of ``bot.ports.RunHistory``."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.adapters.store.kept_counts import merged
from bot.adapters.store.run_history import nobody
from bot.errors import DependencyError
from bot.model import Execution, ExecutionStatus, HistoryMark, Reading, RecordedChanges, RecordedRuns, Ref

_WITHOUT_END = (ExecutionStatus.RUNNING, ExecutionStatus.GONE)


@dataclass
class FakeLedger:
    """``away`` is raised by every call while it is set; ``written`` counts the executions of each ``keep``."""

    customer_of: Callable[[Execution], str] = nobody
    executions: dict[Ref, Execution] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    away: DependencyError | None = None
    written: list[int] = field(default_factory=list)

    async def recall(self, cluster: str) -> RecordedRuns:
        self._answer()
        runs = tuple(run for run in self.executions.values() if run.ref.cluster == cluster)
        return RecordedRuns(runs, self.readings.get(cluster))

    async def recall_changes(self, cluster: str, since: HistoryMark | None) -> RecordedChanges:  # noqa: ARG002
        recorded = await self.recall(cluster)
        return RecordedChanges(recorded.executions, recorded.reading, HistoryMark(0, 0), is_all=True)

    async def recall_customer(self, cluster: str, customer: str) -> RecordedRuns:
        recorded = await self.recall(cluster)
        runs = tuple(run for run in recorded.executions if self.customer_of(run) == customer)
        return RecordedRuns(runs, recorded.reading)

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        self._answer()
        self.written.append(len(executions))
        for execution in executions:
            recorded = self.executions.get(execution.ref)
            if execution.status not in _WITHOUT_END or recorded is None or recorded.status in _WITHOUT_END:
                self.executions[execution.ref] = merged(execution, recorded) if recorded else execution
        if reading:
            self.readings[reading.cluster] = reading

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
