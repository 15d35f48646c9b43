"""Messages that the bot sends unasked, as data. The outbox stores them as JSON, and ``bot.blocks`` draws them.

Stored fields keep their names. A new field needs a default that is right for messages of earlier versions.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter, ValidationError

from bot.fleet.notifications.announcements import Announcement
from bot.fleet.notifications.calls import MentionLine, PageFailedLine
from bot.fleet.notifications.confirmed import ActivitiesLine, BulkCard, NotBegunLine, TerminatedLine
from bot.fleet.notifications.personal import PersonalNote
from bot.fleet.notifications.sequence import SequenceCard, SequenceLine
from bot.fleet.report.report import Report
from bot.fleet.status.digest import Digest
from bot.model import AlertFacts, AlertReason, Child, Ending, Episode, Failure, TroubledChildren, Window


@dataclass(frozen=True, slots=True)
class EpisodeCard:
    """The message of one episode, in its present state."""

    episode: Episode
    kind: Literal["episode"] = "episode"


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One alert of a group, as the group's message lists it. ``ending`` is None while the alert is open.
    ``is_taken_over``: a sequence now runs its days. ``is_queued``: its days wait in the queue. ``customer`` is "" for
    a run whose customer is unknown. ``reached`` is how far the attempt before ``attempt`` came. In a large group and
    for an ended alert, ``attempt`` is 0 and ``reached`` is "". ``campaign`` is the campaign in which the alert's
    buttons act. Earlier versions stored neither customer nor campaign. ``ended_with_campaign``: as in ``Episode``."""

    name: str
    link: str = ""
    ending: Ending | None = None
    acked_by: str = ""
    is_taken_over: bool = False
    customer: str = ""
    attempt: int = 0
    reached: str = ""
    campaign: str = ""
    is_queued: bool = False
    ended_with_campaign: bool = False


@dataclass(frozen=True, slots=True)
class StormCard:
    """The message of a group of alerts (``bot.fleet.alerts.storms``). The alerts' own messages are in its thread.

    ``over`` counts the alerts that have ended. Of these, ``completed`` counts the alerts whose run completed, and
    ``recovered`` the alerts whose trouble passed while their run went on. ``latest_at`` is when the last alert
    opened; None in cards of earlier versions. ``is_large``: there are so many alerts that they probably have one
    cause. ``facts`` are what the alerts have in common. ``mention`` are the users and user groups to mention.
    ``members`` are the alerts, and ``first`` is the id of one of them; cards of earlier versions have neither.
    """

    cluster: str
    names: tuple[str, ...]
    over: int
    opened_at: datetime
    completed: int = 0
    latest_at: datetime | None = None
    is_large: bool = True
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    recovered: int = 0
    facts: AlertFacts = field(default_factory=AlertFacts)
    mention: tuple[str, ...] = ()
    members: tuple[GroupMember, ...] = ()
    first: str = ""
    kind: Literal["storm"] = "storm"


@dataclass(frozen=True, slots=True)
class AttemptsLine:
    """Attempts ``first`` to ``last`` have ended. ``failure`` is that of ``last``; None if the bot did not see it.

    If ``first`` is before ``last``, the bot has not seen how the attempts from ``first`` to ``last - 1`` failed.
    ``next_attempt`` is None if no attempt follows. ``alike`` counts the attempts right before ``first`` that have no
    line of their own. Each of them failed in the same way as the attempt before it. If the attempts are those of a
    workflow below the run, ``child`` is that workflow.
    """

    name: str
    first: int
    last: int
    failure: Failure | None
    progress: str
    seen_at: datetime
    next_attempt: int | None
    alike: int = 0
    child: Child | None = None
    kind: Literal["attempts"] = "attempts"


@dataclass(frozen=True, slots=True)
class ChildrenLine:
    """More workflows below the run are in trouble than the thread has reported so far. ``children`` tells how many,
    and which trouble they have in common."""

    name: str
    children: TroubledChildren
    kind: Literal["children"] = "children"


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """The alert has another reason than before."""

    name: str
    alert_reason: AlertReason
    facts: AlertFacts
    kind: Literal["reason"] = "reason"


@dataclass(frozen=True, slots=True)
class AckLine:
    """Somebody has acknowledged the alert. ``others`` counts the alerts in the same thread that were acknowledged
    with it."""

    name: str
    by: str
    others: int = 0
    kind: Literal["ack"] = "ack"


@dataclass(frozen=True, slots=True)
class SnoozeLine:
    """Somebody has snoozed the alert, and with it ``others`` in the same thread. ``until`` is None for a snooze that
    lasts until something changes."""

    name: str
    by: str
    until: datetime | None
    others: int = 0
    kind: Literal["snooze"] = "snooze"


@dataclass(frozen=True, slots=True)
class CancelLine:
    """A cancel was requested in Temporal and has not been carried out yet."""

    name: str
    kind: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """Nobody has acknowledged the alert, or its snooze is over. If ``child`` is set, ``attempt`` is an attempt of
    that workflow below the run. ``others`` counts the other alerts in the same thread that the line reminds of."""

    name: str
    attempt: int
    opened_at: datetime
    after_snooze: bool
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    child: Child | None = None
    others: int = 0
    kind: Literal["reminder"] = "reminder"


@dataclass(frozen=True, slots=True)
class EndLine:
    """The alert has ended. ``window`` is None if the days of its run are not known. ``attempt`` is 0 where the alert
    was about the attempts of a workflow below its run. ``ended_with_campaign``: as in ``Episode``."""

    name: str
    ending: Ending
    attempt: int
    opened_at: datetime
    ended_at: datetime
    window: Window | None = None
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    ended_with_campaign: bool = False
    kind: Literal["end"] = "end"


CallLine = ReminderLine | MentionLine | PageFailedLine
AlertLine = AttemptsLine | ChildrenLine | ReasonLine | AckLine | SnoozeLine | CancelLine | CallLine | EndLine
"""The lines in an alert's thread that are about its run."""


@dataclass(frozen=True, slots=True)
class DigestCard:
    """The scheduled digest."""

    digest: Digest
    kind: Literal["digest"] = "digest"


@dataclass(frozen=True, slots=True)
class ReportCard:
    """The operations log since the previous digest. It is posted in the new digest's thread."""

    report: Report
    kind: Literal["report"] = "report"


Notification = Annotated[
    EpisodeCard
    | StormCard
    | AlertLine
    | TerminatedLine
    | ActivitiesLine
    | BulkCard
    | NotBegunLine
    | DigestCard
    | ReportCard
    | SequenceCard
    | SequenceLine
    | Announcement
    | PersonalNote,
    Discriminator("kind"),
]


_ADAPTER: TypeAdapter[Notification] = TypeAdapter(Notification)


def dump(notification: Notification) -> str:
    """The JSON for the outbox. Equal notifications give the same text."""
    return _ADAPTER.dump_json(notification).decode()


def parse(body: str) -> Notification:
    """Read the JSON back. Raises pydantic's ValidationError for anything that ``dump`` did not write."""
    return _ADAPTER.validate_json(body)


def parse_if_readable(body: str) -> Notification | None:
    """Read the JSON back; None if this version of the bot cannot. After a rollback, and while bots of two versions
    share a store, some messages are of a later version. Such a message must not hold up work on others."""
    try:
        return parse(body)
    except ValidationError:
        return None
