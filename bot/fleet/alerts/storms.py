"""Groups alerts of several customers of one cluster that open for the same reason within a short time and have the
same route. Pure.

The first alert is posted at once. When the second one opens, the first alert's message becomes the message of the
group: the message counts all alerts, and each alert gets a line in the thread of the message. Several alerts of one
customer form no group, unless a worker is missing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.notifications.keys import episode_id, is_of_storm, story_key
from bot.fleet.notifications.mentions import mentions_at_opening
from bot.fleet.notifications.notification import GroupMember, StormCard, dump
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertFacts, AlertReason, Ending, Episode, OutboxMessage, Ref, Route

Cause = tuple[AlertReason | None, str]
"""The reason of an alert and, where a worker is missing, the task queue."""

GroupKey = tuple[Cause, Route]
"""What alerts of one group have in common. People whom another route calls have a message of their own."""


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """The groups that new alerts join. ``firsts`` maps a run that newly needs an alert to the id of the alert whose
    message is the group's message.

    ``remembered`` are the known episodes. Those that ``firsts`` names are marked as the first of a group.
    """

    firsts: Mapping[Ref, str]
    remembered: tuple[Episode, ...]

    def first(self, run: DescribedRun) -> str:
        """The id of the first alert of the group that this run joins; "" if it joins none."""
        return self.firsts.get(run.ref, "")

    def root_key(self, run: DescribedRun) -> str:
        """The outbox key of the message of this run's group; "" if the run joins none."""
        first = self.first(run)
        return f"episode:{first}" if first else ""


def join_groups(
    fresh: Sequence[tuple[DescribedRun, Route]],
    remembered: Sequence[Episode],
    lasting: Collection[str],
    now: datetime,
    within: timedelta,
) -> AlertGroup:
    """The groups that the new alerts join. ``fresh`` are the runs that newly need an alert, each with its route.
    ``lasting`` are the ids of the remembered alerts that stay open in this pass."""
    joinable = _joinable(remembered, [e for e in remembered if e.id in lasting], now, within)
    by_key: dict[GroupKey, list[DescribedRun]] = {}
    for run, route in fresh:
        by_key.setdefault((_cause(run), route), []).append(run)
    firsts: dict[Ref, str] = {}
    for key, alike in by_key.items():
        if first := _first_of(alike, joinable.get(key), remembered):
            firsts |= dict.fromkeys((run.ref for run in alike), first)
    known = tuple(replace(e, group=e.id) if e.id in firsts.values() else e for e in remembered)
    return AlertGroup(firsts, known)


def _first_of(fresh: Sequence[DescribedRun], first: Episode | None, known: Iterable[Episode]) -> str:
    """The id of the alert whose message is the group's message. If there is an alert ``first``, the ``fresh`` runs
    join it, and this is its id. Otherwise they form a new group, and this is the id of the alert of the first of
    these runs. "" if the group would not have two different names."""
    counted = {_counted(run) for run in fresh}
    if first is None:
        return episode_id(fresh[0].ref) if len(counted) > 1 else ""
    members = {_counted(e) for e in known if e.id == first.id or (first.group and e.group == first.group)}
    return first.id if len(counted | members) > 1 else ""


def _joinable(
    known: Sequence[Episode], lasting: Sequence[Episode], now: datetime, within: timedelta
) -> dict[GroupKey, Episode]:
    """The alert that new ones join, by key: the first of a group if there is one, else the oldest single alert.

    A message whose alerts have all ended takes no new alert. Trouble that begins again is news and needs a message of
    its own, because Slack notifies nobody of edits. An alert can be joined for ``within`` after it opened, but not if
    it opened in the far future, by a clock that was ahead. Runs that wait for the same worker have one message for as
    long as one of them waits.
    """
    still_open = {e.root_key for e in lasting}
    waiting = {e.root_key for e in lasting if e.alert_reason is AlertReason.NO_WORKER}
    roots = [
        e
        for e in known
        if e.root_key == story_key(e)
        and (
            e.root_key in waiting
            if e.alert_reason is AlertReason.NO_WORKER
            else e.root_key in still_open and abs(now - e.opened_at) < within
        )
    ]
    # The best candidate comes last, because the last of several with the same key stays in the mapping.
    from_worst = sorted(roots, key=lambda e: (not e.group, e.opened_at, e.id), reverse=True)
    return {(_cause(e), e.route): e for e in from_worst}


