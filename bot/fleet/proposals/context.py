"""What is known when a command that changes something is judged: a customer, and what the configuration says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.commands import Run as RunCommand
from bot.fleet.name_lookup import Target
from bot.fleet.planning.planner import PlanInputs
from bot.fleet.planning.start_request import Startable
from bot.fleet.runs.run import Run
from bot.model import AuditOutcome, AuditRecord, OnStuck, Phase, Ref, SequenceStanding, SizingRules, Window

# The audit record of a start is written before its sequence begins the workflow.
START_DELAY = timedelta(minutes=5)
_STARTED = (AuditOutcome.BEGUN, AuditOutcome.DONE)


@dataclass(frozen=True, slots=True)
class SequenceSettings:
    """What the configuration says of sequences, whoever they are for."""

    campaign: Window
    rules: SizingRules
    parallel: int
    split_after: int
    on_stuck: OnStuck
    cancel_patience: timedelta


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """One customer at ``at``: its runs, oldest start first (at least the open ones), and its open sequence.

    ``begun_by`` is what the one who started that is called, "" without one. ``starters`` are names of those who had
    open workflows started through the bot, by workflow id; "" for outside the bot. Of others nobody knows.
    """

    target: Target
    at: datetime
    runs: tuple[Run, ...]
    terms: SequenceSettings
    sequence: SequenceStanding | None = None
    begun_by: str = ""
    starters: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Run, ...]:
        """Its open runs."""
        return tuple(run for run in self.runs if run.is_open)

    @property
    def is_ending(self) -> bool:
        """Whether its sequence starts nothing any more: it waits for what it has cancelled, or is about to close."""
        progress = self.sequence.progress if self.sequence else None
        if progress is None:
            return False
        only_cancels = not progress.spec.days and not progress.spec.adopt
        return progress.phase in (Phase.STOPPING, Phase.ENDED) or only_cancels

    @property
    def strangers(self) -> tuple[Run, ...]:
        """Open runs that are not its sequence's, as far as that says what is."""
        progress = self.sequence.progress if self.sequence else None
        if progress is None:
            return () if self.sequence else self.open
        own: set[Ref | None] = {held.ref for held in progress.spec.clear}
        own |= {running.ref for running in progress.running}
        # A window whose start has not been answered yet has no ref, and its days tell it.
        starting = [running.window for running in progress.running if running.ref is None]
        return tuple(run for run in self.open if run.execution.ref not in own and run.window not in starting)

    def spans_campaign(self, run: Run) -> bool:
        """Whether it is over the whole campaign, and so no window."""
        return run.window is not None and run.window.contains(self.terms.campaign)


@dataclass(frozen=True, slots=True)
class Workers:
    """Whether something that is started would be done: ``pollers`` of the team's task queue, and whether its workflow
    ``was_seen`` on this cluster before."""

    workflow: Startable
    pollers: int
    was_seen: bool


@dataclass(frozen=True, slots=True)
class StartContext:
    """All that it takes to judge a command that starts something."""

    context: ProposalContext
    facts: PlanInputs
    workers: Workers


def starter_of(run: Run, records: Iterable[AuditRecord], ahead: timedelta = timedelta(0)) -> str:
    """The user id of whoever had this run over the whole campaign started; "" when no record tells of the start.

    ``records`` are the customer's, newest first. ``ahead`` is how far the bot's clock, which dates records, is ahead
    of the cluster's, which dates runs.
    """
    starts = (
        record
        for record in records
        if record.command == RunCommand.word()
        and record.outcome in _STARTED
        and abs(record.at - ahead - run.execution.started_at) <= START_DELAY
    )
    return next((record.user_id for record in starts), "")
