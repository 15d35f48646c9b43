"""The leases that bots on one store hold, and who holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# These names are stored.
FLEET_LEASE = "fleet"
_CLUSTER, _BOT = "cluster:", "bot:"


def cluster_lease(cluster: str) -> str:
    """The name of the lease of watching this cluster."""
    return f"{_CLUSTER}{cluster}"


def bot_lease(group: str, holder: str) -> str:
    """The name of the lease with which a bot says that it is alive. ``group`` is the same for all bots that can watch
    the same clusters."""
    return f"{_BOT}{group}:{holder}"


@dataclass(frozen=True, slots=True)
class LeaseHolders:
    """Who holds each lease that has not expired, by the lease's name.

    ``single_holder`` is the bot of an earlier version, whose single lease covers everything; "" if none holds it.
    """

    by_name: Mapping[str, str] = field(default_factory=dict)
    single_holder: str = ""

    @property
    def leader(self) -> str:
        """The bot that posts, makes the digests and escalates; "" if none does."""
        return self.single_holder or self.by_name.get(FLEET_LEASE, "")

    @property
    def watchers(self) -> Mapping[str, str]:
        """The bot that watches each cluster, by cluster."""
        return {
            name.removeprefix(_CLUSTER): holder for name, holder in self.by_name.items() if name.startswith(_CLUSTER)
        }

    def bots(self, group: str = "") -> frozenset[str]:
        """The bots that are alive; those of one ``group``, if given."""
        prefix = f"{_BOT}{group}:" if group else _BOT
        return frozenset(holder for name, holder in self.by_name.items() if name.startswith(prefix))

    def of(self, holder: str) -> frozenset[str]:
        """The names of the leases that this bot holds."""
        return frozenset(name for name, held_by in self.by_name.items() if held_by == holder)
