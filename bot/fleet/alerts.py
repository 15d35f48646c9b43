"""What one pass over a cluster means for its alerts (design.md §6): pure, so that every case is a plain test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.episodes import Look, Step, called, card, card_key, looked_at, opened
from bot.fleet.sayings import ReminderLine, StormCard, dump
from bot.model import Ending, Episode, Ref, SeenFailure, Speech

Failures = Mapping[Ref, tuple[SeenFailure, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """``storm``: more new episodes than this in one pass share a message. ``remind_after``: patience unanswered."""

    storm: int
    remind_after: timedelta


@dataclass(frozen=True, slots=True)
class Changes:
    """Episodes that differ from before, and what is to be said, in order."""

    episodes: tuple[Episode, ...]
    speeches: tuple[Speech, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass over ``cluster`` has seen.

    ``remembered`` holds its open episodes, and the ended ones that share a storm with an open one.
    An execution that is not among ``looks`` was not looked at: nothing follows for it.
    """

    cluster: str
    looks: Sequence[Look]
    remembered: Sequence[Episode]
    failures: Failures
    now: datetime


def reconcile(seen: Pass, rules: Rules) -> Changes:
    """Open what newly struggles, go on with what is open, remind of what nobody has answered."""
    looks = {look.ref: look for look in seen.looks}
    known = {episode.ref for episode in seen.remembered}
    went_on = [_go_on(episode, looks, seen, rules) for episode in seen.remembered if episode.is_open]
    fresh = [look for look in seen.looks if look.ref not in known and _struggles(look)]
    began, storm = _open(fresh, seen, rules)
    steps = [*went_on, *began]
    changed = tuple(step.episode for step in steps if step.speeches)
    roots = _storm_cards(seen.remembered, changed)
    return Changes(changed, (*storm, *(speech for step in steps for speech in step.speeches), *roots))


def _struggles(look: Look) -> bool:
    return look.ending is None and look.timed_out


def _go_on(episode: Episode, looks: Mapping[Ref, Look], seen: Pass, rules: Rules) -> Step:
    look = looks.get(episode.ref)
    failures = seen.failures.get(episode.ref, ())
    step = looked_at(episode, look, failures, seen.now) if look else Step(episode)
    return _remind(step, rules, seen.now)


def _remind(step: Step, rules: Rules, now: datetime) -> Step:
    """Say it again in the channel when its snooze has run out, or nobody has acknowledged it for too long."""
    episode = step.episode
    snooze_over = episode.quiet is not None and episode.quiet.until is not None and now >= episode.quiet.until
    told = episode.last_told_at or episode.opened_at
    unanswered = not episode.acked_by and episode.quiet is None and now - told >= rules.remind_after
    if not episode.is_open or not (snooze_over or unanswered):
        return step
    count = episode.reminders + 1
    told_now = replace(episode, quiet=None, reminders=count, last_told_at=now)
    line = ReminderLine(called(episode), episode.attempt, episode.opened_at, after_snooze=snooze_over)
    key = f"{card_key(episode)}:reminder:{count}"
    reminder = Speech(key, dump(line), episode.root_key, broadcast=True)
    earlier = tuple(speech for speech in step.speeches if speech.key != card_key(episode))
    return Step(told_now, (card(told_now), *earlier, reminder))


def _open(fresh: Sequence[Look], seen: Pass, rules: Rules) -> tuple[list[Step], tuple[Speech, ...]]:
    """New episodes, each with its own message, or together under one when they are a storm."""
    root, storm = "", tuple[Speech, ...]()
    if len(fresh) > rules.storm:
        root = f"storm:{seen.cluster}:{seen.now.isoformat()}"
        names = tuple(sorted(look.customer or look.ref.workflow_id for look in fresh))
        storm = (Speech(root, dump(StormCard(seen.cluster, names, over=0, opened_at=seen.now))),)
    return [opened(look, seen.failures.get(look.ref, ()), seen.now, root) for look in fresh], storm


def _storm_cards(remembered: Iterable[Episode], changed: Sequence[Episode]) -> tuple[Speech, ...]:
    """The storm messages whose number of ended episodes has changed."""
    now = {episode.id: episode for episode in changed}
    touched = {e.root_key for e in changed if e.root_key != card_key(e) and not e.is_open}
    cards: list[Speech] = []
    for root in sorted(touched):
        members = [now.get(e.id, e) for e in remembered if e.root_key == root]
        told = StormCard(
            cluster=members[0].ref.cluster,
            names=tuple(sorted(e.name for e in members)),
            over=sum(not e.is_open for e in members),
            opened_at=members[0].opened_at,
            completed=sum(e.ending is Ending.COMPLETED for e in members),
        )
        cards.append(Speech(root, dump(told)))
    return tuple(cards)
