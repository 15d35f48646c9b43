"""Whom an alert calls while nobody answers it. Pure.

What is due depends on stored times alone, and each message has a key made of the alert and the step. So a restart of
the bot neither repeats a step nor leaves one out, and a cluster that does not answer delays no step.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.fleet.alerts.answers import snooze_ended_at
from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.keys import is_within_sequence, story_key
from bot.fleet.notifications.notification import dump
from bot.fleet.notifications.pages import Page, dump_page
from bot.model import WEBHOOK, Episode, OutboxMessage, PageAction


@dataclass(frozen=True, slots=True)
class AlertStory:
    """The alerts that share one message, at the time ``now``: a single alert, or all alerts of a group. Together they
    call people once. Whoever acknowledges one of them has seen the others that were open then, but not those that
    open later."""

    episodes: tuple[Episode, ...]
    now: datetime

    @property
    def first(self) -> Episode:
        """The alert that posted the shared message. If that alert is not among ``episodes``, the one that opened
        first. The route of the returned alert counts for all."""
        own = (episode for episode in self.episodes if story_key(episode) == episode.root_key)
        return next(own, self.episodes[0])

    @property
    def waiting(self) -> tuple[Episode, ...]:
        """The open alerts that are not snoozed now, that no sequence has taken over and whose days do not wait in the
        queue."""
        return tuple(filter(self._is_waiting, self.episodes))

    @property
    def calling(self) -> tuple[Episode, ...]:
        """The waiting alerts that nobody has answered."""
        return tuple(filter(self._is_waiting, self._unseen))

    @property
    def unseen_since(self) -> datetime:
        """When the first unseen alert opened. An alert is unseen if nobody has acknowledged it and it opened after
        the latest acknowledgement of another alert. Raises ValueError if no alert is unseen."""
        return min(episode.opened_at for episode in self._unseen)

    @property
    def calling_since(self) -> datetime:
        """When the alerts began to call people: usually, when the first unseen alert opened. But if every alert that
        calls people now was silent in between, because of a snooze, a sequence or the queue, the result is when the
        first of these alerts began to call again."""
        opened = self.unseen_since
        return max(opened, min(self._calls_again_at(episode) or opened for episode in self.calling))

    @property
    def is_answered_before(self) -> bool:
        """Whether somebody has acknowledged one of the alerts."""
        return self._answered_at is not None

    def began_to_call(self, episode: Episode) -> datetime:
        """When this alert began to call people, or last began again."""
        return max(episode.opened_at, self._calls_again_at(episode) or episode.opened_at)

    @property
    def _answered_at(self) -> datetime | None:
        # An acknowledgement without a time, from an earlier version, counts as made now: for all alerts.
        return max((e.acked_at or self.now for e in self.episodes if e.acked_by), default=None)

    @property
    def _unseen(self) -> tuple[Episode, ...]:
        at = self._answered_at
        return tuple(e for e in self.episodes if not e.acked_by and (at is None or e.opened_at > at))

    def _is_waiting(self, episode: Episode) -> bool:
        is_snoozed = episode.quiet is not None and snooze_ended_at(episode, self.now) is None
        return episode.is_open and episode.sequence is None and not (is_snoozed or episode.is_queued)

    def _calls_again_at(self, episode: Episode) -> datetime | None:
        return snooze_ended_at(episode, self.now) or episode.calls_again_at


def stories(episodes: Iterable[Episode], now: datetime) -> list[AlertStory]:
    """The episodes, grouped by the message that they share. Alerts in the thread of a sequence are left out, because
    the sequence takes care of them."""
    by_root: dict[str, list[Episode]] = {}
    for episode in sorted(episodes, key=lambda e: (e.opened_at, e.id)):
        if not is_within_sequence(episode):
            by_root.setdefault(episode.root_key, []).append(episode)
    return [AlertStory(tuple(members), now) for members in by_root.values()]


def due_calls(story: AlertStory) -> Iterator[OutboxMessage]:
    """All mentions and pages of these alerts that are due by now, even those that were sent already. Empty if none of
    the alerts calls people now, for example because somebody has answered."""
    if story.calling:
        yield from _mention_of_no_message(story)
        yield from _steps(story)


def _mention_of_no_message(story: AlertStory) -> Iterator[OutboxMessage]:
    """A separate mention, as soon as quiet hours allow it, if the shared message could not mention anybody; empty
    otherwise. There are two such cases: the shared message was posted in quiet hours; or alerts joined it after
    somebody had acknowledged the earlier ones, and Slack notifies nobody of an edited message."""
    first, joined = story.first, story.is_answered_before
    opened = story.unseen_since if joined else first.opened_at
    at = first.route.mention_from(opened)
    if first.route.mention and at <= story.now and (joined or opened < at):
        event = f"mention:{int(opened.timestamp())}" if joined else "mention"
        yield _mention(story, event, first.route.mention)


def _steps(story: AlertStory) -> Iterator[OutboxMessage]:
    """The steps of the route whose time has come. The time until a step counts from when the alerts began to call
    people (``calling_since``). Only mentions respect quiet hours. If the alerts began to call people in quiet hours,
    the time until a mention counts from the end of these hours instead. A mention that would fall into quiet hours
    waits until they end. A webhook is called at any hour, because the other side knows who is on duty."""
    since, route = story.calling_since, story.first.route
    for number, step in enumerate(route.escalate, 1):
        at = since + step.after if step.webhook else route.mention_from(route.mention_from(since) + step.after)
        if at <= story.now:
            event = f"escalate:{int(since.timestamp())}:{number}"
            yield _page(story, event, step.webhook) if step.webhook else _mention(story, event, step.mention)


def _page(story: AlertStory, event: str, webhook: str) -> OutboxMessage:
    first = story.first
    page = Page(
        webhook,
        first.ref.cluster,
        _calling_names(story),
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


def _calling_names(story: AlertStory) -> tuple[str, ...]:
    return tuple(dict.fromkeys(episode.name for episode in story.calling))


def _mention(story: AlertStory, event: str, mention: tuple[str, ...]) -> OutboxMessage:
    first, names = story.first, _calling_names(story)
    line = MentionLine(first.ref.cluster, names, mention, first.opened_at, first.alert_reason)
    return OutboxMessage(f"{story_key(first)}:{event}", dump(line), first.root_key, broadcast=True)
