"""One cluster's Temporal: Engine reads, Control changes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import JsonValue

from bot.model import (
    CampaignScope,
    CloseEvent,
    Description,
    Execution,
    Instruction,
    Portion,
    Ref,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    StartOrder,
    TaskFailure,
    TaskKind,
)


class Engine(Protocol):
    """Reads the state of one cluster's Temporal."""

    async def open_executions(
        self, workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        """The open runs of these types, oldest start first. The listing lags by moments, so base decisions on
        ``describe``. ``on_page`` is called with the runs of each page when it arrives, in any order."""
        ...

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        """The open runs, then the runs that ended at ``since`` or later (None: at any time), latest end first. The
        listing stops when the time ``within`` is over, but not before its first page. Raises Unavailable when that
        time does not suffice for all open runs."""
        ...

    async def recent_executions(
        self, workflow_types: Collection[str], begun_since: datetime, ended_since: datetime, within: timedelta
    ) -> Portion:
        """As ``changed_executions``, with only those open runs that began at ``begun_since`` or later."""
        ...

    async def ended_executions(self, workflow_types: Collection[str], until: datetime, within: timedelta) -> Portion:
        """The runs that ended at ``until`` or before, latest end first, as many as can be read in the time
        ``within``."""
        ...

    async def completed_executions(
        self, workflow_types: Collection[str], since: datetime, within: timedelta
    ) -> Portion:
        """The runs that completed at ``since`` or later, latest end first, as many as can be read in the time
        ``within``."""
        ...

    async def latest_executions(self, workflow_types: Collection[str], at_most: int) -> list[Execution]:
        """Up to ``at_most`` runs of these types, open runs first, then the latest end first. Without types: runs of
        every type except the bot's own."""
        ...

    async def describe(self, ref: Ref) -> Description:
        """One run with its pending activities, as it is now; without a run id, the latest run of the workflow id.
        Raises NotFound once retention has removed it."""
        ...

    async def children(self, parents: Collection[Ref]) -> list[Execution]:
        """The children of these runs, open and closed, whatever their type and whether or not the cluster's filter
        finds them. The listing lags by moments. Empty if the server is too old to list children."""
        ...

    async def arguments(self, ref: Ref) -> tuple[JsonValue, ...]:
        """The arguments that a run was started with, as JSON values. An argument that is encrypted or is not JSON is
        None in the tuple. Raises NotFound once retention has removed the run."""
        ...

    async def close_event(self, ref: Ref) -> CloseEvent:
        """Why a run failed, the reason for which it was terminated, or what it returned. An empty CloseEvent for a
        run that is open or ended in another way. Raises NotFound once retention has removed the run."""
        ...

    async def task_failure(self, ref: Ref) -> TaskFailure | None:
        """Since when and why the workflow task of an open run fails; None if the latest events of the run do not show
        that. Raises NotFound once retention has removed the run."""
        ...

    async def pollers(self, task_queue: str, kind: TaskKind) -> int:
        """The number of workers that poll the queue for tasks of this kind now."""
        ...

    async def ahead(self) -> timedelta:
        """How far this bot's clock is ahead of the server's clock, which all of Temporal's times come from. Zero when
        the two agree or the server's time is unknown. Raises no DependencyError."""
        ...

    async def search_attributes(self) -> Mapping[str, str] | None:
        """Names and types of the registered search attributes, in the words of Temporal's own tools; None where the
        bot has no permission to ask."""
        ...

    def link(self, ref: Ref) -> str:
        """The run's page in the web UI, or "" when no web UI is configured."""
        ...

    def queue_link(self, task_queue: str) -> str:
        """The web UI's page of this task queue, with the workers that poll it; "" when no web UI is configured."""
        ...

    async def check(self) -> str:
        """One line about the server, for ``python -m bot check``."""
        ...

    async def check_codec(self) -> str:
        """One line about the codec server; "" if there is none. Raises Unavailable when it does not work."""
        ...


class Control(Protocol):
    """Changes in one cluster's Temporal. Every method is idempotent unless it says otherwise."""

    def of_campaign(self, scope: CampaignScope) -> "Control":
        """A Control of the same cluster for one campaign. Its methods about a customer's sequence mean the customer's
        sequence in this campaign."""
        ...

    async def start(self, order: StartOrder) -> Ref:
        """Start the team's workflow. When an earlier call with this order has started a run, returns that run, open
        or closed. When another run of the same workflow id is open, returns that one. Raises Refused."""
        ...

    async def cancel(self, ref: Ref, reason: str) -> None:
        """Request cancellation of a run. If it has a later link in its chain, the request is for the open link. Does
        nothing when no link is open, or when the request was made before. Raises NotFound."""
        ...

    async def terminate(self, ref: Ref, reason: str) -> None:
        """Terminate a run. If it has a later link in its chain, terminates the open link. Does nothing when no link
        is open. Raises NotFound."""
        ...

    async def set_heartbeat_timeout(self, ref: Ref, activity_id: str, timeout: timedelta) -> None:
        """Give a pending activity another heartbeat timeout, at once and for later attempts. Raises NotFound when the
        activity is no longer pending, and Refused where the server does not offer this."""
        ...

    async def offers_heartbeat_timeouts(self) -> bool:
        """Whether the bot can call ``set_heartbeat_timeout`` here."""
        ...

    async def reset_activity(self, ref: Ref, activity_id: str) -> None:
        """If an activity waits for its next attempt, begin that attempt at once, and as attempt 1. A paused activity
        stays paused. Not idempotent: an attempt that runs already is lost. Raises NotFound when the activity is no
        longer pending, and Refused where the server does not offer this."""
        ...

    async def offers_resets(self) -> bool:
        """Whether the bot can call ``reset_activity`` here."""
        ...

    async def pause_activity(self, ref: Ref, activity_id: str, reason: str) -> None:
        """Let no attempt of a pending activity begin. A running attempt ends with its next heartbeat, or goes on if
        it sends none. Does nothing when it is paused already. Raises NotFound when the activity is no longer pending,
        and Refused where the server does not offer this."""
        ...

    async def unpause_activity(self, ref: Ref, activity_id: str) -> None:
        """Begin the next attempt of a paused activity at once; a running attempt goes on. Does nothing when it is not
        paused. Raises NotFound when the activity is no longer pending, and Refused where the server does not offer
        this."""
        ...

    async def offers_pauses(self) -> bool:
        """Whether the bot can call ``pause_activity`` and ``unpause_activity`` here."""
        ...

    async def begin(self, spec: SequenceSpec) -> None:
        """Start a sequence, once for each ``id``. Raises Conflict when another sequence of this customer is open."""
        ...

    async def sequences(self) -> list[SequenceStanding]:
        """The open sequences of this cluster that belong to the campaign given to ``of_campaign``; without one, those
        of all campaigns. They are ordered by customer. They come from a listing, which lags by moments and has no
        progress."""
        ...

    async def sequence(self, customer: str) -> SequenceStanding | None:
        """The latest sequence of a customer, open or closed, as it is now; None when the customer has none. The
        answer has the sequence's progress only if a worker answers."""
        ...

    async def sequence_at(self, workflow_id: str) -> SequenceStanding | None:
        """The latest sequence of this workflow id, open or closed, as it is now; None when there is none."""
        ...

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        """Send an instruction to the open sequence of a customer, and return its progress after that. Raises NotFound
        when none is open, NotOffered where the server takes no instructions, and Refused with the sequence's reason
        when it rejects this one. Not idempotent: the same instruction sent twice is two instructions."""
        ...

    async def takes_instructions(self) -> bool:
        """Whether sequences can be instructed on this server. If not, they can be cancelled and terminated."""
        ...
