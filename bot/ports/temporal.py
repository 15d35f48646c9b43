"""One cluster's Temporal: Engine reads, Control changes."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import (
    Description,
    Execution,
    Instruction,
    Portion,
    Ref,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    StartOrder,
)


class Engine(Protocol):
    """Reads the state of one cluster's Temporal."""

    async def open_executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """The open runs of these types, oldest start first. Listings lag behind by moments: base decisions on
        ``describe``."""
        ...

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        """Open runs first, then those that ended at ``since`` or later (None: at any time), latest end first: as many
        as can be read ``within`` the time, and one page in any case. Raises Unavailable when the time does not even
        suffice for all open runs."""
        ...

    async def ended_executions(self, workflow_types: Collection[str], until: datetime, within: timedelta) -> Portion:
        """Runs that ended at ``until`` or before, latest end first: as many as can be read ``within`` the time."""
        ...

    async def latest_executions(self, workflow_types: Collection[str], at_most: int) -> list[Execution]:
        """Up to ``at_most`` runs of these types (none named: all but the bot's own), open ones first, then those that
        ended last."""
        ...

    async def describe(self, ref: Ref) -> Description:
        """One run with its pending activities, as it is now. Raises NotFound once retention has removed it."""
        ...

    async def pollers(self, task_queue: str) -> int:
        """The number of workers that poll the queue for activities now."""
        ...

    async def ahead(self) -> timedelta:
        """How far this bot's clock is ahead of the server's, which all Temporal's times come from; zero when the two
        agree or the server's time is unknown. Raises no DependencyError."""
        ...

    async def workflow_pollers(self, task_queue: str) -> int:
        """The number of workers that poll the queue for workflow tasks now."""
        ...

    async def search_attributes(self) -> Mapping[str, str] | None:
        """Names and types of the registered search attributes, in the words of Temporal's own tools; None where the
        bot has no permission to ask."""
        ...

    def link(self, ref: Ref) -> str:
        """The run's page in the web UI, or "" when no web UI is configured."""
        ...

    async def check(self) -> str:
        """One line about the server, for ``python -m bot check``."""
        ...


class Control(Protocol):
    """Changes in one cluster's Temporal. Every method is idempotent unless it says otherwise."""

    async def start(self, order: StartOrder) -> Ref:
        """Start the team's workflow. Returns the existing run, open or closed, when this very order has started one
        before, and an open run of the same workflow id instead of starting a second one. Raises Refused."""
        ...

    async def cancel(self, ref: Ref, reason: str) -> None:
        """Request cancellation of a run, or of the run it has continued as. Does nothing when that one is closed or
        the request was made before. Raises NotFound."""
        ...

    async def terminate(self, ref: Ref, reason: str) -> None:
        """Terminate a run, or the run it has continued as. Does nothing when that one is closed. Raises NotFound."""
        ...

    async def begin(self, spec: SequenceSpec) -> None:
        """Start a sequence, once for each ``id``. Raises Conflict when another one of this customer is open."""
        ...

    async def sequences(self) -> list[SequenceStanding]:
        """The open sequences of this cluster, ordered by customer, as listed: moments late, and without progress."""
        ...

    async def sequence(self, customer: str) -> SequenceStanding | None:
        """The latest sequence of a customer, open or closed, as it is now, with its progress if a worker answers;
        None when there is none."""
        ...

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        """Send an instruction to the open sequence of a customer, and return its progress after that. Raises NotFound
        when none is open, and Refused with the sequence's reason when it rejects the instruction. Not idempotent: the
        same instruction sent twice is two instructions."""
        ...
