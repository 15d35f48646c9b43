"""Why a request fits nothing: the alert that it names, its customer, its days, or a missing reason."""

from dataclasses import dataclass

from bot.commands import Plan, Run, Split, Timeout
from bot.model import Ending, Window


@dataclass(frozen=True, slots=True)
class SeveralAlerts:
    """``target`` names ``number`` open alerts; ``names`` tell them apart, and ``word`` is the command's."""

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
class AlertUnknown:
    """The alert of a button is not in the store any more."""


@dataclass(frozen=True, slots=True)
class AlertOver:
    """The alert of a button has ended."""

    name: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class ReasonMissing:
    """A change was confirmed without a reason."""


@dataclass(frozen=True, slots=True)
class ClusterGiven:
    """The command is for one customer, and names a cluster."""

    command: Plan | Run | Split | Timeout
    cluster: str


@dataclass(frozen=True, slots=True)
class WindowsTooLong:
    """Windows of so many ``days`` are longer than the campaign."""

    days: int
    campaign: Window


@dataclass(frozen=True, slots=True)
class OutsideCampaign:
    """Some or all of the days are outside the campaign."""

    days: Window
    campaign: Window


AlertRefusal = SeveralAlerts | NoAlert | AlertUnknown | AlertOver
RequestRefusal = ReasonMissing | ClusterGiven | WindowsTooLong | OutsideCampaign
