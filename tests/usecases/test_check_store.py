"""``check`` says which bots are alive and which clusters each watches."""

from datetime import timedelta

from bot.fleet.diagnostics.bot_facts import BotAtWork, BotsAtWork, NobodyWatches
from bot.fleet.diagnostics.findings import Answer
from bot.model import bot_lease
from bot.usecases.check_store import check_bots
from tests.fakes.services import FakeWorld


async def test_a_cluster_that_no_bot_watches_is_a_warning_while_bots_are_alive() -> None:
    world = FakeWorld()
    before = await check_bots(world.leases, world.config.clusters, lambda: world.now)
    await world.leases.hold("one", [bot_lease("group", "one")], world.now, world.now + timedelta(minutes=1))
    answer = await check_bots(world.leases, world.config.clusters, lambda: world.now)

    assert before == Answer((BotsAtWork(),))
    assert answer.facts == (BotsAtWork((BotAtWork("one", False, ()),)),)
    assert answer.warnings == (NobodyWatches(("voice-prod",)),)
