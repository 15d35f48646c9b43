"""Changes an episode when somebody answers its alert, and makes the messages that this causes. Pure."""

from dataclasses import replace
from datetime import datetime

from bot.fleet.alerts.episodes import Step, card, thread_line
from bot.fleet.notifications.keys import display_name
from bot.fleet.notifications.notification import AckLine, SnoozeLine
from bot.model import ActiveSnooze, Actor, Episode, OutboxMessage


def acknowledge_episode(episode: Episode, actor: Actor, now: datetime) -> tuple[Episode, tuple[OutboxMessage, ...]]:
    """The episode after a person has acknowledged it, and its messages. Reminders stop."""
    taken = replace(episode, acked_by=actor.user_id, changed_at=now)
    return taken, (card(taken), thread_line(taken, "ack", AckLine(display_name(taken), actor.user_id)))


def snooze_episode(
    episode: Episode, actor: Actor, until: datetime | None, now: datetime
) -> tuple[Episode, tuple[OutboxMessage, ...]]:
    """The episode after a person has snoozed it, and its messages. ``until`` None means until something changes."""
    quiet = replace(episode, quiet=ActiveSnooze(actor.user_id, until), changed_at=now)
    line = SnoozeLine(display_name(quiet), actor.user_id, until)
    return quiet, (card(quiet), thread_line(quiet, f"snooze:{now.isoformat()}", line))


def answered_before(step: Step, before: Episode | None, now: datetime) -> Step:
    """The new alert about a firing of a cron schedule, with the answers that ``before`` got, the alert about an
    earlier firing. A person who acknowledged that one is not asked again, and its snooze goes on until its end."""
    quiet = before.quiet if before and before.quiet and before.quiet.until and now < before.quiet.until else None
    acked_by = before.acked_by if before else ""
    if not acked_by and quiet is None:
        return step
    episode = replace(step.episode, acked_by=acked_by, quiet=quiet)
    return Step(episode, (card(episode), *step.messages[1:]))
