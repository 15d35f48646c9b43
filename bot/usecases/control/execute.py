"""Carries one act out. What a system answers instead becomes the act's problem: others go on.

Whatever is asked here may be asked again: the sequence's id and the run's own id make it harmless.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.commands import SLASH, Terminate
from bot.commands.words import typed
from bot.errors import Conflict, DependencyError, NotFound, RateLimited, Refused, Unavailable
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.proposal import Act, BeginSequence, Done, Instruct, Proposal, TerminateRun
from bot.fleet.proposals.sentences import open_sequence_sentence
from bot.model import Episode, Phase, Ref, SequenceSpec, SequenceStanding
from bot.ports import Control
from bot.services import Services
from bot.usecases.display_names import names_of
from bot.usecases.observe.cluster_time import cluster_time

ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class ConfirmedProposal:
    """What every act of one confirmation shares; ``episodes`` are the alerts open on the cluster."""

    proposal: Proposal
    given: Approval
    episodes: tuple[Episode, ...]

    @property
    def cluster(self) -> str:
        """Where all of it happens."""
        return self.proposal.target.cluster

    def thread_of(self, customer: str, *refs: Ref) -> str:
        """The outbox key of the message whose thread tells of the customer's open alert, best of one about ``refs``;
        "" without one."""
        own = [episode for episode in self.episodes if episode.customer == customer]
        about = [episode for episode in own if episode.ref in refs]
        return next((episode.root_key for episode in (*about, *own)), "")


async def execute_act(act: Act, carrying: ConfirmedProposal, services: Services) -> Done:
    """Do it. Raises nothing that a system answers."""
    try:
        return await _do(act, carrying, services)
    except Refused as exc:
        return Done(act, exc.why)
    except Unavailable as exc:
        shown = f"{SLASH} status {typed(f'{carrying.cluster}/{act.customer}')}"
        return Done(act, f"{exc}. Whether it was done is not known: {shown} tells.")
    except DependencyError as exc:
        return Done(act, f"{exc}.")


async def _do(act: Act, carrying: ConfirmedProposal, services: Services) -> Done:
    match act:
        case BeginSequence():
            return await _begin(act, carrying, services)
        case Instruct():
            return await _instruct(act, carrying, services)
        case TerminateRun():
            return await _terminate(act, carrying, services)


async def _begin(act: BeginSequence, carrying: ConfirmedProposal, services: Services) -> Done:
    """Nothing but the id tells two sequences of a customer apart: no other one ever has this."""
    given, control = carrying.given, services.clusters[carrying.cluster].control
    spec = replace(
        act.spec,
        id=secrets.token_hex(ID_BYTES),
        started_by=given.actor.user_id,
        # Compared with ends of runs, which its server tells.
        started_at=await cluster_time(carrying.cluster, services),
        reason=given.reason,
        plan_digest=given.digest,
    )
    refs = (held.ref for held in (*spec.clear, *spec.adopt))
    filled = replace(act, spec=replace(spec, thread_key=carrying.thread_of(act.customer, *refs) or spec.card_key))
    try:
        await _despite_a_lost_reply(lambda: control.begin(filled.spec))
    except Conflict as exc:
        return Done(filled, await _who_was_faster(filled.spec, control, services) or f"{exc}.")
    return Done(filled)


async def _despite_a_lost_reply(ask: Callable[[], Awaitable[None]]) -> None:
    """Once more where the first time may have been heard; whoever wants us to wait is not pressed."""
    try:
        await ask()
    except RateLimited:
        raise
    except Unavailable:
        await ask()


async def _who_was_faster(spec: SequenceSpec, control: Control, services: Services) -> str:
    """The sequence that is open instead, as a sentence; "" when it has ended in between."""
    standing = await control.sequence(spec.customer)
    if standing is None or not standing.status.is_open:
        return ""
    names = await names_of([standing.started_by], services)
    return open_sequence_sentence(standing, names[standing.started_by])


async def _instruct(act: Instruct, carrying: ConfirmedProposal, services: Services) -> Done:
    given, control = carrying.given, services.clusters[carrying.cluster].control
    ends_all = isinstance(carrying.proposal.command, Terminate)
    told = replace(act, instruction=replace(act.instruction, by=given.actor.user_id, reason=given.reason))
    if ends_all and _is_stopping(act.standing):
        # It has been told before, and does not come to its end.
        await _end_sequence(act, carrying, control)
        return Done(told)
    try:
        await control.instruct(act.customer, told.instruction)
    except NotFound:
        # It has ended by itself: for whoever wants all of it ended, that will do.
        return Done(told, "" if ends_all else f"The sequence of {act.customer} has ended meanwhile.")
    except Unavailable:
        if not ends_all:
            raise
        # Nobody is there to stop it in an orderly way. Its windows are ended next; it starts no more of them.
        await _end_sequence(act, carrying, control)
    return Done(told)


def _is_stopping(standing: SequenceStanding) -> bool:
    return standing.progress is not None and standing.progress.phase is Phase.STOPPING


async def _end_sequence(act: Instruct, carrying: ConfirmedProposal, control: Control) -> None:
    latest = await control.sequence(act.customer)
    if latest is None or latest.id == act.standing.id:
        await control.terminate(latest.ref if latest else act.standing.ref, _in_temporal(carrying.given))


async def _terminate(act: TerminateRun, carrying: ConfirmedProposal, services: Services) -> Done:
    control = services.clusters[carrying.cluster].control
    try:
        await control.terminate(act.run.execution.ref, _in_temporal(carrying.given))
    except NotFound:
        # Retention has removed it: it was over long ago.
        return Done(act)
    return Done(act)


def _in_temporal(given: Approval) -> str:
    """What Temporal's own history says of it."""
    return f"{given.reason} ({given.actor.user_id}, through the bot)"
