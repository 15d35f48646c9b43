"""The bot's own store: what it has seen and decided, what it has to say, and what several bots on it agree about."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import (
    Address,
    AuditTrail,
    Entry,
    Episode,
    Execution,
    Memory,
    Queued,
    Reading,
    Recalled,
    Ref,
    SeenFailure,
)


class Journal(Protocol):
    """What the bot has seen and decided; the engine holds the running truth and wins where they differ."""

    async def record(self, entry: Entry, now: datetime) -> None:
        """Write all of it in one transaction. A failure or speech already recorded is not recorded twice;
        observations of runs that are closed may be dropped. Raises Conflict, and records nothing, when one of the
        episodes is not at the revision it was read at (0: when it is there already), or when somebody else has opened
        one that ``Entry.opened`` does not know."""
        ...

    async def memory(self, cluster: str, refs: Collection[Ref], since: datetime | None = None) -> Memory:
        """What a pass over this cluster starts from: its open episodes, the ended ones whose ``root_key`` an open
        one shares (a storm), all that opened ``since``, and the observations of these runs: closed ones may have left
        very many."""
        ...

    async def open_episodes(self) -> tuple[Episode, ...]:
        """All of them, oldest first."""
        ...

    async def episode(self, episode_id: str) -> Episode | None:
        """One episode, open or ended."""
        ...

    async def episodes_by_id(self, episode_ids: Collection[str]) -> Mapping[str, Episode]:
        """These episodes by id, open or ended; one that nobody recorded is absent."""
        ...

    async def failures(self, refs: Collection[Ref]) -> Mapping[Ref, tuple[SeenFailure, ...]]:
        """Failures seen of these runs, by attempt; a run without any is absent."""
        ...

    async def last_seen(self) -> Mapping[str, datetime]:
        """When each cluster last answered; one that never did is absent."""
        ...

    async def snapshot(self) -> str:
        """The latest non-empty ``Entry.snapshot`` (the fleet at the last digest), or ""."""
        ...

    async def audit(self, name: str, limit: int) -> AuditTrail:
        """The latest ``limit`` of what ``Entry.audit`` recorded about one customer (or workflow id where none was
        recognised) or everything on a cluster, told by its name or as ``cluster/name`` in any case; "" for all."""
        ...

    async def check(self) -> str:
        """One line about the store, for ``python -m bot check``."""
        ...


class RunHistory(Protocol):
    """Every execution seen, run by run: it outlives the engine's own record, and is never cleared."""

    async def recall(self, cluster: str) -> Recalled:
        """All that is known of a cluster."""
        ...

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        """Record them, and with them, in one transaction, how far reading has come. The latest word on a run stays,
        but an end that the engine told is only replaced by another such end: who looked before it may write after."""
        ...


class Outbox(Protocol):
    """Speeches on their way (design.md §8): recorded first, then posted, then given their address."""

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        """What is to be posted or edited now, in the order recorded. A reply is due only once its thread stands,
        and never before an earlier reply of the same thread; a postponed one holds back its own thread only."""
        ...

    async def undelivered(self) -> list[Queued]:
        """Whatever does not stand anywhere yet and is to be posted, due or not, in the order recorded."""
        ...

    async def posted(self, prefix: str, kind: str = "", since: datetime | None = None) -> list[Queued]:
        """What stands in the channel whose key begins so, in any order: of one kind of saying, and that waited to be
        said since then, where these are given."""
        ...

    async def discard_stale(self, key: str, revision: int, reason: str) -> None:
        """What revision ``revision`` says need not be said any more: nothing waits behind it, and nothing is wrong
        with it. Another body of it is due again."""
        ...

    async def begin_attempt(self, queued: Queued, now: datetime) -> Queued | None:
        """Remember that a try is about to be made, before making it: the speech as it is then. None, and nothing is
        remembered, when it is not as ``queued`` was read any more: somebody else has tried it, or it has changed."""
        ...

    async def clear_attempt(self, begun: Queued) -> None:
        """The try that was begun has posted nothing, and never will: there is nothing to be looked for."""
        ...

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        """The message stands at ``address`` and says what revision ``revision`` says; 0: nobody knows which one,
        so it is due to be edited. No edit of it is due before ``edit_from``, and then only its latest body."""
        ...

    async def postpone(self, key: str, until: datetime, reason: str, tries: int) -> None:
        """It could not be said; try again at ``until``. ``tries``: how often that was for a reason of its own."""
        ...

    async def mark_thread_missing(self, key: str, reason: str) -> None:
        """The message above it, or it, is gone: it may be tried at once; counted until it stands."""
        ...

    async def dead_letter(self, key: str, revision: int, reason: str, now: datetime) -> None:
        """What revision ``revision`` says can never be said: keep it with its reason, and let nothing wait behind it.
        Nothing happens when it has another body meanwhile."""
        ...

    async def mark_deleted(self, key: str, address: Address, now: datetime) -> None:
        """It does not stand at ``address`` any more: it is to be posted again, as it is now, and what replies to it
        waits until it is. Nothing happens when it stands somewhere else."""
        ...

    async def get(self, key: str) -> Queued | None:
        """The speech of this key, whether it waits or not."""
        ...

    async def address(self, key: str) -> Address | None:
        """Where the speech of this key stands, if it does."""
        ...

    async def dead_letters(self, since: datetime) -> Sequence[tuple[str, str]]:
        """Key and reason of everything set aside since then."""
        ...

    async def overdue(self, before: datetime) -> Sequence[tuple[str, str]]:
        """Key of everything that has waited since before then, and why it could not be said, or ""."""
        ...


class Lease(Protocol):
    """The right to lead, held by at most one bot at any time."""

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take it, or keep it, for as long as from ``now`` to ``until``; False while another one holds it.

        ``now`` is the caller's clock just before the call. Clocks of bots differ, so the store measures the span on
        one that all of them share, beginning no earlier than the call: a holder that stops at its own ``until`` has
        stopped before another one can begin. That clock may be set, too: one that has not asked again for the span,
        by a clock that nobody sets, is gone, however late its lease ends. All bots ask for the same span.
        """
        ...

    async def give_back(self, holder: str) -> None:
        """Let another one have it at once; nothing happens when ``holder`` does not hold it."""
        ...

    async def holder(self) -> str:
        """Who took it last and has not given it back, or "". Whether the time has passed, only ``hold`` tells."""
        ...


class Deliveries(Protocol):
    """What the chat service has delivered lately; it may deliver the same thing to several bots, or twice to one."""

    async def first_time(self, delivery: str, now: datetime) -> bool:
        """True for the first one who asks about this delivery (its id), False for all others for 10 minutes."""
        ...
