"""Finds the sequences of one cluster and campaign, or of all campaigns, without asking a worker."""

from contextlib import suppress

from bot.adapters.temporal import convert
from bot.adapters.temporal.cluster import IS_OPEN, TemporalCluster
from bot.adapters.temporal.sequence_ids import SequenceIds
from bot.errors import NotFound
from bot.model import WORKFLOW_TYPE, SequenceStanding


class Sequences:
    """Finds the sequences on one cluster. ``ids`` says to which campaign the sequences belong, and which workflow ids
    they may have."""

    def __init__(self, temporal: TemporalCluster, ids: SequenceIds) -> None:
        self._temporal = temporal
        self._ids = ids

    async def listed(self) -> list[SequenceStanding]:
        """The open sequences. Temporal may list a sequence twice while it continues as new; only the later run is
        returned."""
        listed = await self._temporal.list_all(f"WorkflowType = '{WORKFLOW_TYPE}' AND {IS_OPEN}")
        standings = (self._ids.read(execution) for execution in listed if execution.status.is_open)
        latest = {(standing.customer, standing.ref.workflow_id): standing for standing in standings if standing}
        return [latest[key] for key in sorted(latest)]

    async def current(self, customer: str) -> SequenceStanding | None:
        """The customer's open sequence, or else the one that began last; None if there is none."""
        found = [each for each in [await self.at(each) for each in self._ids.of(customer)] if each]
        return max(found, key=lambda standing: (standing.status.is_open, standing.started_at), default=None)

    async def at(self, workflow_id: str) -> SequenceStanding | None:
        """The latest sequence of this workflow id; None if there is none."""
        with suppress(NotFound):
            response = await self._temporal.describe(workflow_id)
            return self._ids.read(convert.execution(self._temporal.name, response.workflow_execution_info))
        return None

    async def open_id(self, customer: str) -> str:
        """The workflow id of the customer's open sequence. If none is open, the id of the one that began last; if
        there is none at all, the id that a new sequence gets."""
        first, *others = self._ids.of(customer)
        standing = await self.current(customer) if others else None
        return standing.ref.workflow_id if standing else first
