"""Alerts that belong together: of several customers, of one cluster and one cause, within a while. Pure.

The first is told at once. With the second its message becomes that of the group: all are counted there, and each has
a line of its own in the thread. The cause of an alert is why it opened; a heartbeat timeout is the only one so
far, so the cluster tells causes apart. Several alerts of one customer are that customer's trouble, and gather nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.episode_names import episode_id, is_of_storm, story_key
from bot.fleet.looks import Look
from bot.fleet.sayings import StormCard, dump
from bot.model import Ending, Episode, Speech


@dataclass(frozen=True, slots=True)
class Gathering:
    """``first`` is the id of the alert whose message is the group's, "" where each new one stands by itself.

    ``remembered`` is what was known before, in which that alert is the group's first.
    """

    first: str
    remembered: tuple[Episode, ...]

    @property
    def root_key(self) -> str:
        """The outbox key of the group's message, "" for none."""
        return f"episode:{self.first}" if self.first else ""


def gathering(fresh: Sequence[Look], remembered: Sequence[Episode], now: datetime, within: timedelta) -> Gathering:
    """Where these go that struggle anew."""
    known = tuple(remembered)
    if not fresh:
        return Gathering("", known)
    first = _first(known, now, within)
    names = {look.name for look in fresh}
    if first is None:
        return Gathering(episode_id(fresh[0].ref) if len(names) > 1 else "", known)
    members = {e.name for e in known if e.id == first.id or (first.group and e.group == first.group)}
    if len(names | members) == 1:
        return Gathering("", known)
    grouped = replace(first, group=first.id)
    return Gathering(first.id, tuple(grouped if e.id == first.id else e for e in known))


def _first(known: Iterable[Episode], now: datetime, within: timedelta) -> Episode | None:
    """The alert that others join: a group's before one that stands by itself, the oldest of these. One that a clock
    that is ahead has opened long after now gathers nobody."""
    roots = [e for e in known if e.root_key == story_key(e) and abs(now - e.opened_at) < within]
    return min(roots, key=lambda e: (not e.group, e.opened_at, e.id), default=None)


def storm_cards(
    remembered: Sequence[Episode], changed: Sequence[Episode], storm: int
) -> tuple[tuple[Episode, ...], tuple[Speech, ...]]:
    """The messages of groups that tell something else now, among all that the journal remembers; and their first
    alerts, which are recorded with them: of two who count at once the second counts again.

    ``storm``: of more than so many it is told what that means.
    """
    now = {episode.id: episode for episode in (*remembered, *changed)}
    cards: list[Speech] = []
    firsts: list[Episode] = []
    for root in sorted({e.root_key for e in changed if is_of_storm(e)}):
        before = _card([e for e in remembered if is_of_storm(e) and e.root_key == root], storm)
        after = _card([e for e in now.values() if is_of_storm(e) and e.root_key == root], storm)
        if after and after != before:
            cards.append(Speech(root, dump(after)))
            firsts += [e for e in now.values() if e.group == e.id and e.root_key == root]
    recorded = {episode.id for episode in changed}
    return tuple(first for first in firsts if first.id not in recorded), tuple(cards)


def _card(members: Sequence[Episode], storm: int) -> StormCard | None:
    if not members:
        return None
    opened = [e.opened_at for e in members]
    return StormCard(
        cluster=members[0].ref.cluster,
        names=tuple(sorted(e.name for e in members)),
        over=sum(not e.is_open for e in members),
        opened_at=min(opened),
        completed=sum(e.ending is Ending.COMPLETED for e in members),
        latest_at=max(opened),
        is_large=len({e.name for e in members}) > storm,
    )
