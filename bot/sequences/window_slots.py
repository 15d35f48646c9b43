"""The slots of one sequence: it asks the cluster's queue for slots, and runs a window for each slot that it gets.

The queue counts the windows of all sequences, so that a cluster never runs more at once than it is allowed to. A
sequence that began with an earlier version of the bot goes on without slots until it continues as new. For such a
sequence, the queue counts the most windows that it may still run at once, which it reads from the sequence's
progress.
"""

from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.model import SequenceSpec
    from bot.model.queue import Demand, QueueSignal
    from bot.sequences import activity_stubs
    from bot.sequences.waiting import until

# Somebody may have terminated the queue, which then forgets who waits. So a waiting sequence asks again, but rarely,
# because each time adds to the history.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


class WindowSlots:
    """The tickets of one sequence. Each is the number under which the sequence asks for a slot and then holds it.
    ``wanted`` returns how many more windows the sequence would run now. ``on_wait`` is called when the sequence has
    waited for a while. ``last_number`` is the number of the latest ticket or demand."""

    def __init__(
        self, spec: SequenceSpec, last_number: int, wanted: Callable[[], int], on_wait: Callable[[], None]
    ) -> None:
        self.last_number = last_number
        self._spec = spec
        self._wanted = wanted
        self._on_wait = on_wait
        self._waiting: list[int] = []
        self._granted: list[int] = []
        self._by_window: dict[int, int] = {}
        self._is_over = False
        self._is_stale = True
        self._is_sending = False
        workflow.set_signal_handler(QueueSignal.GRANTED.value, self.grant)
        workflow.set_signal_handler(QueueSignal.DEMAND_AGAIN.value, self.demand_again)

    @property
    def has_granted(self) -> bool:
        """Whether a window may begin."""
        return bool(self._granted)

    @property
    def is_waiting(self) -> bool:
        """Whether the sequence waits for a slot."""
        return bool(self._waiting)

    @property
    def is_settled(self) -> bool:
        """Whether the queue has the current demand: no demand is being sent, and no demand has to be sent."""
        return not self._is_sending and not self._needs_demand()

    def take(self, window: int) -> None:
        """Use a granted slot for the window of this number."""
        self._by_window[window] = self._granted.pop(0)

    def give_back(self, window: int) -> None:
        """Return the slot of a window that has ended. A window that was running already when the sequence began has
        none."""
        if self._by_window.pop(window, None) is not None:
            self._is_stale = True

    def grant(self, ticket: int) -> None:
        """Take the slot that the queue has granted to this ticket. Ignores a ticket that the sequence has dropped:
        the next demand lacks the ticket, so the queue learns that the slot is free."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
            self._granted.append(ticket)

    def demand_again(self) -> None:
        """Send the demand again, to a queue that does not have it."""
        self._is_stale = True

    def close(self) -> None:
        """Tell the queue that the sequence is over."""
        self._is_over = self._is_stale = True

    async def keep_demanding(self) -> None:
        """Send the demand whenever it changes, and from time to time while waiting. Runs until cancelled."""
        pause = FIRST_PAUSE
        while True:
            has_changed = await until(self._needs_demand, pause if self._waiting else None)
            pause = FIRST_PAUSE if has_changed else min(pause * 2, LONGEST_PAUSE)
            if not has_changed:
                self._on_wait()
            self._want(self._wanted())
            self._is_stale, self._is_sending = False, True
            await activity_stubs.demand_slots(self._demand())
            self._is_sending = False

    def _needs_demand(self) -> bool:
        return self._is_stale or self._wanted() != len(self._waiting) + len(self._granted)

    def _want(self, number: int) -> None:
        """Take new tickets, or drop some, until there are exactly ``number`` unused ones. An unused ticket either
        waits for a slot, or has a slot in which no window has begun."""
        while len(self._waiting) + len(self._granted) < number:
            self.last_number += 1
            self._waiting.append(self.last_number)
        while len(self._waiting) + len(self._granted) > number:
            (self._waiting or self._granted).pop()

    def _demand(self) -> Demand:
        self.last_number += 1
        return Demand(
            workflow_id=workflow.info().workflow_id,
            sequence=self._spec.id,
            customer=self._spec.customer,
            batch=self._spec.batch,
            revision=self.last_number,
            waiting=tuple(self._waiting),
            held=tuple(sorted([*self._granted, *self._by_window.values()])),
            is_over=self._is_over,
        )
