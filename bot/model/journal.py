"""Values of the journal and the outbox: messages, where they were posted, and what one transaction records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.audit import AuditRecord
from bot.model.campaign import CampaignRecord
from bot.model.episode import Episode, Observation
from bot.model.execution import SeenFailure
from bot.model.state import AlertReason

# Slack asks apps to edit one message at most once in 3 s (docs/slack-facts.md#web-api).
MIN_EDIT_INTERVAL = timedelta(seconds=3)
# The longest delay before a message that failed is tried again.
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """The identity of a message in Slack: its channel's id, and its ``ts``, which is unique in that channel."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message to post: ``body`` is a notification as JSON, rendered when it is sent.

    A new body under the same ``key`` edits the message. ``thread_key`` is the key of the message it replies to.
    ``destination`` is where the message goes: the id of a channel or a user, a webhook (``WEBHOOK``), or "" for the
    team's channel; a reply goes where its thread is.
    """

    key: str
    body: str
    thread_key: str = ""
    broadcast: bool = False
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """A message as the outbox has it. ``address`` is where it was posted; a posted message only has to be edited.
    ``address`` is None while the message is not posted.

    ``created_at`` is when the message last began to wait for a post or an edit. ``attempted_at`` is when the latest
    attempt began, if the outcome of that attempt is unknown; else None. ``tries`` counts failures caused by this
    message itself. ``threads`` counts the attempts that failed because Slack no longer had the message, or no longer
    had the message that it replies to.
    """

    message: OutboxMessage
    revision: int
    created_at: datetime
    address: Address | None
    thread: Address | None
    attempted_at: datetime | None
    tries: int
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A precondition of an entry: all alerts of ``cluster`` that opened since ``since`` are among ``ids``."""

    cluster: str
    since: datetime
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class KnownReason:
    """From ``since`` on (on the bot's clock), this reason opens alerts on this cluster. ``older`` counts the failures
    before that; they get no alert."""

    cluster: str
    reason: AlertReason
    since: datetime
    older: int = 0


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What one step has found and decided, recorded in one transaction.

    The journal records it only if ``opened`` still holds: otherwise another bot has opened an alert meanwhile. A
    reason in ``known`` that is recorded already keeps its earlier record. ``seen`` is when each cluster answered.
    ``snapshot`` is the state of all clusters at a digest; "" leaves the recorded one as it is.
    """

    failures: tuple[SeenFailure, ...] = ()
    observations: tuple[Observation, ...] = ()
    episodes: tuple[Episode, ...] = ()
    messages: tuple[OutboxMessage, ...] = ()
    seen: Mapping[str, datetime] = field(default_factory=dict)
    snapshot: str = ""
    audit: tuple[AuditRecord, ...] = ()
    opened: Opened | None = None
    known: tuple[KnownReason, ...] = ()
    campaigns: tuple[CampaignRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """What the bot has recorded about one cluster: its alerts (episodes), and the earlier heartbeat observations of
    the runs that were asked for.

    ``episodes`` holds the open alerts, ended alerts that share a group message with an open one, and all that opened
    since the time that was asked for.
    """

    episodes: tuple[Episode, ...]
    observations: tuple[Observation, ...]
