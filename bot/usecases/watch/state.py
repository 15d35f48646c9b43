"""What the watcher of one cluster keeps in memory from one look to the next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.deadlines import DescribeQueue, NextDescribe
from bot.model import Ref
from bot.usecases.watch.sequences import ObservedSequences

# Runs that become due within this time are described together: each pass reads the store twice and writes it once,
# and with eight clusters more passes would leave little time for answers.
GATHERED_FOR = timedelta(seconds=1)
# Between two tries while a cluster answers listings and no describes: it may be about a single run.
WAIT_WHEN_AWAY = timedelta(seconds=1)


def _nobody() -> None:
    return None


@dataclass(slots=True)
class WatchState:
    """``queue`` has the open runs, and those of alerts whose end is not known yet; ``listed`` the runs of the latest
    listing, made at ``listed_at``.

    ``is_silent``: the cluster did not answer the latest listing. ``is_away``: it answered none of the latest
    describes, so that one is tried at a time. ``is_recorded``: what the latest listing found is recorded.
    ``history_due`` is when the run history is brought up to date at the latest; None means with the next listing.
    ``sequences`` were observed last. ``is_behind``: runs are described too late.
    ``offers_more_time``: the server can give activities a longer heartbeat timeout. ``on_messages`` is called when
    messages were recorded, so that they are posted at once.
    """

    cluster: str
    budget: CallBudget
    on_messages: Callable[[], None] = _nobody
    queue: DescribeQueue = field(default_factory=DescribeQueue)
    listed: frozenset[Ref] | None = None
    listed_at: datetime | None = None
    is_silent: bool = False
    is_away: bool = False
    is_recorded: bool = True
    history_due: datetime | None = None
    sequences: ObservedSequences | None = None
    is_behind: bool = False
    offers_more_time: bool = False

    def next_look_in(self, now: datetime) -> timedelta | None:
        """How long until runs are due; None when nothing is to be done before the next listing."""
        earliest = self.queue.earliest()
        if earliest is None or (self.is_silent and self.is_away):
            return None
        return max(earliest + GATHERED_FOR - now, WAIT_WHEN_AWAY if self.is_away else timedelta(0))

    def restart_if_set_back(self, now: datetime) -> None:
        """If the clock was set back, everything is due now: it would wait too long for the clock to catch up."""
        if self.listed_at is None or now >= self.listed_at:
            return
        for ref in list(self.queue.refs):
            self.queue.put(ref, due_at(now))
        self.history_due = None


def due_at(moment: datetime) -> NextDescribe:
    """For a run whose deadlines are not known: as urgent as if it had one then."""
    return NextDescribe(moment, moment)
