"""Repeats alerts in the channel if nobody has acknowledged them for too long, or if their snooze is over. Pure.

Alerts that share a message are repeated together, in one line. If one of them is due, all that nobody has
acknowledged are repeated.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.alerts.answers import snooze_ended_at
from bot.fleet.alerts.episodes import Step, card
from bot.fleet.notifications.keys import card_key, display_name, is_of_storm, story_key
from bot.fleet.notifications.notification import ReminderLine, dump
from bot.model import Episode, OutboxMessage, is_past_within_skew


def with_reminders(
    steps: Sequence[Step], is_driven: Callable[[Episode], bool], remind_after: timedelta, now: datetime
) -> list[Step]:
    """The steps of the known alerts, with reminders. An alert for which ``is_driven`` is True is not repeated."""
    threads: dict[str, list[Step]] = {}
    for step in steps:
        if step.episode.is_open and not is_driven(step.episode):
            threads.setdefault(_shared_key(step.episode), []).append(step)
    repeated: dict[str, Step] = {}
    for own in threads.values():
        over = [step for step in own if snooze_ended_at(step.episode, now)]
        repeated |= _repeated(over, now, after_snooze=True)
        waiting = [step for step in own if not step.episode.acked_by and step.episode.quiet is None]
        if any(_is_due(step.episode, remind_after, now) for step in waiting):
            repeated |= _repeated(waiting, now, after_snooze=False)
    return [repeated.get(step.episode.id, step) for step in steps]


def _shared_key(episode: Episode) -> str:
    return episode.root_key if is_of_storm(episode) else episode.id


def _is_due(episode: Episode, remind_after: timedelta, now: datetime) -> bool:
    last_message_at = episode.last_told_at or episode.opened_at
    return now - last_message_at >= remind_after or not is_past_within_skew(last_message_at, now)


def _repeated(steps: Sequence[Step], now: datetime, *, after_snooze: bool) -> dict[str, Step]:
    """Repeats these alerts together, and returns their new steps by the alert's id. Only the alert that opened first
    gets a line. After a snooze, the messages of the other alerts are edited too, because they still show the
    snooze."""
    if not steps:
        return {}
    first = min(steps, key=lambda step: (step.episode.opened_at, step.episode.id))
    changed: dict[str, Step] = {}
    for step in steps:
        episode = step.episode
        repeated = replace(
            episode,
            quiet=None,
            reminders=episode.reminders + 1,
            last_told_at=now,
            calls_again_at=snooze_ended_at(episode, now) or episode.calls_again_at,
        )
        messages = step.messages
        if step is first or after_snooze:
            messages = (card(repeated), *(message for message in messages if message.key != card_key(episode)))
        if step is first:
            messages = (*messages, _reminder(repeated, len(steps) - 1, after_snooze=after_snooze))
        changed[episode.id] = Step(repeated, messages)
    return changed


def _reminder(episode: Episode, others: int, *, after_snooze: bool) -> OutboxMessage:
    line = ReminderLine(
        display_name(episode),
        episode.attempt,
        episode.opened_at,
        after_snooze=after_snooze,
        alert_reason=episode.alert_reason,
        child=episode.children.shown if episode.children else None,
        others=others,
    )
    key = f"{story_key(episode)}:reminder:{episode.reminders}"
    return OutboxMessage(key, dump(line), episode.root_key, broadcast=True)
