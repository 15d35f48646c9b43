"""FakeQueue: keeps the state of a cluster's queue, held to the contract of ``bot.ports.WindowQueue``."""

from dataclasses import dataclass, field

from bot.errors import DependencyError
from bot.fleet.queue import state as queue_state
from bot.model.queue import Demand, Enqueue, QueueInstruction, QueueStanding, QueueState, Survey


@dataclass
class FakeQueue:
    """Takes messages, and gives out no slots by itself."""

    state: QueueState | None = None
    survey: Survey | None = None
    enqueued: list[Enqueue] = field(default_factory=list)
    changes: list[QueueInstruction] = field(default_factory=list)
    away: DependencyError | None = None

    async def demand(self, demand: Demand) -> None:
        self._answer()
        self.state = queue_state.take_demand(self.state or queue_state.begin(), demand)

    async def enqueue(self, message: Enqueue) -> None:
        self._answer()
        self.enqueued.append(message)
        self.state = queue_state.enqueue(self.state or queue_state.begin(), message)

    async def change(self, instruction: QueueInstruction) -> None:
        self._answer()
        self.changes.append(instruction)
        self.state = queue_state.change(self.state or queue_state.begin(), instruction)

    async def standing(self) -> QueueStanding | None:
        self._answer()
        return QueueStanding(self.state, self.survey) if self.state is not None else None

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
