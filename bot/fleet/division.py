"""Divides the clusters among the bots of a store. Each bot decides for itself what to take or give up. It knows which
bot holds which lease.

A group is all bots that are configured with the same clusters. Bots share clusters within their group. A cluster that
a bot of another group watches, for instance during a deployment, stays with that bot as long as it is alive.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.model import LeaseHolders

# A bot with too many clusters gives up only some of them at once: one in this many of its own, and at least one.
# Until another bot takes such a cluster, nobody watches it, and that bot has to describe all runs of the cluster.
GIVEN_UP_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Division:
    """The clusters that a bot takes now, or those that it gives up."""

    take: tuple[str, ...] = ()
    give_up: tuple[str, ...] = ()


def group_of(clusters: Collection[str]) -> str:
    """The name of the group of bots that are configured with these clusters."""
    return sha256("\n".join(sorted(clusters)).encode()).hexdigest()[:16]


def divide(holder: str, clusters: Sequence[str], leases: LeaseHolders) -> Division:
    """The clusters that this bot (``holder``) takes. If it has too many, it takes none, and gives up some of its own:
    those that come last in ``clusters``, which are all clusters in this bot's configuration.

    In the end, the numbers of clusters of the bots in a group differ by at most one. If some bots have one more,
    these are the bots that already have the most. So clusters move only while bots or clusters come or go. Nothing
    moves while a bot of an earlier version has the lease of all clusters.
    """
    if leases.single_holder:
        return Division()
    watchers = leases.watchers
    peers = leases.bots(group_of(clusters)) | {holder}
    counts = Counter(watchers[cluster] for cluster in clusters if watchers.get(cluster) in peers)
    free = [cluster for cluster in clusters if cluster not in watchers]
    shares = _shares(peers, counts, len(free))
    surplus = counts[holder] - shares[holder]
    if surplus > 0:
        own = [cluster for cluster in clusters if watchers.get(cluster) == holder]
        at_once = min(surplus, max(1, len(own) // GIVEN_UP_AT_ONCE))
        return Division(give_up=tuple(own[-at_once:]))
    return Division(take=_part_of(holder, free, shares, counts))


def _shares(peers: Collection[str], counts: Counter[str], free: int) -> dict[str, int]:
    """How many clusters each bot should have. The result has the bots with the most clusters first. If the clusters
    do not divide evenly, the first of these bots get one more."""
    share, rest = divmod(counts.total() + free, len(peers))
    ranked = sorted(peers, key=lambda peer: (-counts[peer], peer))
    return {peer: share + (1 if rank < rest else 0) for rank, peer in enumerate(ranked)}


def _part_of(holder: str, free: Sequence[str], shares: dict[str, int], counts: Counter[str]) -> tuple[str, ...]:
    """The free clusters that this bot takes. Bots that have seen the same leases take different clusters."""
    begin = 0
    for peer, share in shares.items():
        lacking = max(0, share - counts[peer])
        if peer == holder:
            return tuple(free[begin : begin + lacking])
        begin += lacking
    return ()
