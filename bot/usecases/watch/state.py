"""What the watcher of one cluster keeps in memory from one pass to the next."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.fleet.alerts.reconcile import Rules
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.deadlines import NextDescribe
from bot.fleet.runs.describe_queue import DescribeQueue
from bot.fleet.runs.families import Families
from bot.fleet.verification.due_counts import DueCount
from bot.model import Ref, TaskFailure
from bot.services import Services
from bot.usecases.watch.describe import Step
from bot.usecases.watch.sequences import ObservedSequences

# Runs that become due within this time are described together, which takes less time than one by one.
DESCRIBED_WITHIN = timedelta(milliseconds=100)
# Runs that are described within this time are recorded together, unless there are enough for a full record. Each
# recording reads the store twice and writes once; with eight clusters, more recordings would leave little time for
# answers.
RECORDED_WITHIN = timedelta(milliseconds=500)
# More runs in one record would hold up the event loop, and with fewer the same runs would take more records. A record
# of any size takes about 8 ms.
MOST_AT_ONCE = 200
# At most this many described runs wait to be recorded, if the store is slower than the cluster.
MOST_WAITING = 2 * MOST_AT_ONCE
# The wait between two tries while a cluster answers listings but no describes. A single run may be the cause.
WAIT_WHEN_AWAY = timedelta(seconds=1)


def _nobody() -> None:
    return None


@dataclass(slots=True)
class WatchState:
    """State between passes. ``queue`` has the open runs, the open workflows below them, and the runs with an alert
    until their end is known. ``listed`` has the runs of the latest listing, made at ``listed_at``. ``described`` has
    the steps that wait to be recorded.

    ``is_silent``: the cluster did not answer the latest listing. ``is_away``: it answered none of the latest
    describes, so only one is tried at a time. ``is_recorded``: the result of the latest listing is recorded.
    ``began_at`` is when watching began. ``counted`` has the completed runs that were counted, by campaign, and when
    to count each again; None if another count would tell no more. ``history_due`` is the latest time to bring the run
    history up to date; None means with the next listing. ``sequences`` is what was last observed about sequences.
    ``is_behind``: runs are described too late. ``offers_more_time``: the server can give activities a longer
    heartbeat timeout. ``offers_resets``: it can reset them. ``task_failures`` has why the workflow tasks of blocked
    runs fail; None for a run whose history does not show it. ``unanswered`` has the blocked runs whose history could
    not be read; they are asked about last. ``queue_silent_since`` is when the cluster's queue ceased to answer; None
    if it answers. ``on_messages`` is called when messages were recorded, so that they are posted at once,
    ``on_described`` when there is a new step in ``described``, and ``on_queued`` when new runs may be in ``queue``.
    """

    cluster: str
    budget: CallBudget
    on_messages: Callable[[], None] = _nobody
    on_described: Callable[[], None] = _nobody
    on_queued: Callable[[], None] = _nobody
    queue: DescribeQueue = field(default_factory=DescribeQueue)
    families: Families = field(default_factory=Families)
    described: deque[Step] = field(default_factory=deque)
    listed: frozenset[Ref] | None = None
    listed_at: datetime | None = None
    is_silent: bool = False
    is_away: bool = False
    is_recorded: bool = True
    history_due: datetime | None = None
    began_at: datetime | None = None
    counted: dict[tuple[str, DueCount], datetime | None] = field(default_factory=dict)
    sequences: ObservedSequences | None = None
    is_behind: bool = False
    offers_more_time: bool = False
    offers_resets: bool = False
    task_failures: dict[Ref, TaskFailure | None] = field(default_factory=dict)
    unanswered: set[Ref] = field(default_factory=set)
    queue_silent_since: datetime | None = None

    def next_describe_in(self, now: datetime) -> timedelta | None:
        """How long until runs are described; None when nothing is to be done before the next listing or recording."""
        earliest, early = self.queue.earliest(), self.queue.earliest_early()
        if earliest is None or not self.room or (self.is_silent and self.is_away):
            return None
        # Early describes wait for the budget. ``max`` keeps ``DESCRIBED_WITHIN`` between two tries.
        next_at = min(earliest, max(early, now)) if early else earliest
        return max(next_at + DESCRIBED_WITHIN - now, WAIT_WHEN_AWAY if self.is_away else timedelta(0))

    @property
    def record_in(self) -> timedelta:
        """How long described runs may wait, so that later ones are recorded together with them. Zero once
        ``MOST_AT_ONCE`` runs wait, because that is enough for one recording."""
        return RECORDED_WITHIN if self._waiting < MOST_AT_ONCE else timedelta(0)

    @property
    def room(self) -> int:
        """How many more runs may be described before some must be recorded."""
        return max(0, MOST_WAITING - self._waiting)

    @property
    def _waiting(self) -> int:
        return sum(len(step.described.refs) for step in self.described)

    def take_described(self) -> Step | None:
        """Take the steps that wait, the oldest first, together at most ``MOST_AT_ONCE`` runs; None if nothing
        waits."""
        taken: Step | None = None
        while self.described:
            step = self.described[0] if taken is None else taken.with_later(self.described[0])
            if taken and len(step.described.refs) > MOST_AT_ONCE:
                break
            self.described.popleft()
            taken = step
        return taken

    def restart_if_set_back(self, now: datetime) -> None:
        """If the clock was set back, make everything due now. Otherwise nothing would be due until the clock has
        caught up."""
        if self.listed_at is None or now >= self.listed_at:
            return
        for ref in list(self.queue.refs):
            self.queue.put(ref, replace(due_at(now), is_below=ref in self.families))
        self.history_due = None


def due_at(moment: datetime) -> NextDescribe:
    """When a run without known deadlines is described next: at ``moment``, and with the priority of a deadline."""
    return NextDescribe(moment, moment)


def alert_rules(cluster: str, services: Services) -> Rules:
    """The rules for alerts on this cluster. They are the same for open and for closed runs."""
    config, alerts = services.config, services.config.alerts
    return Rules(
        alerts.storm, alerts.remind_after, alerts.storm_within, config.routing, config.reasons_on(cluster).switched_on
    )
