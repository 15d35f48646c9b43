"""What one pass over a cluster means for its alerts (design.md §6): pure, so that every case is a plain test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.commands import LONGEST_SNOOZE
from bot.fleet.episode_names import called, card_key, is_of_storm, is_within_sequence, storm_key
from bot.fleet.episodes import Step, card, left_alone, looked_at, opened
from bot.fleet.looks import Look
from bot.fleet.sayings import ReminderLine, StormCard, dump
from bot.model import CLOCKS_APART, Ending, Episode, Ref, SeenFailure, Speech, has_come

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

    ``remembered`` holds its open episodes, and the ended ones that share their message with an open one.
    An execution that is not among ``looks`` was not looked at: nothing follows for it.
    ``threads`` are the speech keys under which open sequences tell their stories, by customer; None: not known.
    ``left`` are, by id, the handed-over episodes whose sequence is over without having told so, and how it ended.
    """

    cluster: str
    looks: Sequence[Look]
    remembered: Sequence[Episode]
    failures: Failures
    now: datetime
    threads: Mapping[str, str] | None = field(default_factory=dict)
    left: Mapping[str, Ending] = field(default_factory=dict)


def reconcile(seen: Pass, rules: Rules) -> Changes:
    """Open what newly struggles, go on with what is open, remind of what nobody has answered."""
    looks = {look.ref: look for look in seen.looks}
    went_on = [_go_on(episode, looks, seen, rules) for episode in seen.remembered if episode.is_open]
    began, storm = _open(struggling_anew(seen.looks, seen.remembered), seen, rules)
    steps = [*went_on, *began]
    changed = tuple(step.episode for step in steps if step.speeches)
    roots = storm_cards(seen.remembered, changed)
    return Changes(changed, (*storm, *(speech for step in steps for speech in step.speeches), *roots))


def struggling_anew(looks: Iterable[Look], known: Iterable[Episode]) -> list[Look]:
    """Those that struggle and have no episode among ``known``."""
    refs = {episode.ref for episode in known}
    return [look for look in looks if look.ref not in refs and look.ending is None and look.timed_out]


def _go_on(episode: Episode, looks: Mapping[Ref, Look], seen: Pass, rules: Rules) -> Step:
    look = looks.get(episode.ref)
    failures = seen.failures.get(episode.ref, ())
    if look is None:
        step = Step(episode)
    elif episode.id in seen.left:
        step = left_alone(episode, look, seen.left[episode.id], failures, seen.now)
    else:
        step = looked_at(episode, _as_it_was(look, episode, seen), failures, seen.now)
    return step if _is_driven(step.episode, seen) else _remind(step, rules, seen.now)


def _as_it_was(look: Look, episode: Episode, seen: Pass) -> Look:
    """A sequence that is under way cancels its own window, to halve it or because it is stopped: no person did."""
    is_its_own = is_within_sequence(episode) and episode.customer in (seen.threads or {})
    return replace(look, ending=Ending.CUT_SHORT) if look.ending is Ending.CANCELLED and is_its_own else look


def _is_driven(episode: Episode, seen: Pass) -> bool:
    """Whether a sequence sees to it, or may do so: then people are not asked to."""
    if episode.sequence is not None:
        return True
    return is_within_sequence(episode) and (seen.threads is None or episode.customer in seen.threads)


def _remind(step: Step, rules: Rules, now: datetime) -> Step:
    """Say it again in the channel when its snooze has run out, or nobody has acknowledged it for too long."""
    episode = step.episode
    until = episode.quiet.until if episode.quiet else None
    # No snooze asked for by a right clock ends later than that.
    snooze_over = until is not None and not now < until <= now + LONGEST_SNOOZE + 2 * CLOCKS_APART
    told = episode.last_told_at or episode.opened_at
    is_due = now - told >= rules.remind_after or not has_come(told, now)
    unanswered = not episode.acked_by and episode.quiet is None and is_due
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
    """New episodes: in the thread of the sequence that runs them, else each with its own message, or together under
    one when they are a storm."""
    threads = seen.threads or {}
    apart = [look for look in fresh if not threads.get(look.customer)]
    root, storm = "", tuple[Speech, ...]()
    if len(apart) > rules.storm:
        root = storm_key(seen.cluster, seen.now)
        names = tuple(sorted(look.customer or look.ref.workflow_id for look in apart))
        storm = (Speech(root, dump(StormCard(seen.cluster, names, over=0, opened_at=seen.now))),)
    roots = {look.ref: threads.get(look.customer) or root for look in fresh}
    return [opened(look, seen.failures.get(look.ref, ()), seen.now, roots[look.ref]) for look in fresh], storm


def storm_cards(remembered: Iterable[Episode], changed: Sequence[Episode]) -> tuple[Speech, ...]:
    """The storm messages whose number of ended episodes has changed, among all that the journal remembers."""
    now = {episode.id: episode for episode in changed}
    touched = {e.root_key for e in changed if is_of_storm(e) and not e.is_open}
    known = [now.get(e.id, e) for e in remembered if is_of_storm(e)]
    cards: list[Speech] = []
    for root in sorted(touched):
        members = [e for e in known if e.root_key == root]
        told = StormCard(
            cluster=members[0].ref.cluster,
            names=tuple(sorted(e.name for e in members)),
            over=sum(not e.is_open for e in members),
            opened_at=members[0].opened_at,
            completed=sum(e.ending is Ending.COMPLETED for e in members),
        )
        cards.append(Speech(root, dump(told)))
    return tuple(cards)
