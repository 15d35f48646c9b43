"""A control whose sequences are on a Temporal server, and whose windows are played on the fake."""

import copy

from bot.adapters.temporal import TemporalControl
from bot.model import CampaignScope, Instruction, SequenceProgress, SequenceSpec, SequenceStanding
from tests.sequences.team import AtWork


class RealSequences(AtWork):
    """The sequences are on the Temporal server, and the windows on the fake."""

    real: TemporalControl

    async def begin(self, spec: SequenceSpec) -> None:
        await self.real.begin(spec)

    async def sequences(self) -> list[SequenceStanding]:
        return await self.real.sequences()

    async def sequence(self, customer: str) -> SequenceStanding | None:
        return await self.real.sequence(customer)

    async def sequence_at(self, workflow_id: str) -> SequenceStanding | None:
        return await self.real.sequence_at(workflow_id)

    def of_campaign(self, scope: CampaignScope) -> "RealSequences":
        scoped = copy.copy(self)
        scoped.real = self.real.of_campaign(scope)
        return scoped

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        return await self.real.instruct(customer, instruction)
