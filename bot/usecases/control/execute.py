"""Executes one act of a confirmed proposal. If a system fails, its error becomes the problem of that act; other acts
go on.

A request may be repeated without harm, because it names exactly what it changes, such as one sequence or one run.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.commands import Terminate
from bot.errors import Conflict, DependencyError, NotFound, NotOffered, RateLimited, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.activity_acts import (
    ActivityAct,
    ExtendTimeout,
    PauseActivity,
    ResetActivity,
    UnpauseActivity,
)
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.problems import SequenceEnded, SequenceOpened, SystemFailed, problem_of
from bot.fleet.proposals.proposal import (
    Act,
    ActOnActivity,
    BeginSequence,
    ChangeQueue,
    Done,
    Instruct,
    Proposal,
    TerminateRun,
)
from bot.fleet.refusals.sequences import OpenSequence
from bot.fleet.sequence.cancellation import cancel_reason
from bot.model import Episode, Order, Phase, SequenceSpec, SequenceStanding
from bot.model.queue import QueueInstruction
from bot.ports import Control
from bot.services import Services
from bot.usecases.campaigns.change import record_campaign
from bot.usecases.campaigns.scope import services_of
from bot.usecases.display_names import names_of
from bot.usecases.drive.own_alerts import own_alerts
from bot.usecases.observe.cluster_time import cluster_time

ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class ConfirmedProposal:
    """A proposal with its confirmation: by whom and why. ``episodes`` are the open alerts of the cluster.
    ``bulk_key`` is the outbox key of the message about all customers that were confirmed together; "" if it was one
    customer.
    """

    proposal: Proposal
    given: Approval
    episodes: tuple[Episode, ...]
    bulk_key: str = ""

    @property
    def cluster(self) -> str:
        """The cluster on which the acts are executed."""
        return self.proposal.target.cluster

    @property
    def campaign(self) -> str:
        """The campaign that the command named; "" if it named none."""
        return self.proposal.command.campaign

    def thread_of(self, customer: str) -> str:
        """The outbox key of the message about the customer's open alert; "" if the customer has no open alert."""
        return next((episode.root_key for episode in self.episodes if episode.customer == customer), "")


async def execute_act(act: Act, confirmed: ConfirmedProposal, services: Services) -> Done:
    """Execute the act, in its campaign. A DependencyError becomes the problem in the result."""
    try:
        campaign_services = await services_of(_campaign(act), services)
    except DependencyError as exc:
        # Nothing was asked of Temporal yet, so the outcome is known.
        return Done(act, SystemFailed(str(exc)))
    try:
        return await _do(act, confirmed, campaign_services)
    except DependencyError as exc:
        return Done(act, problem_of(exc, Target(confirmed.cluster, act.customer)))


def _campaign(act: Act) -> str:
    match act:
        case BeginSequence(spec):
            return spec.campaign
        case Instruct(standing):
            return standing.campaign
        case _:
            return ""


async def _do(act: Act, confirmed: ConfirmedProposal, services: Services) -> Done:
    match act:
        case BeginSequence():
            return await _begin(act, confirmed, services)
        case Instruct():
            return await _instruct(act, confirmed, services)
        case TerminateRun():
            return await _terminate(act, confirmed, services)
        case ActivityAct():
            await _change_activity(act, confirmed, services)
            return Done(act)
        case ChangeCampaign():
            await record_campaign(act, confirmed.given, services)
            return Done(act)
        case ChangeQueue():
            customers = (act.customer,) if act.customer else ()
            batches = act.batches if act.customer else ()
            instruction = QueueInstruction(act.change, confirmed.given.actor.user_id, customers, batches)
            await services.clusters[confirmed.cluster].queue.change(instruction)
            return Done(act)


async def _change_activity(act: ActOnActivity, confirmed: ConfirmedProposal, services: Services) -> None:
    control = services.clusters[confirmed.cluster].control
    match act:
        case ExtendTimeout():
            await control.set_heartbeat_timeout(act.ref, act.activity_id, act.after)
        case ResetActivity():
            await control.reset_activity(act.ref, act.activity_id)
        case PauseActivity():
            # People read this reason in Temporal and in answers, so it has the person's name.
            given = confirmed.given
            names = await names_of([given.actor.user_id], services)
            reason = cancel_reason(given.reason, names[given.actor.user_id])
            await control.pause_activity(act.ref, act.activity_id, reason)
        case UnpauseActivity():
            await control.unpause_activity(act.ref, act.activity_id)


