"""One cluster's workflow engine: what is looked at there, and what is changed."""

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
    """The workflow engine of one cluster: Temporal."""

    async def open_executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """The runs of these types that are open, oldest start first. Listings lag by moments: decide with
        ``describe``."""
        ...

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        """The open ones first, then those that ended at ``since`` or later (None: ever), the latest end first: as
        many as there is time for, and a page of them in any case. Unavailable when that is not even all open ones."""
        ...

    async def ended_executions(self, workflow_types: Collection[str], until: datetime, within: timedelta) -> Portion:
        """Those that ended at ``until`` or before, the latest end first: as many as there is time for."""
        ...

    async def latest_executions(self, workflow_types: Collection[str], at_most: int) -> list[Execution]:
        """Up to so many runs of these types (none: of any but the bot's own): the open ones first, then those that
        ended last."""
        ...

    async def describe(self, ref: Ref) -> Description:
        """One run now, with its pending activities. Raises NotFound once retention has removed it."""
        ...

    async def pollers(self, task_queue: str) -> int:
        """How many workers poll the queue for activities now."""
        ...

    async def ahead(self) -> timedelta:
        """By how much this bot's clock is ahead of the engine's, by whose all its times are; zero when they agree, or
        nobody can tell. Raises nothing that a system answers."""
        ...

    async def workflow_pollers(self, task_queue: str) -> int:
        """How many workers poll the queue for workflow tasks now."""
        ...

    async def search_attributes(self) -> Mapping[str, str] | None:
        """The registered ones and their types, as Temporal's own tools name both; None where the bot may not ask."""
        ...

    def link(self, ref: Ref) -> str:
        """Where a person can look at the run, or "" when no web UI is configured."""
        ...

    async def check(self) -> str:
        """One line about who answered, for ``python -m bot check``."""
        ...


class Control(Protocol):
    """What the bot changes in one cluster's workflow engine. Whatever is asked twice is done once."""

    async def start(self, order: StartOrder) -> Ref:
        """Start the team's workflow. The run that this very order has started before, open or closed, is returned
        instead of a second one; so is an open run of the same workflow id. Raises Refused."""
        ...

    async def cancel(self, ref: Ref, reason: str) -> None:
        """Ask a run to end, or what it has continued as. Nothing happens to one that is closed or was asked before.
        Raises NotFound."""
        ...

    async def terminate(self, ref: Ref, reason: str) -> None:
        """End a run, or what it has continued as, without asking it. Nothing happens to one that is closed.
        Raises NotFound."""
        ...

    async def begin(self, spec: SequenceSpec) -> None:
        """Start a sequence; the same one (by ``id``) again is no second one. Raises Conflict when another one of this
        customer is open."""
        ...

    async def sequences(self) -> list[SequenceStanding]:
        """The open ones of this cluster by customer, as listed: moments late, and without their progress."""
        ...

    async def sequence(self, customer: str) -> SequenceStanding | None:
        """The latest one of a customer, open or closed, as it stands now, with its progress if a worker answers;
        None when none is known."""
        ...

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        """Tell the open sequence of a customer; returns how it stands then. Raises NotFound when none is open, and
        Refused, with its reason, when the sequence does not take the instruction."""
        ...
