"""The bot's own store: journal, run history, outbox, and what open dialogs show."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import (
    Address,
    AuditRecord,
    AuditTrail,
    CampaignRecord,
    ClusterRecord,
    Episode,
    Execution,
    HistoryMark,
    JournalEntry,
    KnownReason,
    Queued,
    Reading,
    RecordedChanges,
    RecordedRuns,
    Ref,
    SeenFailure,
)


class Journal(Protocol):
    """What the bot has seen and decided. Where the journal and Temporal differ about a run, Temporal is right."""

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        """Write the whole entry in one transaction. A failure or message that is recorded already is not recorded
        again. Observations of closed runs may be dropped.

        Raises Conflict, and records nothing, if an episode or campaign of the entry has changed in the journal since
        it was read (its revision differs), if a new episode or campaign (revision 0) is in the journal already, or if
        another bot has opened an episode that ``JournalEntry.opened`` does not name.
        """
        ...

    async def memory(self, cluster: str, refs: Collection[Ref], since: datetime | None = None) -> ClusterRecord:
        """The record from which a pass over this cluster starts: its open episodes, the ended ones that share their
        ``root_key`` with an open one (a group of alerts), all episodes that opened at ``since`` or later, and the
        observations of the runs ``refs``. It holds no observations of other runs, because closed runs may have left
        very many."""
        ...

    async def open_episodes(self) -> tuple[Episode, ...]:
        """All open episodes, oldest first."""
        ...

    async def episode(self, episode_id: str) -> Episode | None:
        """One episode, open or ended."""
        ...

    async def latest_episode(self, cluster: str, workflow_id: str) -> Episode | None:
        """Of the episodes about runs of this workflow id, open or ended, the one that opened last, or None."""
        ...

    async def episodes_by_id(self, episode_ids: Collection[str]) -> Mapping[str, Episode]:
        """These episodes by id, open or ended; an unknown id is absent."""
        ...

    async def messages(self, keys: Collection[str]) -> Mapping[str, str]:
        """The latest bodies of these messages (``JournalEntry.messages``) by key, posted or not, as far as known."""
        ...

    async def failures(self, refs: Collection[Ref]) -> Mapping[Ref, tuple[SeenFailure, ...]]:
        """The recorded failures of these runs, ordered by attempt; a run without any is absent."""
        ...

    async def last_seen(self) -> Mapping[str, datetime]:
        """When each cluster last answered; one that never did is absent."""
        ...

    async def known_reasons(self) -> tuple[KnownReason, ...]:
        """When each reason began to open alerts on each cluster. Once recorded, such a time never changes."""
        ...

    async def snapshot(self) -> str:
        """The latest non-empty ``JournalEntry.snapshot`` (the state of all clusters at the last digest), or ""."""
        ...

    async def campaigns(self) -> tuple[CampaignRecord, ...]:
        """All recorded campaigns, sorted by name."""
        ...

    async def audit(self, name: str, limit: int, campaign: str = "") -> AuditTrail:
        """The latest ``limit`` audit records about ``name``: a customer (or a workflow id, where no customer was
        recognised), ``cluster/name``, or a cluster, which includes all that is on it. Case does not matter, and ""
        means all records. With a ``campaign``, only records about that campaign or about none in particular."""
        ...

    async def latest_acts(self, names: Collection[str], commands: Collection[str]) -> tuple[AuditRecord, ...]:
        """For each of these customers (exactly ``CLUSTER/CUSTOMER``), the latest of these commands that was done."""
        ...

    async def changes(self, since: datetime, until: datetime) -> tuple[AuditRecord, ...]:
        """All audit records of this time, in the order recorded; the end is excluded."""
        ...

    async def episodes_between(self, since: datetime, until: datetime) -> tuple[Episode, ...]:
        """The episodes that were open at some moment of this time, oldest first; the end is excluded."""
        ...

    async def check(self) -> str:
        """One line about the store, for ``python -m bot check``."""
        ...


class RunHistory(Protocol):
    """Every run seen. It outlives Temporal's own record, and no run is ever deleted from it."""

    async def recall(self, cluster: str) -> RecordedRuns:
        """All recorded runs of a cluster, and how far its ended runs have been read."""
        ...

    async def recall_changes(self, cluster: str, since: HistoryMark | None) -> RecordedChanges:
        """The runs of a cluster that were recorded after the answer that returned the mark ``since``. All runs of the
        cluster if ``since`` is None, or if the history cannot tell what is new."""
        ...

    async def recall_customer(self, cluster: str, customer: str) -> RecordedRuns:
        """The recorded runs of one customer of a cluster, and how far the past of the whole cluster has been read.
        What was recorded before the call is included."""
        ...

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        """Record runs, and in the same transaction the ``reading`` of their cluster, if given. The latest write of a
        run wins. But a caller may write what it has read some time before, so there are two exceptions: an end that
        Temporal reported is replaced only by another reported end, and recorded counts
        (``bot.fleet.runs.run_counts``) are kept even if the write lacks them."""
        ...


