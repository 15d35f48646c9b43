"""Carries out a confirmed proposal: makes it again, and executes it only if it is the same as the confirmed one.

If the bot dies before the first audit record, nothing has been done. If it dies after that record, the audit says
"begun". Confirming again then shows what is left to do, and does no harm where something was done already. A sequence
that has begun goes on and reports by itself. If the bot dies right after a termination, only the line about it in
Slack is lost; Temporal and the status show the termination.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog

from bot.commands import ControlRequest
from bot.errors import DependencyError
from bot.fleet.audit import MAX_REASON
from bot.fleet.notifications.confirmed import (
    ActivitiesPausedLine,
    ActivitiesResumedLine,
    ResetLine,
    TerminatedLine,
    TimeoutLine,
)
from bot.fleet.notifications.notification import dump
from bot.fleet.proposals.activity_acts import ExtendTimeout, PauseActivity, ResetActivity, UnpauseActivity
from bot.fleet.proposals.audit_records import Approval, begun, by_customer, changed, ended
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.problems import Problem
from bot.fleet.proposals.proposal import (
    Act,
    BeginSequence,
    Changed,
    Done,
    ExecutedProposal,
    Instruct,
    Proposal,
    TerminateRun,
    confirmed_digest,
)
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import ReasonMissing
from bot.model import Actor, AuditRecord, Episode, JournalEntry, OutboxMessage
from bot.redaction import redact_line
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.control.execute import ConfirmedProposal, execute_act
from bot.usecases.control.stop_campaign import stop_campaign

# Customers whose acts are executed at the same time. The acts for one customer are executed one after the other.
AT_ONCE = 4

# The line about the activities of one customer that were changed, with the first word of its outbox key.
_COUNTED_LINES: Mapping[
    type[ResetActivity | PauseActivity | UnpauseActivity],
    tuple[str, type[ResetLine | ActivitiesPausedLine | ActivitiesResumedLine]],
] = MappingProxyType(
    {
        ResetActivity: ("reset", ResetLine),
        PauseActivity: ("paused", ActivitiesPausedLine),
        UnpauseActivity: ("resumed", ActivitiesResumedLine),
    }
)

Propose = Callable[[Any, Services], Awaitable[Proposal]]

_log = structlog.get_logger(__name__)


async def confirm_proposal(  # noqa: PLR0913, PLR0917  (a confirmation needs the command, what was shown and the reason)
    propose: Propose, command: ControlRequest, shown: str, reason: str, actor: Actor, services: Services
) -> ExecutedProposal | Changed:
    """Make the proposal again. If the new one is within what was shown, carry it out; otherwise return it as
    ``Changed``. ``shown`` is what the dialog carried: ``Proposal.shown``, or only the plan digest.

    Raises Declined if there is no reason or the change is no longer possible. Raises DependencyError if a cluster or
    the store does not answer before the first audit record is written; then nothing is done. After that record
    nothing is raised, and the result has the outcome of each act.
    """
    digest = confirmed_digest(shown)
    given = Approval(actor, redact_line(reason, MAX_REASON), digest, services.now(), secrets.token_hex(8))
    async with recording_failures(command, actor, services, given.reason):
        if not given.reason:
            raise Declined(ReasonMissing())
        proposal = await propose(command, services)
    if not proposal.is_within(shown):
        await record_change(proposal, given, services)
        return Changed(proposal, digest)
    alerts = await services.journal.open_episodes()
    return await carry_out(ConfirmedProposal(proposal, given, alerts_of(proposal, alerts)), services)


def alerts_of(proposal: Proposal, alerts: Sequence[Episode]) -> tuple[Episode, ...]:
    """The alerts of the proposal's cluster."""
    return tuple(alert for alert in alerts if alert.ref.cluster == proposal.target.cluster)


async def record_change(proposal: Proposal, given: Approval, services: Services) -> None:
    """Record that nothing was done, because ``proposal`` is not the one that was shown."""
    await record_outcome(changed(proposal, given, services.audit_wording), (), services)


async def carry_out(confirmed: ConfirmedProposal, services: Services) -> ExecutedProposal:
    """Execute the acts, with an audit record before and after. Raises DependencyError if the first record cannot be
    written; then nothing is done."""
    proposal, given = confirmed.proposal, confirmed.given
    await services.journal.record(JournalEntry(audit=begun(proposal, given, services.audit_wording)), given.at)
    problem = await _stop_before(confirmed, services)
    acts = proposal.acts
    done = tuple(Done(act, problem) for act in acts) if problem else await _execute_all(confirmed, services)
    records = ended(proposal, given, done, services.audit_wording)
    lines = [
        *await _termination_lines(confirmed, done, services),
        *await _activity_lines(confirmed, done, services),
    ]
    await record_outcome(records, lines, services)
    return ExecutedProposal(proposal, done, await _link(done, services))


async def _stop_before(confirmed: ConfirmedProposal, services: Services) -> Problem | None:
    """If a campaign is to be closed, stop its open work first. Returns the problem that keeps the campaign open; None
    if there is none."""
    for act in confirmed.proposal.acts:
        if isinstance(act, ChangeCampaign) and act.stops:
            return await stop_campaign(act, confirmed.given, carry_out, services)
    return None


