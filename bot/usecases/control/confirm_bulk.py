"""Carries out what a person has confirmed for several customers, one by one.

Every proposal is made again. If a customer's proposal has changed since the person saw it, nothing is done for that
customer, and the person gets the new proposal.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.commands import ControlRequest, Group
from bot.computing import compute
from bot.errors import BackfillBotError, DependencyError, Unavailable
from bot.fleet.audit import MAX_REASON
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import BulkCard
from bot.fleet.notifications.keys import bulk_key
from bot.fleet.notifications.notification import dump
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.bulk import (
    BulkOutcome,
    BulkProposal,
    ChosenCustomer,
    CustomerLeftOut,
)
from bot.fleet.proposals.problems import SystemFailed
from bot.fleet.proposals.proposal import Done, ExecutedProposal, Proposal
from bot.fleet.proposals.sizes import with_size
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import ReasonMissing
from bot.model import Actor, Episode, JournalEntry, OutboxMessage
from bot.redaction import redact_line
from bot.services import Services
from bot.usecases.control.audit_failures import record_failure
from bot.usecases.control.candidates import Candidate, Gather, gather_all
from bot.usecases.control.confirm import AT_ONCE, alerts_of, carry_out, record_change
from bot.usecases.control.execute import ConfirmedProposal
from bot.usecases.control.propose_bulk import judge_all, judged

_log = structlog.get_logger(__name__)

Authorize = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BulkApproval:
    """The confirmation of a command for several customers: who confirmed it, why, and when.

    ``change`` is a random id of this one confirmation.
    """

    command: ControlRequest
    actor: Actor
    reason: str
    at: datetime
    change: str

    def for_proposal(self, proposal: Proposal) -> Approval:
        """The confirmation of one customer's proposal, with an id of its own."""
        return Approval(self.actor, self.reason, proposal.digest, self.at, secrets.token_hex(8))