class Outbox(Protocol):
    """The transactional outbox: a message is first recorded, then posted, then gets its address. The reasons are in
    docs/decisions/outbox.md. ``discard_stale``, ``done``, ``postpone`` and ``mark_thread_missing`` raise NotFound for
    an unknown key."""

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        """The messages to post or edit now: at most ``limit`` posts, and at most ``limit`` edits.

        Alerts come first, then digests, then all others (``bot.fleet.notifications.priority``). A message goes with
        the alerts if an alert in its thread has to wait for it. Messages of one priority keep the order recorded.

        A reply is due once the first message of its thread is posted and no earlier reply of that thread waits. So a
        postponed reply holds back its own thread, and no other.
        """
        ...

    async def due_pages(self, now: datetime, limit: int) -> list[Queued]:
        """The webhook messages to send now, in the order recorded. ``due`` and ``undelivered`` do not return them."""
        ...

    async def open_pages(self) -> list[Queued]:
        """The messages for webhooks that may need a further call: neither resolved nor dead letters."""
        ...

    async def undelivered(self) -> list[Queued]:
        """The messages for Slack that are still to be posted, due or not, in the order recorded."""
        ...

    async def posted(self, prefix: str, kind: str = "", since: datetime | None = None) -> list[Queued]:
        """The posted messages whose key begins with ``prefix``, in any order; optionally only those of one kind of
        notification, and those recorded or changed at ``since`` or later."""
        ...

    async def discard_stale(self, key: str, revision: int, reason: str) -> None:
        """Drop this revision of a message because it is out of date: it counts as sent, so nothing waits behind it,
        and it is not reported as an error. A new body of the message is due again."""
        ...

    async def begin_attempt(self, queued: Queued, now: datetime) -> Queued | None:
        """Record an attempt before it is made, and return the message as recorded. Returns None and records nothing
        when the row has changed since ``queued`` was read: another bot has tried it, or it has a new body."""
        ...

    async def clear_attempt(self, begun: Queued) -> None:
        """Forget the recorded attempt, which has posted nothing and never will. No later attempt needs to look for
        its message."""
        ...

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        """Record that the message is posted at ``address`` and shows ``revision``. Revision 0 means that it may show
        an older body, so an edit is due. Edits wait until ``edit_from``, and then one edit shows the latest body."""
        ...

    async def postpone(self, key: str, until: datetime, reason: str, tries: int) -> None:
        """Make the message due at ``until``. ``tries`` counts the attempts that failed because of this message
        itself."""
        ...

    async def mark_thread_missing(self, key: str, reason: str) -> None:
        """Record that Slack no longer has this message, or the root of its thread. The message is due at once, and
        ``Queued.threads`` counts these losses until a post succeeds."""
        ...

    async def dead_letter(self, key: str, revision: int, reason: str, now: datetime) -> None:
        """Make this revision a dead letter: Slack will never take it. It stays in the table with its reason, and
        nothing waits behind it. Does nothing when the message has a new body meanwhile."""
        ...

    async def mark_deleted(self, key: str, address: Address, now: datetime) -> None:
        """Record that the message at ``address`` was deleted in Slack. The bot posts it again with its latest body,
        and its replies wait until then. Does nothing when the message has another address by now."""
        ...

    async def outdate(self, key: str, address: Address, now: datetime) -> None:
        """Make an edit of the message at ``address`` due although its body has not changed, because something more is
        to be shown. Does nothing for a dead letter, when an edit is due already, or when the address differs."""
        ...

    async def redirect(self, key: str, destination: str) -> None:
        """Give the message another ``OutboxMessage.destination``, and make it due at once. Does nothing when it is
        posted already."""
        ...

    async def get(self, key: str) -> Queued | None:
        """The message with this key, whether it is posted or still waits; None for an unknown key."""
        ...

    async def address(self, key: str) -> Address | None:
        """The address of the message with this key; None while it is not posted."""
        ...

    async def posted_at(self, address: Address) -> Queued | None:
        """The outbox message that is posted at this address; None if there is none."""
        ...

    async def dead_letters(self, since: datetime) -> Sequence[tuple[str, str]]:
        """The messages that became dead letters at ``since`` or later: for each its key and the reason."""
        ...

    async def overdue(self, before: datetime) -> Sequence[tuple[str, str]]:
        """The messages whose wait began before ``before``: for each its key, and why its last attempt failed ("" when
        it had none)."""
        ...


class Dialogs(Protocol):
    """Keeps for an hour what open dialogs show and offer, because Slack gives back too little of that with a
    submission. Also keeps, for as long, which campaign a Home tab shows."""

    async def keep(self, dialog: str, body: str, now: datetime) -> None:
        """Keep ``body`` under the id of the dialog, in place of what was kept there before."""
        ...

    async def recall(self, dialog: str, now: datetime) -> str | None:
        """What was kept last for this dialog; None if nothing was, or if it is over an hour old."""
        ...
