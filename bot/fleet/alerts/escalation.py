"""Whom an alert calls while nobody answers it. Pure.

What is due depends on stored times alone, and each message has a key made of the alert and the step. So a restart of
the bot neither repeats a step nor leaves one out, and a cluster that does not answer delays no step.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.keys import is_within_sequence, story_key
from bot.fleet.notifications.notification import dump
from bot.fleet.notifications.pages import Page, dump_page
from bot.model import WEBHOOK, Episode, OutboxMessage, PageAction


@dataclass(frozen=True, slots=True)
class AlertStory:
    """The alerts that share one message: a single alert, or all alerts of a group. Together they call people once."""

    episodes: tuple[Episode, ...]

    @property
    def first(self) -> Episode:
        """The alert that posted the shared message, and whose route counts for all; if it is not here, the alert that
        opened first."""
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
    """The episodes, grouped by the message that they share. Alerts in the thread of a sequence are left out, because
    the sequence takes care of them."""
    by_root: dict[str, list[Episode]] = {}
    for episode in sorted(episodes, key=lambda e: (e.opened_at, e.id)):
        if not is_within_sequence(episode):
            by_root.setdefault(episode.root_key, []).append(episode)
    return [AlertStory(tuple(members)) for members in by_root.values()]


def due_calls(story: AlertStory, now: datetime) -> Iterator[OutboxMessage]:
    """All mentions and pages of the alert that are due by now, sent already or not; none once somebody answers."""
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
    """The steps of the route whose time has come. Only mentions respect quiet hours: their time counts from the end
    of the quiet hours in which the alert began to call, and a mention never falls into quiet hours. A webhook is
    called at any hour, because the other side knows who is on duty."""
    since, route = story.calling_since, story.first.route
    for number, step in enumerate(route.escalate, 1):
        at = since + step.after if step.webhook else route.mention_from(route.mention_from(since) + step.after)
        if at <= now:
            event = f"escalate:{int(since.timestamp())}:{number}"
            yield _page(story, event, step.webhook) if step.webhook else _mention(story, event, step.mention)


def _page(story: AlertStory, event: str, webhook: str) -> OutboxMessage:
    first = story.first
    page = Page(
        webhook,
        first.ref.cluster,
        _waiting_names(story),
        first.opened_at,
        first.alert_reason,
        first.link,
        first.root_key,
    )
    return OutboxMessage(f"page:{first.id}:{event}", dump_page(page), destination=f"{WEBHOOK}{webhook}")


def follow_ups(
    pages: Mapping[str, Page], known: Iterable[AlertStory], calls: Collection[str]
) -> Iterator[OutboxMessage]:
    """The pages to send again with another action. ``pages`` are by outbox key, and ``calls`` are the keys of all
    calls that are due now. A page is resolved when its alerts have ended. It is acknowledged when it is no longer
    among the calls: somebody has answered, or a later call has replaced it."""
    by_root = {story.first.root_key: story for story in known}
    for key, page in pages.items():
        action = _action(by_root.get(page.thread_key), is_called_for=key in calls)
        if action.rank > page.action.rank:
            yield OutboxMessage(key, dump_page(replace(page, action=action)), destination=f"{WEBHOOK}{page.webhook}")


def _action(story: AlertStory | None, *, is_called_for: bool) -> PageAction:
    if story is None or not any(episode.is_open for episode in story.episodes):
        return PageAction.RESOLVE
    return PageAction.TRIGGER if is_called_for else PageAction.ACKNOWLEDGE


def _waiting_names(story: AlertStory) -> tuple[str, ...]:
    return tuple(dict.fromkeys(episode.name for episode in story.waiting))


def _mention(story: AlertStory, event: str, mention: tuple[str, ...]) -> OutboxMessage:
    first, names = story.first, _waiting_names(story)
    line = MentionLine(first.ref.cluster, names, mention, first.opened_at, first.alert_reason)
    return OutboxMessage(f"{story_key(first)}:{event}", dump(line), first.root_key, broadcast=True)