async def _execute_all(confirmed: ConfirmedProposal, services: Services) -> tuple[Done, ...]:
    """Execute the acts. Returns the results grouped by customer; customers and their acts keep their order. The queue
    of a whole cluster is changed before anything else, so that it begins nothing meanwhile."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one_by_one(acts: Sequence[Act]) -> list[Done]:
        async with turns:
            return [await execute_act(act, confirmed, services) for act in acts]

    groups = by_customer(confirmed.proposal.acts)
    of_queue = await one_by_one(groups.pop("", []))
    of_customers = await asyncio.gather(*map(one_by_one, groups.values()))
    return tuple(done for group in (of_queue, *of_customers) for done in group)


async def record_outcome(
    records: Sequence[AuditRecord], messages: Sequence[OutboxMessage], services: Services
) -> None:
    """Record the outcome. If the store does not answer, only log that, because a change that was made must not look
    like a failure."""
    try:
        await services.journal.record(JournalEntry(audit=tuple(records), messages=tuple(messages)), services.now())
    except DependencyError as exc:
        changes = [(r.command, r.subject.full_name, r.outcome.value, r.change) for r in records]
        _log.error("not in the audit", changes=changes, error=str(exc))


async def _termination_lines(
    confirmed: ConfirmedProposal, done: Sequence[Done], services: Services
) -> list[OutboxMessage]:
    """One line for each customer, in the customer's thread if there is one."""
    given, lines = confirmed.given, []
    ended_runs = [result.act for result in done if isinstance(result.act, TerminateRun) and not result.problem]
    for customer, acts in by_customer(ended_runs).items():
        line = TerminatedLine(
            confirmed.cluster, customer, len(acts), given.actor.user_id, given.reason, confirmed.campaign
        )
        thread = await _thread(customer, confirmed, services)
        lines.append(OutboxMessage(f"terminated:{given.change}:{customer}", dump(line), thread))
    return lines


async def _activity_lines(
    confirmed: ConfirmedProposal, done: Sequence[Done], services: Services
) -> list[OutboxMessage]:
    """For each customer, one line about longer heartbeat timeouts, and one line for each other kind of change of the
    customer's activities (``_COUNTED_LINES``). Each line is for the customer's thread if there is one."""
    given, lines = confirmed.given, []
    raised = [result.act for result in done if isinstance(result.act, ExtendTimeout) and not result.problem]
    for customer in dict.fromkeys(act.customer for act in raised):
        spans = [act.after for act in raised if act.customer == customer]
        line = TimeoutLine(
            confirmed.cluster,
            customer,
            len(spans),
            max(spans),
            given.actor.user_id,
            given.reason,
            confirmed.campaign,
        )
        thread = await _thread(customer, confirmed, services)
        lines.append(OutboxMessage(f"timeout:{given.change}:{customer}", dump(line), thread))
    for kind, (word, counted_line) in _COUNTED_LINES.items():
        changed_ones = [result.act for result in done if isinstance(result.act, kind) and not result.problem]
        for customer, number in Counter(act.customer for act in changed_ones).items():
            counted = counted_line(
                confirmed.cluster, customer, number, given.actor.user_id, given.reason, confirmed.campaign
            )
            thread = await _thread(customer, confirmed, services)
            lines.append(OutboxMessage(f"{word}:{given.change}:{customer}", dump(counted), thread))
    return lines


async def _thread(customer: str, confirmed: ConfirmedProposal, services: Services) -> str:
    """The outbox key of the thread of the customer's open alert, or else of its sequence. "" if there is no such
    thread, if the store does not answer, or if the thread's first message is not posted: a reply would wait for that
    message, perhaps for ever."""
    sequences = (act.standing for act in confirmed.proposal.acts if isinstance(act, Instruct))
    of_sequence = next((standing.thread_key for standing in sequences if standing.customer == customer), "")
    try:
        key = confirmed.thread_of(customer) or of_sequence or await _thread_of_ending(customer, confirmed, services)
        return key if key and await services.outbox.address(key) else ""
    except DependencyError:
        return ""


async def _thread_of_ending(customer: str, confirmed: ConfirmedProposal, services: Services) -> str:
    """The outbox key of the thread of the customer's open sequence; "" if no sequence is open. The caller needs this
    if no act of the proposal names the thread, for example because the sequence is already ending and so gets no
    instruction."""
    standing = await services.clusters[confirmed.cluster].control.sequence(customer)
    return standing.thread_key if standing and standing.status.is_open else ""


async def _link(done: Sequence[Done], services: Services) -> str:
    """The link to the first posted thread that reports what happens next; "" if there is none, or if a system does
    not answer."""
    keys = [_reporting_thread(result.act) for result in done if not result.problem]
    try:
        for key in filter(None, keys):
            if address := await services.outbox.address(key):
                return await services.channel.permalink(address)
    except DependencyError as exc:
        _log.warning("no link", reason=str(exc))
    return ""


def _reporting_thread(act: Act) -> str:
    match act:
        case BeginSequence():
            return act.spec.thread_key
        case Instruct():
            return act.standing.thread_key
        case _:
            return ""
