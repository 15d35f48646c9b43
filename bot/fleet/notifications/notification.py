"""Messages that the bot sends unasked, as facts: the outbox stores them as JSON, and blocks draw them.

Stored fields keep their names, and a new field has the default that fits what earlier versions stored.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from bot.fleet.notifications.sequence import SequenceCard, SequenceLine
from bot.fleet.status.digest import Digest
from bot.model import AlertReason, Ending, Episode, Failure, Window


@dataclass(frozen=True, slots=True)
class EpisodeCard:
    """The message of one episode: how it stands now."""

    episode: Episode
    kind: Literal["episode"] = "episode"


@dataclass(frozen=True, slots=True)
class StormCard:
    """Several episodes of one cluster with one reason that opened soon after each other: one message for all of them,
    and a line for each in its thread.

    ``completed`` counts those among the ``over`` that ended well. ``latest_at`` is when the last one opened, None:
    with the first. ``is_large``: so many that the cause is rarely one customer's.
    """

    cluster: str
    names: tuple[str, ...]
    over: int
    opened_at: datetime
    completed: int = 0
    latest_at: datetime | None = None
    is_large: bool = True
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    kind: Literal["storm"] = "storm"


@dataclass(frozen=True, slots=True)
class AttemptsLine:
    """Attempts ``first`` to ``last`` ended; ``failure`` is why ``last`` did, None when nobody saw it.

    ``first`` before ``last`` means that the ones before went by between two looks.
    ``next_attempt`` is the one that follows, None when none does. ``alike`` is how many before ``first`` ended as the
    one before them had, and have no line.
    """

    name: str
    first: int
    last: int
    failure: Failure | None
    progress: str
    seen_at: datetime
    next_attempt: int | None
    alike: int = 0
    kind: Literal["attempts"] = "attempts"


@dataclass(frozen=True, slots=True)
class AckLine:
    """Somebody has taken it on."""

    name: str
    by: str
    kind: Literal["ack"] = "ack"


@dataclass(frozen=True, slots=True)
class SnoozeLine:
    """Somebody wants quiet until then; None: until it changes."""

    name: str
    by: str
    until: datetime | None
    kind: Literal["snooze"] = "snooze"


@dataclass(frozen=True, slots=True)
class CancelLine:
    """A cancel was requested in Temporal and has not been carried out yet."""

    name: str
    kind: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """Nobody has acknowledged it, or its snooze is over."""

    name: str
    attempt: int
    opened_at: datetime
    after_snooze: bool
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    kind: Literal["reminder"] = "reminder"


@dataclass(frozen=True, slots=True)
class EndLine:
    """It is over, and how; ``window`` is None where its days were not recognised."""

    name: str
    ending: Ending
    attempt: int
    opened_at: datetime
    ended_at: datetime
    window: Window | None = None
    kind: Literal["end"] = "end"


AlertLine = AttemptsLine | AckLine | SnoozeLine | CancelLine | ReminderLine | EndLine
"""What an alert's thread tells of the run itself."""


@dataclass(frozen=True, slots=True)
class TerminatedLine:
    """Somebody had workflows of a customer terminated."""

    cluster: str
    customer: str
    count: int
    by: str
    reason: str
    kind: Literal["terminated"] = "terminated"


@dataclass(frozen=True, slots=True)
class DigestCard:
    """The scheduled digest."""

    digest: Digest
    kind: Literal["digest"] = "digest"


Notification = Annotated[
    EpisodeCard | StormCard | AlertLine | TerminatedLine | DigestCard | SequenceCard | SequenceLine,
    Discriminator("kind"),
]

_ADAPTER: TypeAdapter[Notification] = TypeAdapter(Notification)


def dump(saying: Notification) -> str:
    """As the outbox keeps it; equal sayings give equal text."""
    return _ADAPTER.dump_json(saying).decode()


def parse(body: str) -> Notification:
    """The saying again. Raises pydantic's ValidationError for anything that ``dump`` did not write."""
    return _ADAPTER.validate_json(body)
