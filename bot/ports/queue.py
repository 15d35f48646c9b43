"""One cluster's queue: who waits for a sequence, and which sequences have slots for windows."""

from typing import Protocol

from bot.model.queue import Demand, Enqueue, QueueInstruction, QueueStanding


class WindowQueue(Protocol):
    """Messages to the queue. Each message starts the queue if none is open, and is idempotent."""

    async def demand(self, demand: Demand) -> None:
        """Tell the queue which slots a sequence has and wants."""
        ...

    async def enqueue(self, message: Enqueue) -> None:
        """Add customers to the queue, at most ``MAX_CUSTOMERS_PER_MESSAGE`` of them."""
        ...

    async def change(self, instruction: QueueInstruction) -> None:
        """Make a change that a person has asked for: hold, release or remove customers; pause, resume or clear the
        queue."""
        ...

    async def standing(self) -> QueueStanding | None:
        """The queue as it is now; None when none is open. Raises Unavailable if no worker answers."""
        ...
