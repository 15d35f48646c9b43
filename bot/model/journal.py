"""What the journal and the outbox hold: speeches with their addresses, and what one step wants recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.audit import AuditRecord
from bot.model.episode import Episode, Observation
from bot.model.execution import SeenFailure

# Slack's bound for a message that is kept up to date (slack-contract.md §5).
MIN_EDIT_INTERVAL = timedelta(seconds=3)
# Of a speech that could not be said: no wait for the next try is longer.
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """Where a message stands: channel id and ``ts``, which is unique in that channel."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message the bot wants to have said: ``body`` is a saying as JSON, drawn when it is sent.

    The same ``key`` with another body means: edit that message. ``thread_key`` names the speech it replies to.
    """

    key: str
    body: str
    thread_key: str = ""
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """A speech that is due. ``address`` is set when it stands in the channel already and only differs.

    ``created_at`` is since when it waits: recorded, or changed after it was said. ``attempted_at`` is set when an
    earlier try was begun and its outcome is not known: when the latest one was. ``tries`` counts how often it failed
    for a reason of its own, ``threads`` how often the message above it was gone.
    """

    speech: OutboxMessage
    revision: int
    created_at: datetime
    address: Address | None
    thread: Address | None
    attempted_at: datetime | None
    tries: int
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """What a step knew of the alerts of ``cluster`` that opened ``since``: these ``ids``, and no other."""

    cluster: str
    since: datetime
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one step has found and decided; recorded as a whole or not at all. ``opened`` is what it rests on."""

    failures: tuple[SeenFailure, ...] = ()
    observations: tuple[Observation, ...] = ()
    episodes: tuple[Episode, ...] = ()
    messages: tuple[OutboxMessage, ...] = ()
    seen: Mapping[str, datetime] = field(default_factory=dict)
    snapshot: str = ""
    audit: tuple[AuditRecord, ...] = ()
    opened: Opened | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one cluster: open episodes, ended ones whose message (a storm's) an open one shares,
    and observations of the runs asked about, by ref and activity."""

    episodes: tuple[Episode, ...]
    observations: tuple[Observation, ...]
