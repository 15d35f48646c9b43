"""A fleet with two campaigns over the same customers: January to February, which is the default, and March."""

from datetime import UTC, date, datetime
from typing import Any

from bot.commands import ControlRequest
from bot.fleet.proposals.proposal import ExecutedProposal, Proposal
from bot.fleet.runs.mapping import CAMPAIGN_FIELD
from bot.model import Window
from bot.usecases.control.confirm import confirm_proposal
from handlers.routes import question_about
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import activity, description, execution
from tests.fleet.sizes import evenly
from tests.usecases.steered import OLIVIA, VOICE

APRIL = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
JAN, MARCH = "default", "march"
MARCH_DAYS = Window(date(2026, 3, 1), date(2026, 4, 1))
ALL_DAYS = Window(date(2026, 1, 1), date(2026, 4, 2))
WHY = "new customers"


def two_campaigns(*more: dict[str, Any], **sections: Any) -> FakeWorld:
    """Workers poll on each cluster, and each customer has rows in the source on every day."""
    customers = {VOICE: ("hilton", "vivint", "sunbit"), "chat-prod": ("verizon",)}
    march = {"name": MARCH, "start": "2026-03-01", "end": "2026-04-01"}
    sections = {"campaigns": [march, *more], **sections}
    made = config(customers, **sections)
    world = FakeWorld(config=made, now=APRIL)
    for cluster, names in customers.items():
        world.engines[cluster].workers["backfill"] = 2
        world.warehouses[cluster].volume = {name: evenly(82_353, ALL_DAYS) for name in names}
    return world


def runs(world: FakeWorld, customer: str, days: Window, campaign: str = "") -> None:
    """Adds an open run, which tells the campaign if one is given."""
    hints = {CAMPAIGN_FIELD: campaign} if campaign else {}
    world.engines[VOICE].put(description(activity(), of=execution(customer, days, VOICE, hints=hints)))


async def proposed(world: FakeWorld, command: ControlRequest) -> Proposal:
    """The proposal, as the dialog shows it."""
    proposal = await question_about(command).propose(command, world.services)
    assert isinstance(proposal, Proposal)
    return proposal


async def confirmed(world: FakeWorld, command: ControlRequest) -> ExecutedProposal:
    """Shows the dialog and submits it."""
    shown = await proposed(world, command)
    services = world.services

    async def propose(again: ControlRequest, _services: object) -> Proposal:
        return await proposed(world, again)

    result = await confirm_proposal(propose, shown.command, shown.shown, WHY, OLIVIA, services)
    assert isinstance(result, ExecutedProposal)
    return result
