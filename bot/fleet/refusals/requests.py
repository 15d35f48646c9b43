"""Why a request is refused: what it names does not exist or does not fit, or something that it needs is missing."""

from dataclasses import dataclass

from bot.commands import ControlRequest, Notify, Plan, Reset, Run, Split, Timeout
from bot.model import Ending, Window


@dataclass(frozen=True, slots=True)
class SeveralAlerts:
    """``target`` names ``number`` open alerts. ``names`` distinguish them, and ``word`` is the name of the
    command."""

    target: str
    number: int
    word: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoAlert:
    """``target`` names no open alert. ``nearest`` is a similar name, or "". ``names`` are all open alerts."""

    target: str
    nearest: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoAlertOnCluster:
    """No alert of the cluster is open."""

    cluster: str


@dataclass(frozen=True, slots=True)
class AlertUnknown:
    """The alert that the button belongs to is no longer in the store."""


@dataclass(frozen=True, slots=True)
class AlertOver:
    """The alert that the button belongs to has ended."""

    name: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class ReasonMissing:
    """A change was confirmed without a reason."""


@dataclass(frozen=True, slots=True)
class ClusterGiven:
    """The command is for a customer, but a cluster was named."""

    command: Notify | Plan | Run | Split | Timeout | Reset
    cluster: str


@dataclass(frozen=True, slots=True)
class ClusterAmongNames:
    """The command names several customers, but ``cluster`` is a cluster."""

    command: ControlRequest
    cluster: str


@dataclass(frozen=True, slots=True)
class NoSuchCluster:
    """The command is limited to a cluster that is not configured. ``clusters`` are the configured ones."""

    text: str
    clusters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NothingStruggles:
    """No customer on ``cluster`` has attempts that start over. If ``cluster`` is "", this is so on every cluster.
    ``silent`` are the clusters that did not answer."""

    cluster: str
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NothingIncomplete:
    """Every customer on ``cluster`` is complete. If ``cluster`` is "", this is so on every cluster. ``silent`` are
    the clusters that did not answer."""

    cluster: str
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotForAll:
    """``run`` was typed for a whole cluster, with an ``option`` that would run completed days of all its customers
    again."""

    option: str
    cluster: str


@dataclass(frozen=True, slots=True)
class DialogTooOld:
    """The store no longer has what a dialog showed."""

    word: str


@dataclass(frozen=True, slots=True)
class WindowsTooLong:
    """Windows of ``days`` days would be longer than the campaign."""

    days: int
    campaign: Window


@dataclass(frozen=True, slots=True)
class OutsideCampaign:
    """Some or all of the days are outside the campaign."""

    days: Window
    campaign: Window


AlertRefusal = SeveralAlerts | NoAlert | NoAlertOnCluster | AlertUnknown | AlertOver
RequestRefusal = ReasonMissing | ClusterGiven | WindowsTooLong | OutsideCampaign
BulkRequestRefusal = (
    ClusterAmongNames | NoSuchCluster | NothingStruggles | NothingIncomplete | NotForAll | DialogTooOld
)