Start = Callable[[Sequence[Proposal], BulkApproval, Services], Awaitable[tuple[ExecutedProposal, ...]]]
"""Carries out confirmed proposals. Raises DependencyError if the store does not answer before anything is done. After
that, each act in the results has its outcome."""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What differs between the commands for several customers: ``gather`` finds out what is known about the
    customers, and ``start`` carries out their proposals."""

    gather: Gather
    start: Start


@dataclass(frozen=True, slots=True)
class ConfirmedBulk:
    """What a person has confirmed: the command, the customers that they have left ticked, and why."""

    command: ControlRequest
    chosen: tuple[ChosenCustomer, ...]
    reason: str


async def confirm_bulk(
    action: BulkAction, confirmed: ConfirmedBulk, actor: Actor, authorize: Authorize, services: Services
) -> BulkOutcome:
    """Carry out the confirmed changes. ``authorize`` is called after the clusters have answered, which may take long.

    Raises Declined if there is no reason, and whatever ``authorize`` raises. Raises DependencyError if the store does
    not answer before the first change is made.
    """
    given = _approval(confirmed, actor, services)
    targets = [chosen.kept.target for chosen in confirmed.chosen]
    candidates, silent = await gather_all(targets, confirmed.command, action.gather, services)
    await authorize()
    by_target = {chosen.kept.target: chosen for chosen in confirmed.chosen}
    # In a thread, because the plans of hundreds of customers would block the event loop.
    verdicts = await compute(_check_all, candidates, by_target, confirmed.command)
    refused = tuple(verdict for verdict in verdicts if isinstance(verdict, CustomerLeftOut))
    await _record_refusals(refused, given, services)
    for cluster in silent:
        names = tuple(f"{cluster.cluster}/{name}" for name in cluster.customers)
        await _record_failures(names, Unavailable(cluster.cluster, cluster.why), given, services)
    others = [c for c, verdict in zip(candidates, verdicts, strict=True) if verdict is None]
    changed = await _changed(others, given, services)
    executed = await action.start([v for v in verdicts if isinstance(v, Proposal)], given, services)
    return BulkOutcome(confirmed.command, executed, refused, silent, changed)


def _approval(confirmed: ConfirmedBulk, actor: Actor, services: Services) -> BulkApproval:
    reason = redact_line(confirmed.reason, MAX_REASON)
    if not reason:
        raise Declined(ReasonMissing())
    return BulkApproval(confirmed.command, actor, reason, services.now(), secrets.token_hex(8))


def _check_all(
    candidates: Sequence[Candidate], chosen: Mapping[Target, ChosenCustomer], command: ControlRequest
) -> list[Proposal | CustomerLeftOut | None]:
    return [_checked(candidate, chosen[candidate.target], command) for candidate in candidates]


def _checked(
    candidate: Candidate, chosen: ChosenCustomer, command: ControlRequest
) -> Proposal | CustomerLeftOut | None:
    """The proposal to carry out, with the chosen window size; the refusal if nothing can be done for the customer;
    None if the proposal has changed since it was shown."""
    suggested = judged(candidate, command)
    if not isinstance(suggested, Proposal):
        return suggested
    if not suggested.is_within(chosen.kept.shown):
        return None
    return judged(candidate, with_size(command, chosen.days)) if chosen.days else suggested


async def _changed(candidates: Sequence[Candidate], given: BulkApproval, services: Services) -> BulkProposal | None:
    """The new proposals of the customers whose proposals have changed; None if there are none. Nothing is done for
    these customers, and the audit records that."""
    customers, left_out = await judge_all(candidates, given.command)
    for customer in customers:
        await record_change(customer.proposal, given.for_proposal(customer.proposal), services)
    return BulkProposal(given.command, customers, left_out, slots=services.config.slots) if customers else None


async def _record_refusals(refused: Sequence[CustomerLeftOut], given: BulkApproval, services: Services) -> None:
    for each in refused:
        await _record_failures((str(each.target),), Declined(each.reason), given, services)


async def _record_failures(
    names: Sequence[str], why: BackfillBotError, given: BulkApproval, services: Services
) -> None:
    for name in names:
        await record_failure(given.command.for_one(name), given.actor, why, services, given.reason)


async def start_each(
    proposals: Sequence[Proposal], given: BulkApproval, services: Services
) -> tuple[ExecutedProposal, ...]:
    """Carry out each proposal as if it had been confirmed alone, a few at a time. If there are several, one message
    in the channel is about all of them."""
    alerts = await services.journal.open_episodes() if proposals else ()
    key = bulk_key(given.change) if len(proposals) > 1 else ""
    if key:
        await _tell(key, underway_card(given, proposals), services)
    turns = asyncio.Semaphore(AT_ONCE)

    async def start(proposal: Proposal) -> ExecutedProposal:
        async with turns:
            return await _start(proposal, given.for_proposal(proposal), key, alerts, services)

    executed = tuple(await asyncio.gather(*map(start, proposals)))
    if key:
        await correct_card(key, executed, given, services)
    return executed


async def _start(
    proposal: Proposal, given: Approval, key: str, alerts: Sequence[Episode], services: Services
) -> ExecutedProposal:
    """Carry out one proposal. If the store does not take the audit record that is written first, nothing is done for
    this customer, and the result has that problem for each act."""
    try:
        return await carry_out(ConfirmedProposal(proposal, given, alerts_of(proposal, alerts), key), services)
    except DependencyError as exc:
        return ExecutedProposal(proposal, tuple(Done(act, SystemFailed(str(exc))) for act in proposal.acts))


def underway_card(given: BulkApproval, proposals: Sequence[Proposal]) -> BulkCard:
    """The message in the channel before anything is done: it says that the changes are under way. If the bot is
    stopped in the middle, the message stays like this."""
    return replace(_card(given, tuple(str(proposal.target) for proposal in proposals)), is_underway=True)


def _card(given: BulkApproval, done: tuple[str, ...], failed: tuple[str, ...] = ()) -> BulkCard:
    """The message in the channel about this confirmation."""
    command, is_queued = given.command, given.command.group is Group.INCOMPLETE
    return BulkCard(
        command.word(), given.actor.user_id, given.reason, done, failed, is_queued, campaign=command.campaign
    )


async def correct_card(
    key: str, executed: Sequence[ExecutedProposal], given: BulkApproval, services: Services
) -> None:
    """Update the card of the bulk command: what was done, and what was not. If the store does not answer, only log
    that, because what was done must not look like a failure."""
    names = tuple(str(each.proposal.target) for each in executed)
    failed = tuple(str(each.proposal.target) for each in executed if all(act.problem for act in each.done))
    done = tuple(name for name in names if name not in failed)
    try:
        await _tell(key, _card(given, done, failed), services)
    except DependencyError as exc:
        _log.error("message not corrected", key=key, failed=failed, error=str(exc))


async def _tell(key: str, card: BulkCard, services: Services) -> None:
    await services.journal.record(JournalEntry(messages=(OutboxMessage(key, dump(card)),)), services.now())
