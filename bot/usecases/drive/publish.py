"""Queues what a sequence reports: lines for its thread, the new state of the card at the top of the thread, and
direct messages. Also updates the alerts that the sequence takes over.

Idempotent: messages and alerts are recorded in one transaction, and the keys of the messages depend only on the
sequence and the subscriptions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from bot.fleet.alerts.handed_over import end_with_sequence, reopened, update_progress
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications.direct_messages import direct_message
from bot.fleet.notifications.keys import is_bulk_key, story_of
from bot.fleet.notifications.notification import dump
from bot.fleet.notifications.personal import CustomerStopped
from bot.fleet.notifications.sequence import (
    BegunLine,
    SequenceCard,
    SequenceEndLine,
    SequenceLine,
    StillOpenLine,
    WindowLine,
)
from bot.model import Episode, JournalEntry, OutboxMessage, SequenceEnd, SequenceProgress, Subscription
from bot.services import Services
from bot.usecases.campaigns.scope import services_of
from bot.usecases.drive.own_alerts import own_alerts
from bot.usecases.group_mates import group_mates
from bot.usecases.open_alert import retry_on_conflict
from bot.usecases.watch.subscribers import is_about_cluster, shown_campaign


@dataclass(frozen=True, slots=True)
class SequenceReport:
    """Consecutive lines of a sequence, perhaps none. ``first`` is the number of the first line. ``progress`` is the
    sequence's progress when the report was made.

    Temporal limits a payload to 2 MB (docs/temporal-facts.md), and a sequence may have very many days. So before the
    report is sent, the lines lose what they have in common with ``progress``.
    """

    progress: SequenceProgress
    first: int
    lines: tuple[SequenceLine, ...]

    @classmethod
    def of(cls, progress: SequenceProgress, first: int, lines: Iterable[SequenceLine]) -> "SequenceReport":
        """Make a report whose lines lack what they have in common with ``progress``."""
        bare = replace(progress.spec, clear=(), adopt=(), days=())
        stripped = replace(progress, spec=bare, running=(), troubled=(), left=())
        return cls(progress, first, tuple(_with_progress(line, stripped) for line in lines))

    @property
    def full_lines(self) -> tuple[SequenceLine, ...]:
        """The full lines. Each line has its whole progress or spec again, from which ``of`` had removed parts."""
        return tuple(_with_progress(line, self.progress) for line in self.lines)


def _with_progress(line: SequenceLine, progress: SequenceProgress) -> SequenceLine:
    """The line with this ``progress``. A line that shows no progress gets only the spec from ``progress``."""
    if isinstance(line, SequenceEndLine):
        return replace(line, progress=progress)
    return replace(line, spec=progress.spec)


async def tell(report: SequenceReport, services: Services) -> None:
    """Queue the messages of the report, and update the alerts that it is about. Raises Unavailable if the store does
    not answer, and Conflict if others keep changing the same alerts."""
    await retry_on_conflict(partial(_tell, report, services))


async def _tell(report: SequenceReport, services: Services) -> None:
    spec, now = report.progress.spec, services.now()
    episodes = (await services.journal.memory(spec.cluster, ())).episodes
    own = await services_of(spec.campaign, services)
    update = update_progress if report.progress.end is None else end_with_sequence
    early = await _ended_early(report, episodes, services)
    alerts = [*(episode for episode in episodes if episode.is_open), *early]
    known = {each.id for each in episodes}
    episodes = (*episodes, *(mate for mate in await group_mates(early, services) if mate.id not in known))
    steps = [update(episode, report.progress, now) for episode in await own_alerts(spec, alerts, own)]
    changed = tuple(step.episode for step in steps if step.messages)
    card = SequenceCard(report.progress, campaign=shown_campaign(own), link=_link(report.progress, services))
    cards = (*_card(card), *(message for step in steps for message in step.messages))
    firsts, roots = storm_cards(episodes, changed, services.config.alerts.storm)
    subscriptions = await _subscriptions(report, services)
    note = CustomerStopped(report.progress, shown_campaign(own))
    notes = (direct_message(each, note) for each in subscriptions)
    messages = (*cards, *roots, *_lines(report, shown_campaign(own)), *notes)
    await services.journal.record(JournalEntry(episodes=(*changed, *firsts), messages=messages), now)
    for subscription in subscriptions:
        await services.subscriptions.mark_notified(subscription, now)


async def _ended_early(report: SequenceReport, episodes: Iterable[Episode], services: Services) -> list[Episode]:
    """The alerts that the watcher ended although the sequence is to take them over. The watcher saw what the sequence
    did to their runs before the first report of the sequence arrived. The alerts are returned as opened again, and
    are not recorded yet. Empty unless the report says that the sequence has begun. ``episodes`` are the alerts that
    have been read already."""
    spec = report.progress.spec
    if not any(isinstance(line, BegunLine) for line in report.lines):
        return []
    journal, runs = services.journal, (*spec.clear, *spec.adopt)
    known = [*episodes, await journal.episode(story_of(spec.thread_key))]
    known += [await journal.latest_episode(run.ref.cluster, run.ref.workflow_id) for run in runs]
    early = {each.id: reopened(each, spec) for each in known if each}
    return [episode for episode in early.values() if episode]


async def _subscriptions(report: SequenceReport, services: Services) -> list[Subscription]:
    """The subscriptions about this customer, if the report says that the sequence does not go on by itself; otherwise
    none."""
    spec = report.progress.spec
    if not any(_is_stopped(line) for line in report.lines):
        return []
    own, waiting = await services_of(spec.campaign, services), await services.subscriptions.waiting()
    about = (own.view.key if own.view else "", spec.customer)
    return [
        each
        for each in waiting
        if (each.campaign, each.customer) == about and is_about_cluster(each, spec.cluster, services)
    ]


def _link(progress: SequenceProgress, services: Services) -> str:
    """The link to the run that the sequence's card is about: the run of a running window, or else of the latest
    window that has ended in trouble; "" if there is no such run."""
    running, marked = (window.ref for window in progress.running), (ended.ref for ended in reversed(progress.marked))
    refs = [ref for ref in (*running, *marked) if ref]
    cluster = services.clusters.get(progress.spec.cluster)
    return cluster.engine.link(refs[0]) if refs and cluster else ""


def _card(card: SequenceCard) -> tuple[OutboxMessage, ...]:
    """The sequence's own message; empty if the sequence reports in an alert's thread. The message is queued before
    the lines. If the sequence began together with others, its message is a reply to the message about all of them."""
    spec = card.progress.spec
    if spec.thread_key == spec.card_key:
        return (OutboxMessage(spec.card_key, dump(card)),)
    if is_bulk_key(spec.thread_key):
        return (OutboxMessage(spec.card_key, dump(card), spec.thread_key),)
    return ()


def _lines(report: SequenceReport, campaign: str) -> tuple[OutboxMessage, ...]:
    """A message for each line. Windows that share a line (``joined``) have one message, which shows their latest
    state."""
    spec = report.progress.spec
    lines = (
        replace(line, campaign=campaign) if isinstance(line, SequenceEndLine) else line for line in report.full_lines
    )
    numbered = {_number(line, at): line for at, line in enumerate(lines, report.first)}
    return tuple(
        OutboxMessage(f"{spec.card_key}:{number}", dump(line), spec.thread_key, broadcast=_needs_a_person(line))
        for number, line in numbered.items()
    )


def _number(line: SequenceLine, own: int) -> int:
    return line.joined.line if isinstance(line, WindowLine) and line.joined else own


def _is_stopped(line: SequenceLine) -> bool:
    """Whether the sequence does not go on by itself although days are missing, or in doubt."""
    is_cancelled = isinstance(line, SequenceEndLine) and line.progress.end is SequenceEnd.CANCELLED
    return is_cancelled or _needs_a_person(line)


def _needs_a_person(line: SequenceLine) -> bool:
    """Whether the line asks a person to act. Then the channel shows it too."""
    match line:
        case StillOpenLine():
            return True
        case SequenceEndLine(progress=progress):
            return progress.end in (SequenceEnd.IN_DOUBT, SequenceEnd.STOPPED, SequenceEnd.INCOMPLETE)
        case _:
            return False
