"""Whom an alert calls while nobody answers it. Pure.

What is due depends on stored times alone, and each message has a key made of the alert and the step. So a restart of
the bot neither repeats a step nor leaves one out, and a cluster that does not answer delays none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.fleet.notifications.keys import is_within_sequence, story_key
from bot.fleet.notifications.notification import MentionLine, dump
from bot.model import Episode, OutboxMessage


@dataclass(frozen=True, slots=True)
class AlertStory:
    """An alert, or all alerts of a group: those that share one message. It calls people as one."""

    episodes: tuple[Episode, ...]

    @property
    def first(self) -> Episode:
        """The alert whose message it is, and whose route the others share; else the one that opened first."""
        own = (episode for episode in self.episodes if story_key(episode) == episode.root_key)
        return next(own, self.episodes[0])

    @property
    def waiting(self) -> tuple[Episode, ...]:
        """The open alerts that nobody has snoozed and that no sequence has taken over."""
        return tuple(e for e in self.episodes if e.is_open and e.quiet is None and e.sequence is None)

    @property
    def is_acknowledged(self) -> bool:
        """Whether a person takes care of it. Whoever acknowledges one alert of a group has seen the others."""
        return any(episode.acked_by for episode in self.episodes)

    @property
    def is_calling(self) -> bool:
        """Whether it needs a person, and nobody has answered."""
        return bool(self.waiting) and not self.is_acknowledged

    @property
    def calling_since(self) -> datetime:
        """When it began to call people: when it opened, or began again after a snooze or a sequence."""
        again = (episode.calls_again_at for episode in self.episodes if episode.calls_again_at)
        return max([min(episode.opened_at for episode in self.episodes), *again])


def stories(episodes: Iterable[Episode]) -> list[AlertStory]:
    """The episodes by the message that they share. A sequence takes care of the alerts in its thread."""
    by_root: dict[str, list[Episode]] = {}
    for episode in sorted(episodes, key=lambda e: (e.opened_at, e.id)):
        if not is_within_sequence(episode):
            by_root.setdefault(episode.root_key, []).append(episode)
    return [AlertStory(tuple(members)) for members in by_root.values()]


def due_calls(story: AlertStory, now: datetime) -> Iterator[OutboxMessage]:
    """Everything that the alert has called people with until now, sent or not; nothing once somebody answers."""
    if story.is_calling:
        yield from _mention_after_quiet_hours(story, now)
        yield from _steps(story, now)


def _mention_after_quiet_hours(story: AlertStory, now: datetime) -> Iterator[OutboxMessage]:
    """The mention that the alert's own message left out, because it opened in quiet hours."""
    first = story.first
    at = first.route.mention_from(first.opened_at)
    if first.route.mention and first.opened_at < at <= now:
        yield _mention(story, "mention", first.route.mention)


def _steps(story: AlertStory, now: datetime) -> Iterator[OutboxMessage]:
    """The steps of the route whose time has come. A step counts from when people may be mentioned first."""
    since, route = story.calling_since, story.first.route
    for number, step in enumerate(route.escalate, 1):
        at = route.mention_from(route.mention_from(since) + step.after)
        if at <= now:
            yield _mention(story, f"escalate:{int(since.timestamp())}:{number}", step.mention)


def _mention(story: AlertStory, event: str, mention: tuple[str, ...]) -> OutboxMessage:
    first, names = story.first, tuple(dict.fromkeys(episode.name for episode in story.waiting))
    line = MentionLine(first.ref.cluster, names, mention, first.opened_at, first.alert_reason)
    return OutboxMessage(f"{story_key(first)}:{event}", dump(line), first.root_key, broadcast=True)