async def _begin(act: BeginSequence, confirmed: ConfirmedProposal, services: Services) -> Done:
    """Begin a sequence with a new random id, because nothing else distinguishes the sequences of a customer."""
    given, control = confirmed.given, services.clusters[confirmed.cluster].control
    spec = replace(
        act.spec,
        id=secrets.token_hex(ID_BYTES),
        started_by=given.actor.user_id,
        # By the cluster's clock, because it is compared with the end times of runs.
        started_at=await cluster_time(confirmed.cluster, services),
        reason=given.reason,
        plan_digest=given.digest,
    )
    thread_key = await _alert_thread(spec, confirmed, services) or confirmed.bulk_key or spec.card_key
    completed_act = replace(act, spec=replace(spec, thread_key=thread_key))
    try:
        await _retry_once(lambda: control.begin(completed_act.spec))
    except Conflict as exc:
        opened = await _opened_instead(completed_act.spec, control, services)
        return Done(completed_act, opened or SystemFailed(str(exc)))
    return Done(completed_act)


async def _alert_thread(spec: SequenceSpec, confirmed: ConfirmedProposal, services: Services) -> str:
    """If the sequence takes over an alert, the outbox key of this alert's message; otherwise "". If it takes over
    several, prefers an alert about a run that the sequence cancels or follows."""
    own = await own_alerts(spec, confirmed.episodes, services)
    refs = [held.ref for held in (*spec.clear, *spec.adopt)]
    return next((episode.root_key for episode in sorted(own, key=lambda e: e.runs.isdisjoint(refs))), "")


async def _retry_once(ask: Callable[[], Awaitable[None]]) -> None:
    """Make a request, and once more if its reply may have been lost. A request over a rate limit is not repeated."""
    try:
        await ask()
    except RateLimited:
        raise
    except Unavailable:
        await ask()


async def _opened_instead(spec: SequenceSpec, control: Control, services: Services) -> SequenceOpened | None:
    """The open sequence of this customer, which somebody else has begun; None if it has ended already."""
    standing = await control.sequence(spec.customer)
    if standing is None or not standing.status.is_open:
        return None
    names = await names_of([standing.started_by], services)
    return SequenceOpened(OpenSequence(standing, names[standing.started_by]))


async def _instruct(act: Instruct, confirmed: ConfirmedProposal, services: Services) -> Done:
    given, control = confirmed.given, services.clusters[confirmed.cluster].control
    ends_all = isinstance(confirmed.proposal.command, Terminate)
    signed = replace(act, instruction=replace(act.instruction, by=given.actor.user_id, reason=given.reason))
    if ends_all and _is_stopping(act.standing):
        # The sequence got the instruction to stop earlier, and has not ended since.
        await _end_sequence(act, confirmed, control)
        return Done(signed)
    try:
        await control.instruct(act.customer, signed.instruction)
    except NotOffered:
        if signed.instruction.order is not Order.STOP:
            raise
        # A cancel request in Temporal has the same effect as the instruction.
        await _cancel_sequence(act, confirmed, control)
    except NotFound:
        # The sequence has already ended, which is what the command is for.
        return Done(signed, None if ends_all else SequenceEnded(act.customer))
    except Unavailable:
        if not ends_all:
            raise
        # No worker can stop the sequence properly. A terminated sequence starts no more windows, and the next acts
        # end its runs.
        await _end_sequence(act, confirmed, control)
    return Done(signed)


def _is_stopping(standing: SequenceStanding) -> bool:
    return standing.progress is not None and standing.progress.phase is Phase.STOPPING


async def _cancel_sequence(act: Instruct, confirmed: ConfirmedProposal, control: Control) -> None:
    if isinstance(confirmed.proposal.command, Terminate):
        await _end_sequence(act, confirmed, control)
        return
    await control.cancel(act.standing.ref, _reason_for_temporal(confirmed.given))


async def _end_sequence(act: Instruct, confirmed: ConfirmedProposal, control: Control) -> None:
    latest = await control.sequence(act.customer)
    if latest is None or latest.id == act.standing.id:
        await control.terminate(latest.ref if latest else act.standing.ref, _reason_for_temporal(confirmed.given))


async def _terminate(act: TerminateRun, confirmed: ConfirmedProposal, services: Services) -> Done:
    control = services.clusters[confirmed.cluster].control
    try:
        await control.terminate(act.run.execution.ref, _reason_for_temporal(confirmed.given))
    except NotFound:
        # Temporal has removed the run after its retention, so the run ended long ago.
        return Done(act)
    return Done(act)


def _reason_for_temporal(given: Approval) -> str:
    return cancel_reason(given.reason, given.actor.user_id)
