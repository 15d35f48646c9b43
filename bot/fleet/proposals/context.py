"""The context of a proposal: a customer's runs and sequence, the configuration, and who started its open runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.commands import ControlRequest
from bot.commands import Run as RunCommand
from bot.fleet.name_lookup import Target
from bot.fleet.planning.planner import PlanInputs
from bot.fleet.planning.start_request import Startable
from bot.fleet.proposals.activity_warnings import PausedAttemptOpen
from bot.fleet.proposals.warnings import LeftBelow, OperationsGoOn
from bot.fleet.refusals.runs import RunFacts
from bot.fleet.refusals.sequences import OpenSequence
from bot.fleet.runs.descendants import Descendant, below, ending
from bot.fleet.runs.run import Run
from bot.fleet.status.queue import QueueSilent
from bot.model import (
    AuditOutcome,
    AuditRecord,
    Description,
    OnStuck,
    Phase,
    Ref,
    SequenceStanding,
    SizingRules,
    Window,
)
from bot.model.queue import QueueStanding

# The bot writes the audit record of a start at most this long before the sequence starts the workflow.
START_DELAY = timedelta(minutes=5)
_STARTED = (AuditOutcome.BEGUN, AuditOutcome.DONE)


@dataclass(frozen=True, slots=True)
class SequenceSettings:
    """The configuration of sequences, which is the same for every customer of a campaign. ``campaign`` are its days,
    and ``campaign_name`` its name. ``slots`` is how many windows run at once on each cluster."""

    campaign: Window
    rules: SizingRules
    parallel: int
    split_after: int
    on_stuck: OnStuck
    cancel_patience: timedelta
    campaign_name: str = ""
    slots: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """One customer at the time ``at``: its runs, oldest first, and its open sequence.

    ``runs`` holds at least the open runs. ``begun_by`` is the name of the person who began the sequence; "" if no
    sequence is open. ``starters`` maps the workflow id of an open run to the name of the person who started it
    through the bot; "" if it was started in another way. If a run is absent, it is not known who started it.
    ``descendants`` are the open workflows below the customer's open runs, and below its latest closed runs that left
    days missing. ``queue`` is the cluster's queue; None if no queue is open, or if the command does not change the
    queue. ``described`` are the customer's open runs and the workflows that end with them, as Temporal has just
    described them; None if the command needs no descriptions. ``offers_pauses``: the server can pause activities.
    ``unrecognised`` counts the cluster's open runs without a recognised customer, which may be those of this
    customer.
    """

    target: Target
    at: datetime
    runs: tuple[Run, ...]
    terms: SequenceSettings
    sequence: SequenceStanding | None = None
    begun_by: str = ""
    starters: Mapping[str, str] = field(default_factory=dict)
    descendants: tuple[Descendant, ...] = ()
    queue: QueueStanding | QueueSilent | None = None
    described: tuple[Description, ...] | None = None
    offers_pauses: bool = False
    unrecognised: int = 0

    @property
    def open(self) -> tuple[Run, ...]:
        """The open runs."""
        return tuple(run for run in self.runs if run.is_open)

    @property
    def is_ending(self) -> bool:
        """Whether the sequence starts no more windows: it waits for cancelled runs, or is about to close."""
        progress = self.sequence.progress if self.sequence else None
        if progress is None:
            return False
        only_cancels = not progress.spec.days and not progress.spec.adopt
        return progress.phase in (Phase.STOPPING, Phase.ENDED) or only_cancels

    @property
    def strangers(self) -> tuple[Run, ...]:
        """Open runs that do not belong to the sequence: all if no sequence is open, none if the sequence does not
        answer."""
        progress = self.sequence.progress if self.sequence else None
        if progress is None:
            return () if self.sequence else self.open
        own: set[Ref | None] = {held.ref for held in progress.spec.clear}
        own |= {running.ref for running in progress.running}
        # A window whose start is not confirmed yet has no ref, so its days identify it.
        starting = [running.window for running in progress.running if running.ref is None]
        return tuple(run for run in self.open if own.isdisjoint(run.refs) and run.window not in starting)

    @property
    def open_sequence(self) -> OpenSequence:
        """The open sequence, for a refusal. Raises ValueError when none is open."""
        if self.sequence is None:
            raise ValueError(self.target, "has no sequence")
        return OpenSequence(self.sequence, self.begun_by)

    def facts_of(self, run: Run) -> RunFacts:
        """What refusals and warnings say about an open run of the customer."""
        return RunFacts(
            workflow_id=run.execution.ref.workflow_id,
            window=run.window,
            is_whole=self.spans_campaign(run),
            attempt=_attempt(run),
            health=run.health.health if run.health else None,
            cancel_requested=run.cancel_requested,
            age=run.age(self.at),
            starter=self.starters.get(run.execution.ref.workflow_id),
            child=run.health.child if run.health else None,
        )

    def ending_below(self, ended: Sequence[Run]) -> tuple[Run, ...]:
        """The workflows below these runs that end together with the runs."""
        return tuple(child.as_run for child in self._ending_below(ended))

    def staying_below(self, ended: Sequence[Run]) -> tuple[Descendant, ...]:
        """The workflows that are below these runs and go on when the runs end."""
        with_them = self._ending_below(ended)
        return tuple(child for child in below(ended, self.descendants) if child not in with_them)

    def left_below(self, ended: Sequence[Run]) -> tuple[LeftBelow | OperationsGoOn, ...]:
        """Warnings about the workflows below these runs that go on when the runs end, and about their Nexus
        operations, which may go on; empty if there are none."""
        left = [child.execution for child in self.staying_below(ended)]
        names = tuple(f"{run.workflow_type} {run.ref.workflow_id}" for run in left)
        operations = tuple(name for run in ended if run.health for name in run.health.operations)
        warnings = (LeftBelow(names) if names else None, OperationsGoOn(operations) if operations else None)
        return tuple(warning for warning in warnings if warning)

    def paused_attempts(self, command: ControlRequest, ended: Sequence[Run]) -> tuple[PausedAttemptOpen, ...]:
        """A warning if one of these runs may not hear of a cancel, because an attempt of a paused activity has not
        ended; otherwise empty."""
        is_open = any(run.health and run.health.has_paused_attempt for run in ended)
        return (PausedAttemptOpen(command),) if is_open else ()

    def _ending_below(self, ended: Sequence[Run]) -> tuple[Descendant, ...]:
        windows = [run.window for run in ended if run.window]
        return ending(below(ended, self.descendants), self.target.customer, windows)

    def spans_campaign(self, run: Run) -> bool:
        """Whether the run covers the whole campaign, and so is not a window."""
        return run.window is not None and run.window.contains(self.terms.campaign)


def _attempt(run: Run) -> int | None:
    """The latest attempt of the run, or of the workflow below it that decides the run's health."""
    if run.health is None:
        return None
    return run.health.attempt if run.health.child else run.attempts


@dataclass(frozen=True, slots=True)
class Workers:
    """Whether a started workflow would run: how many ``pollers`` the team's task queue has for workflow tasks, and
    whether a run of the workflow's type ``was_seen`` on this cluster before."""

    workflow: Startable
    pollers: int
    was_seen: bool


@dataclass(frozen=True, slots=True)
class StartContext:
    """The context of a command that starts something: the customer, the input of its plan, and the workers."""

    context: ProposalContext
    facts: PlanInputs
    workers: Workers


def starter_of(run: Run, records: Iterable[AuditRecord], ahead: timedelta = timedelta(0)) -> str:
    """The user id of the person who started ``run`` through the bot; "" if no record shows the start. The result is
    right only for a ``run`` that spans the campaign.

    ``records`` are the customer's, newest first. Records have the bot's time and runs have the cluster's; ``ahead``
    is how far the bot's clock is ahead of the cluster's.
    """
    starts = (
        record
        for record in records
        if record.command == RunCommand.word()
        and record.outcome in _STARTED
        and abs(record.at - ahead - run.started_at) <= START_DELAY
    )
    return next((record.user_id for record in starts), "")
