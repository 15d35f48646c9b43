"""``Declined``: something that a person asked for cannot be done now. It carries the reason as a value.

A reason has only the values that its sentence shows, so equal reasons have the same sentence. ``bot.blocks.refusals``
puts them into words.
"""

from dataclasses import dataclass
from typing import Union

from bot.commands import ControlRequest
from bot.errors import BackfillBotError
from bot.fleet.name_lookup import NameRefusal
from bot.fleet.refusals.campaigns import CampaignRefusal
from bot.fleet.refusals.requests import AlertRefusal, BulkRequestRefusal, RequestRefusal
from bot.fleet.refusals.runs import RunRefusal
from bot.fleet.refusals.sequences import SequenceRefusal
from bot.fleet.runs.open_work import OpenWorkNote, RunsOnSeveral


@dataclass(frozen=True, slots=True)
class NothingOnCluster:
    """The command applies to no customer of the cluster.

    ``example`` says why the command was refused for one of the customers with open work. If it was refused for a
    single customer, ``example`` says why, even if that customer has no open work. Otherwise ``example`` is None.
    ``others`` counts the other customers with open work. ``unrecognised`` counts open workflows whose customer is
    unknown.
    """

    command: ControlRequest
    cluster: str
    example: "Refusal | None"
    others: int
    unrecognised: int


@dataclass(frozen=True, slots=True)
class BlockedForAll:
    """The command applies to ``number`` customers of the cluster, but can be done for none of them now. ``reasons``
    say why."""

    command: ControlRequest
    cluster: str
    number: int
    reasons: tuple["Refusal", ...]


@dataclass(frozen=True, slots=True)
class NamesRefused:
    """A command for several customers has names that cannot be resolved. ``reasons`` has one for each of them."""

    reasons: tuple["Refusal", ...]


@dataclass(frozen=True, slots=True)
class NothingForAny:
    """A command for several customers can do nothing for any of the ``number`` customers now. ``reasons`` say why.
    ``silent`` are the clusters that did not answer."""

    command: ControlRequest
    number: int
    reasons: tuple["Refusal", ...]
    silent: tuple[str, ...] = ()


ClusterRefusal = NothingOnCluster | BlockedForAll
BulkRefusal = NamesRefused | NothingForAny | BulkRequestRefusal
Refusal = Union[  # noqa: UP007  (the union is part of some of its members)
    NameRefusal,
    RunsOnSeveral,
    AlertRefusal,
    RequestRefusal,
    SequenceRefusal,
    RunRefusal,
    ClusterRefusal,
    BulkRefusal,
    CampaignRefusal,
]


class Declined(BackfillBotError):
    """What a person asked for cannot be done now. ``reason`` says why; ``notes`` say what else the person should
    know."""

    def __init__(self, reason: Refusal, notes: tuple[OpenWorkNote, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.notes = notes


class ActionBlocked(Declined):
    """There is something to do, but it cannot be done now. A plain ``Declined`` may mean that there is nothing to
    do."""