def _cause(alert: DescribedRun | Episode) -> Cause:
    return alert.alert_reason, alert.facts.task_queue


def _counted(alert: DescribedRun | Episode) -> str:
    """The name by which a group counts the alert; a group needs two different names. The name is usually the
    customer. Where a worker is missing, the name is the workflow id: one message is then enough for all runs that
    wait for this worker, even if they are for one customer."""
    return alert.ref.workflow_id if alert.alert_reason is AlertReason.NO_WORKER else alert.name


def storm_cards(
    remembered: Sequence[Episode], changed: Sequence[Episode], storm: int
) -> tuple[tuple[Episode, ...], tuple[OutboxMessage, ...]]:
    """The first alerts of the groups whose message changes, except those that ``changed`` already has; and the new
    content of these messages, to edit them.

    The first alerts are recorded together with the messages, although they have not changed themselves. So when two
    bots count the same group at once, the second one fails on the revision of the first alert, and counts again. A
    group of more than ``storm`` customers is large.
    """
    now = {episode.id: episode for episode in (*remembered, *changed)}
    cards: list[OutboxMessage] = []
    firsts: list[Episode] = []
    for root in sorted({e.root_key for e in changed if is_of_storm(e)}):
        known = _of_root(root, remembered)
        before, after = _card(known, storm), _card(_of_root(root, now.values()), storm)
        # The message still shows an alert that was opened again as over.
        is_back = any(e.is_open and e.ended_at for e in known)
        if after and (after != before or is_back):
            own = [e for e in now.values() if e.group == e.id and e.root_key == root]
            destination = own[0].route.channel if own else ""
            cards.append(OutboxMessage(root, dump(after), destination=destination))
            firsts += own
    recorded = {episode.id for episode in changed}
    return tuple(first for first in firsts if first.id not in recorded), tuple(cards)


def _of_root(root: str, episodes: Iterable[Episode]) -> list[Episode]:
    return [episode for episode in episodes if is_of_storm(episode) and episode.root_key == root]


def _card(members: Sequence[Episode], storm: int) -> StormCard | None:
    if not members:
        return None
    opened, shown = [e.opened_at for e in members], _shown(members)
    first = next((e for e in members if e.group == e.id), None)
    by_name = sorted(members, key=lambda e: (e.name, e.opened_at))
    is_large = len({e.name for e in members}) > storm
    return StormCard(
        cluster=members[0].ref.cluster,
        names=tuple(sorted(e.name for e in members)),
        over=sum(not e.is_open for e in members),
        opened_at=min(opened),
        completed=sum(e.ending is Ending.COMPLETED for e in members),
        recovered=sum(e.ending is Ending.RECOVERED for e in members),
        latest_at=max(opened),
        is_large=is_large,
        alert_reason=shown.alert_reason,
        facts=AlertFacts(
            shown.facts.since,
            shown.facts.task_queue,
            shown.facts.waits_for,
            shown.facts.pollers,
            queue_link=shown.facts.queue_link,
        ),
        mention=mentions_at_opening(first) if first else (),
        members=tuple(_member(e, with_attempt=not is_large) for e in by_name),
        first=(first or members[0]).id,
    )


def _member(alert: Episode, *, with_attempt: bool) -> GroupMember:
    """The alert as an entry in the message of its group. A large group's message lists only names, so the entry has
    no attempt. Otherwise each new attempt would edit the message."""
    of_attempt = (alert.attempt, alert.reached) if with_attempt and alert.is_open else (0, "")
    is_taken_over = alert.sequence is not None
    return GroupMember(
        alert.name,
        alert.link,
        alert.ending,
        alert.acked_by,
        is_taken_over,
        alert.customer,
        *of_attempt,
        alert.campaign,
        alert.is_queued,
        alert.ended_with_campaign,
    )


def _shown(members: Sequence[Episode]) -> Episode:
    """The alert whose reason the group's message shows. It is one of those with the most frequent reason: the first
    alert of the group if it has that reason."""
    causes = Counter(_cause(e) for e in members)
    most = max(causes.values())
    common = [e for e in members if causes[_cause(e)] == most]
    return next((e for e in common if e.group == e.id), common[0])
