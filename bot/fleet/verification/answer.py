"""What ``verify`` answers: the clusters asked about, over one range."""

from dataclasses import dataclass

from bot.commands import Breakdown
from bot.fleet.name_lookup import Target
from bot.fleet.verification.verdict import ClusterVerdict
from bot.model import Window


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """``target`` is None when all clusters were asked about; with a customer, there is one cluster with only that.
    ``notes`` are sentences about what is open of it on other clusters."""

    target: Target | None
    window: Window
    by: Breakdown
    clusters: tuple[ClusterVerdict, ...]
    notes: tuple[str, ...] = ()
