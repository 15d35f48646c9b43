"""Changes episodes when somebody answers their alerts, and makes the messages that this causes. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.commands import LONGEST_SNOOZE
from bot.fleet.alerts.episodes import Step, card, thread_line
from bot.fleet.notifications.keys import display_name
from bot.fleet.notifications.notification import AckLine, SnoozeLine
from bot.model import MAX_CLOCK_SKEW, ActiveSnooze, Actor, Episode, OutboxMessage


def acknowledge_episodes(
    episodes: Sequence[Episode], actor: Actor, now: datetime
) -> tuple[tuple[Episode, ...], tuple[OutboxMessage, ...]]:
    """The episodes after a person has acknowledged all of them. Episodes in one thread get one line there
    together."""
    taken = tuple(replace(episode, acked_by=actor.user_id, acked_at=now, changed_at=now) for episode in episodes)
    lines = (
        thread_line(first, "ack", AckLine(display_name(first), actor.user_id, others))
        for first, others in _by_thread(taken)
    )
    return taken, (*map(card, taken), *lines)


def snooze_episode(
    episode: Episode, actor: Actor, until: datetime | None, now: datetime
) -> tuple[Episode, tuple[OutboxMessage, ...]]:
    """The episode after a person has snoozed it, and its messages. ``until`` None means until something changes."""
    (quiet,), messages = snooze_episodes([episode], actor, until, now)
    return quiet, messages


def snooze_episodes(
    episodes: Sequence[Episode], actor: Actor, until: datetime | None, now: datetime
) -> tuple[tuple[Episode, ...], tuple[OutboxMessage, ...]]:
    """The episodes after a person has snoozed all of them. Episodes in one thread get one line there together."""
    quiet = tuple(replace(e, quiet=ActiveSnooze(actor.user_id, until), changed_at=now) for e in episodes)
    lines = (
        thread_line(first, f"snooze:{now.isoformat()}", SnoozeLine(display_name(first), actor.user_id, until, others))
        for first, others in _by_thread(quiet)
    )
    return quiet, (*map(card, quiet), *lines)


def _by_thread(episodes: Sequence[Episode]) -> list[tuple[Episode, int]]:
    """The first episode in each thread, and how many others are in it."""
    threads: dict[str, list[Episode]] = {}
    for episode in episodes:
        threads.setdefault(episode.root_key, []).append(episode)
    return [(own[0], len(own) - 1) for own in threads.values()]


def snooze_ended_at(episode: Episode, now: datetime) -> datetime | None:
    """When the snooze of the alert ended; None if the alert has no snooze, or if the snooze goes on. Only the time
    decides, so a snooze ends even while the cluster of the alert does not answer."""
    until = episode.quiet.until if episode.quiet else None
    if until is None:
        return None
    # No snooze can end later than this. A clock that was ahead has recorded it, so the snooze counts as over.
    is_wrong = until > now + LONGEST_SNOOZE + 2 * MAX_CLOCK_SKEW
    return min(until, now) if until <= now or is_wrong else None


def without_past_snooze(episode: Episode, now: datetime) -> Episode:
    """The episode, but without its snooze if that has ended, even if no pass has noticed the end yet."""
    return replace(episode, quiet=None) if snooze_ended_at(episode, now) else episode


def answered_before(step: Step, before: Episode | None, now: datetime) -> Step:
    """The step, after its new alert has taken over the answers to an earlier alert. The new alert is about a run that
    a cron schedule began. ``before`` is the alert about an earlier run of that schedule; None if there is none. If
    ``before`` was acknowledged, so is the new alert. If ``before`` is snoozed until a certain time, so is the new
    alert."""
    quiet = before.quiet if before and before.quiet and before.quiet.until and now < before.quiet.until else None
    acked_by = before.acked_by if before else ""
    if not acked_by and quiet is None:
        return step
    acked_at = before.acked_at if before else None
    episode = replace(step.episode, acked_by=acked_by, acked_at=acked_at, quiet=quiet)
    return Step(episode, (card(episode), *step.messages[1:]))
