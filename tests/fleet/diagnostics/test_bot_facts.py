"""Which bots are alive, which of them leads, and which clusters each watches, as the leases say."""

from bot.fleet.diagnostics.bot_facts import (
    BotAtWork,
    BotsAtWork,
    EarlierBotLeads,
    NobodyWatches,
    bots_at_work,
    nobody_watches,
)
from bot.model import FLEET_LEASE, LeaseHolders, bot_lease, cluster_lease

LEASES = LeaseHolders(
    {
        bot_lease("group", "one"): "one",
        bot_lease("group", "two"): "two",
        bot_lease("another group", "three"): "three",
        FLEET_LEASE: "two",
        cluster_lease("west"): "one",
        cluster_lease("east"): "one",
        cluster_lease("north"): "two",
    }
)


def test_the_leader_comes_first_and_each_with_its_clusters() -> None:
    assert bots_at_work(LEASES) == BotsAtWork(
        (
            BotAtWork("two", True, ("north",)),
            BotAtWork("one", False, ("east", "west")),
            BotAtWork("three", False, ()),
        )
    )


def test_a_cluster_that_nobody_watches_is_found_while_bots_are_alive() -> None:
    assert nobody_watches(LEASES, ("east", "south", "new")) == NobodyWatches(("south", "new"))
    assert nobody_watches(LEASES, ("east", "west")) is None


def test_without_bots_nothing_is_amiss() -> None:
    assert bots_at_work(LeaseHolders()) == BotsAtWork()
    assert nobody_watches(LeaseHolders(), ("east",)) is None


def test_a_bot_of_an_earlier_version_does_everything() -> None:
    earlier = LeaseHolders({}, single_holder="one")

    assert bots_at_work(earlier) == EarlierBotLeads("one")
    assert nobody_watches(earlier, ("east",)) is None
