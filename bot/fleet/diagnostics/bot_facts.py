"""What the check of the bots that share the store finds, as values: which bot leads, and which clusters each
watches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.model import LeaseHolders


@dataclass(frozen=True, slots=True)
class BotAtWork:
    """A bot that is alive, and the clusters that it watches."""

    holder: str
    is_leader: bool
    clusters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BotsAtWork:
    """The bots that are alive; none before the first one starts and after the last one has stopped."""

    bots: tuple[BotAtWork, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierBotLeads:
    """A bot of an earlier version has the one lease for everything. Bots of this version wait until it stops."""

    holder: str


@dataclass(frozen=True, slots=True)
class NobodyWatches:
    """Clusters that no bot watches, although bots are alive."""

    clusters: tuple[str, ...]


BotsFact = BotsAtWork | EarlierBotLeads | NobodyWatches


def bots_at_work(leases: LeaseHolders) -> BotsAtWork | EarlierBotLeads:
    """Which bots are alive and what each does, the leader first."""
    if leases.single_holder:
        return EarlierBotLeads(leases.single_holder)
    watchers, leader = leases.watchers, leases.leader
    holders = sorted(leases.bots(), key=lambda holder: (holder != leader, holder))
    return BotsAtWork(tuple(BotAtWork(each, each == leader, _watched(each, watchers)) for each in holders))


def nobody_watches(leases: LeaseHolders, clusters: Collection[str]) -> NobodyWatches | None:
    """The configured clusters that no bot watches; None if there are none, or if no bot is alive."""
    watchers = leases.watchers
    unwatched = tuple(cluster for cluster in clusters if cluster not in watchers)
    return NobodyWatches(unwatched) if unwatched and leases.bots() else None


def _watched(holder: str, watchers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(cluster for cluster, watcher in watchers.items() if watcher == holder))
