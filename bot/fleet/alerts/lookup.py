"""Finds the open alert that a person names. Also the results of acknowledging or snoozing alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.commands import Request
from bot.commands.spelling import spells
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import NoAlert, SeveralAlerts
from bot.model import Episode


@dataclass(frozen=True, slots=True)
class AckResult:
    """``episode`` is in its new state. ``already_by`` is the person who had acknowledged it before; "" if nobody
    had."""

    episode: Episode
    already_by: str = ""


@dataclass(frozen=True, slots=True)
class SnoozeResult:
    """``episode`` is in its new state. ``is_news`` is False if the alert already had the same snooze."""

    episode: Episode
    until: datetime | None
    is_news: bool


@dataclass(frozen=True, slots=True)
class ClusterAckResult:
    """The result of acknowledging the alerts of a cluster, or of one group on it. ``acked`` is how many alerts this
    has acknowledged, and ``already`` how many had been acknowledged before."""

    cluster: str
    acked: int
    already: int


@dataclass(frozen=True, slots=True)
class ClusterSnoozeResult:
    """The result of snoozing the alerts of a cluster. ``snoozed`` is how many alerts got the snooze now, and
    ``already`` how many had the same snooze before."""

    cluster: str
    until: datetime | None
    snoozed: int
    already: int


def pick(target: str, episodes: Sequence[Episode], command: type[Request]) -> Episode:
    """The open episode that ``target`` names: a customer or workflow id, or ``cluster/`` followed by one of these.
    Upper and lower case count only if several names on one cluster differ in nothing else.

    Raises Declined if ``target`` names no open episode or several.
    """
    wanted = target.casefold()
    folded = [episode for episode in episodes if wanted in {name.casefold() for name in _names(episode)}]
    is_one_cluster = len({episode.ref.cluster for episode in folded}) == 1
    exact = [episode for episode in folded if is_one_cluster and target in _names(episode)]
    matching = exact or folded or [each for each in episodes if any(spells(target, name) for name in _names(each))]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise Declined(_several(target, matching, command))
    raise Declined(_none(target, episodes))


def _names(episode: Episode) -> set[str]:
    names = {episode.name, episode.ref.workflow_id}
    return {name for plain in names for name in (plain, f"{episode.ref.cluster}/{plain}")}


def _several(target: str, matching: Sequence[Episode], command: type[Request]) -> SeveralAlerts:
    exact = sorted({f"{episode.ref.cluster}/{episode.name}" for episode in matching})
    if len(exact) < len(matching):
        exact = sorted(f"{episode.ref.cluster}/{episode.ref.workflow_id}" for episode in matching)
    return SeveralAlerts(target, len(matching), command.word(), tuple(exact))


def _none(target: str, episodes: Sequence[Episode]) -> NoAlert:
    near = get_close_matches(target.casefold(), sorted({episode.name for episode in episodes}), n=1)
    names = sorted(f"{episode.ref.cluster}/{episode.name}" for episode in episodes)
    return NoAlert(target, near[0] if near else "", tuple(names))
