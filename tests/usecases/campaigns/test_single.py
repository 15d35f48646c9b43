"""A single campaign that the file limits to some tables, clusters or customers."""

from typing import Any

import pytest

from bot.commands import Cancel, Status, Verify
from bot.fleet.status.answer import FleetStatus
from bot.services import Services
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.campaigns.every import propose_in_all
from bot.usecases.campaigns.scope import services_of
from bot.usecases.status import status
from bot.usecases.verify import verify
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN
from tests.fleet.sizes import evenly
from tests.usecases.test_verify import tables

VOICE, CHAT = "voice-prod", "chat-prod"
CUSTOMERS = {VOICE: ("hilton", "vivint"), CHAT: ("verizon",)}
DAYS = {"start": "2026-01-01", "end": "2026-02-21"}


def limited(*, in_list: bool, **limits: Any) -> FakeWorld:
    """All rows are in both tables, and as many in the source."""
    campaign = {**DAYS, **limits}
    sections: dict[str, Any] = {"campaign": None, "campaigns": [campaign]} if in_list else {"campaign": campaign}
    world = FakeWorld(config=config(CUSTOMERS, verify=tables("scores", "orders"), **sections))
    for cluster, names in CUSTOMERS.items():
        world.warehouses[cluster].volume = {name: evenly(1_000) for name in names}
        for name in names:
            for table in ("scores", "orders"):
                world.warehouses[cluster].fill(table, name, CAMPAIGN, 100)
    return world


async def board_of(world: FakeWorld) -> FleetStatus:
    own, services = await in_its_campaign(Status(), world.services)
    result = await status(own, services)
    assert isinstance(result, FleetStatus)
    return result


@pytest.mark.parametrize("in_list", [False, True])
async def test_only_its_tables_are_verified(in_list: bool) -> None:
    own, services = await in_its_campaign(
        Verify(target="hilton"), limited(in_list=in_list, tables=["scores"]).services
    )
    ((customer,),) = [cluster.customers for cluster in (await verify(own, services)).clusters]

    assert [table.table for table in customer.tables] == ["scores"]


@pytest.mark.parametrize("in_list", [False, True])
async def test_only_its_customers_and_clusters_count(in_list: bool) -> None:
    of_customers = await board_of(limited(in_list=in_list, customers=["hilton", "verizon"]))
    of_clusters = await board_of(limited(in_list=in_list, clusters=[CHAT]))

    assert of_customers.board.total == 2
    assert [row.cluster for row in of_clusters.board.rows] == [CHAT]


async def test_what_drives_its_windows_counts_its_tables_as_well() -> None:
    services = await services_of("", limited(in_list=False, tables=["orders"]).services)

    assert [table.name for table in services.config.verify.tables] == ["orders"]


async def test_commands_that_stop_keep_to_it() -> None:
    asked: list[Services] = []

    async def propose(_command: object, services: Services) -> Any:
        asked.append(services)

    await propose_in_all(Cancel(target="hilton"), propose, limited(in_list=False, clusters=[CHAT]).services)

    assert [tuple(services.config.clusters) for services in asked] == [tuple(CUSTOMERS)]


async def test_without_limits_nothing_is_narrowed() -> None:
    services = limited(in_list=False).services

    assert await services_of("", services) is services
