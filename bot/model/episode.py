"""An episode is one alert from its opening to its end; an observation is the heartbeat seen in an earlier pass."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from bot.model.alert_facts import AlertFacts, SuggestedWindows, TroubledChildren
from bot.model.execution import Ref
from bot.model.failure import Failure
from bot.model.route import TO_TEAM, Route
from bot.model.sequence import Overtaken, SequenceProgress
from bot.model.state import AlertReason, Ending, Health
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class ActiveSnooze:
    """A snooze: the user who set it, and when it ends. None means that it ends when the episode changes."""

    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Two heartbeat timeouts of an activity: ``now`` is its present one, and ``offered`` a longer one that a person
    can give the activity."""

    now: timedelta
    offered: timedelta


@dataclass(frozen=True, slots=True)
class AttemptProgress:
    """The last ``progress`` seen of an attempt that has ended; "" if none was seen."""

    attempt: int
    progress: str


@dataclass(frozen=True, slots=True)
class DescribedState:
    """The state of one execution when the bot last described it.

    An execution that was not recognised has ``customer`` "" and ``window`` None. ``attempt`` is the latest attempt
    seen, and ``progress`` the last heartbeat's details as text. ``started_at`` is when the execution's chain began,
    and ``first_run_id`` the first run of the chain, "" if that is the run of ``ref`` itself. ``more_time`` is None
    where a longer heartbeat timeout would not help, or is not offered. ``can_reset``: the next attempt would begin
    only at ``next_attempt_at``, and a person can let it begin at once. ``is_paused``: somebody has paused an activity
    of the execution in Temporal. ``children`` is None as long as no workflow below the execution is in trouble.
    ``facts`` are the facts behind the reason of the execution's alert.
    """

    ref: Ref
    customer: str
    window: Window | None
    link: str
    started_at: datetime
    health: Health
    attempt: int
    cancel_requested: bool
    progress: str
    last_heartbeat_at: datetime | None
    last_failure: Failure | None
    more_time: MoreTime | None = field(default=None, kw_only=True)
    can_reset: bool = field(default=False, kw_only=True)
    next_attempt_at: datetime | None = field(default=None, kw_only=True)
    is_paused: bool = field(default=False, kw_only=True)
    first_run_id: str = field(default="", kw_only=True)
    children: TroubledChildren | None = field(default=None, kw_only=True)
    facts: AlertFacts = field(default_factory=AlertFacts, kw_only=True)

    @property
    def chain(self) -> Ref:
        """The run with which its chain began: equal for all links of one chain."""
        if self.first_run_id in ("", self.ref.run_id):
            return self.ref
        return Ref(self.ref.cluster, self.ref.workflow_id, self.first_run_id)

    @property
    def name(self) -> str:
        """The name to show: the customer, else the workflow id."""
        return self.customer or self.ref.workflow_id

    def standing(self) -> dict[str, Any]:
        """The fields of ``DescribedState`` by name, to copy them into an episode of the same execution."""
        return {each.name: getattr(self, each.name) for each in fields(DescribedState)}


@dataclass(frozen=True, slots=True)
class Episode(DescribedState):
    """One logical run that needs a person: its state when last described, and what people have done about it.

    The links of a chain are its runs, each of which continues the one before. ``ref`` is the link that was described
    last. ``links`` are the run ids of earlier links that this episode was about before; only the latest are kept.

    ``alert_reason`` is why the run needs a person; alerts that were stored without a reason are about heartbeat
    timeouts. ``recurrence`` counts the alerts of the same run that had ended before this one opened.

    An episode writes to its own thread, to the thread of its group, or to the thread of the sequence whose window the
    episode is about. ``root_key`` is the outbox key of the message at the top of that thread. ``group`` is the id of
    the first alert of its group; "" if it belongs to none. ``activity_id`` is the activity that attempt, progress and
    failure belong to. ``reached`` is the last progress seen of the attempt before ``attempt``. ``attempts`` are the
    ended attempts of that activity that the alert's picture shows. ``sequence`` is the last published progress of the
    sequence that has taken the episode over; None if none has. With a sequence, the episode ends when the sequence
    ends, and not with the run that opened it.

    ``ahead`` is how far the bot's clock was ahead of the cluster's when the episode opened. The times of an episode
    are on the bot's clock. ``overtaken`` is set when later runs have completed the days that were missing when the
    episode ended. ``campaign`` is the name of the campaign in which the episode's buttons act. It is "" while only
    one campaign is known, and in alerts that were stored without one: then the buttons act as a command that names no
    campaign. ``route`` is where its messages go. Alerts that were stored without one are in the team's channel.
    ``ended_with_campaign``: the bot no longer watches the run, because its campaign was closed.

    ``acked_at`` is when somebody acknowledged the alert; None in alerts that an earlier version stored.
    ``calls_again_at`` is when the alert last began to call people again: after a snooze, after a sequence or the
    queue gave it back, or after the bot had closed it by mistake. ``revision`` counts how often the journal has
    recorded the episode; 0 means not recorded yet. ``suggested`` are the windows in which the alert suggests to run
    its days, as planned when it opened; None if no windows were planned, or if other days are missing by now.
    ``is_queued``: its days wait in the queue of the cluster until their turn comes, so it calls nobody.
    """

    id: str
    root_key: str
    opened_at: datetime
    changed_at: datetime
    activity_id: str = ""
    reached: str = ""
    acked_by: str = ""
    quiet: ActiveSnooze | None = None
    reminders: int = 0
    last_told_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    sequence: SequenceProgress | None = None
    group: str = ""
    overtaken: Overtaken | None = None
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    revision: int = 0
    ahead: timedelta = timedelta(0)
    links: tuple[str, ...] = ()
    recurrence: int = 0
    route: Route = TO_TEAM
    campaign: str = ""
    calls_again_at: datetime | None = None
    attempts: tuple[AttemptProgress, ...] = ()
    suggested: SuggestedWindows | None = None
    acked_at: datetime | None = None
    is_queued: bool = False
    ended_with_campaign: bool = False

    @property
    def runs(self) -> frozenset[Ref]:
        """The runs of the chain that this episode is about, as far as they are known."""
        cluster, workflow_id = self.ref.cluster, self.ref.workflow_id
        return frozenset({self.ref, self.chain, *(Ref(cluster, workflow_id, run_id) for run_id in self.links)})

    @property
    def opened_there(self) -> datetime:
        """When it opened, on the cluster's clock."""
        return self.opened_at - self.ahead

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ending is None


@dataclass(frozen=True, slots=True)
class Observation:
    """When the heartbeat details of an activity last changed, as far as the bot saw. Stored, to survive a restart."""

    ref: Ref
    activity_id: str
    details: str
    changed_at: datetime
