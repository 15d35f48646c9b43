"""What has been read of one cluster's executions, so that only what is written later has to be read again."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.model import Execution, Ref


@dataclass(slots=True)
class Remembered:
    """Every execution written up to ``serial``, which is that of ``last``; None before any has been read.

    ``turn`` is for who reads on.
    """

    executions: dict[Ref, Execution] = field(default_factory=dict)
    serial: int = 0
    last: Ref | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def take(self, written: Iterable[tuple[int, Execution]]) -> None:
        """What was written after the last one, in that order, each with its serial."""
        for serial, execution in written:
            self.executions[execution.ref] = execution
            self.serial, self.last = serial, execution.ref

    def forget(self) -> None:
        """Begin again."""
        self.executions.clear()
        self.serial, self.last = 0, None
