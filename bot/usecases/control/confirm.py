"""Carries a confirmed proposal out: made again from the world as it is now, and done only if it is still the same.

What happens if the bot dies on the way: before the audit's first record nothing has been done. After it the audit
says "begun", and pressing again shows what is left: every act may be repeated. A sequence that has begun goes on and
tells its own story. Only the line about a termination is lost when the bot dies right after it; Temporal and the
status show what was done.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from bot.commands import ControlRequest
from bot.errors import DependencyError, UsageError
from bot.fleet.audit import MAX_REASON
from bot.fleet.notifications.notification import TerminatedLine, dump
from bot.fleet.proposals.audit_records import Approval, begun, by_customer, ended, not_done
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
from bot.model import Actor, AuditRecord, Entry, OutboxMessage
from bot.redaction import redact_line
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.control.execute import ConfirmedProposal, execute_act

# Customers of a cluster for whom something is done at once; the acts for one customer follow one another.
AT_ONCE = 4
CHANGED = "The world had changed since it was shown."

Propose = Callable[[Any, Services], Awaitable[Proposal]]

_log = structlog.get_logger(__name__)


async def confirm_proposal(  # noqa: PLR0913, PLR0917  (a confirmation is a command, what was shown, and why)
    propose: Propose, command: ControlRequest, shown: str, reason: str, actor: Actor, services: Services
) -> ExecutedProposal | Changed:
    """``shown`` is what was confirmed: ``Proposal.shown``, or the digest alone.

    Raises UsageError when it cannot be done any more, and a SystemAnswer when that cannot be found out, or when the
    store is away: nothing is done off the record. What fails later is told act by act.
    """
    digest = confirmed_digest(shown)
    given = Approval(actor, redact_line(reason, MAX_REASON), digest, services.now(), secrets.token_hex(8))
    async with recording_failures(command, actor, services, given.reason):
        if not given.reason:
            raise UsageError("Whatever changes something needs a reason.", "Say why: people read it in the thread.")
        proposal = await propose(command, services)
    if not proposal.is_within(shown):
        await _put_down(not_done(proposal, given, CHANGED), (), services)
        return Changed(proposal, digest)
    open_alerts = await services.journal.open_episodes()
    here = tuple(episode for episode in open_alerts if episode.ref.cluster == proposal.target.cluster)
    carrying = ConfirmedProposal(proposal, given, here)
    await services.journal.record(Entry(audit=begun(proposal, given)), given.at)
    done = await _all(carrying, services)
    await _put_down(ended(proposal, given, done), await _terminated(carrying, done, services), services)
    return ExecutedProposal(proposal, done, await _link(done, services))


async def _all(carrying: ConfirmedProposal, services: Services) -> tuple[Done, ...]:
    """In the order of the acts."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one_by_one(acts: Sequence[Act]) -> list[Done]:
        async with turns:
            return [await execute_act(act, carrying, services) for act in acts]

    groups = by_customer(carrying.proposal.acts).values()
    return tuple(done for group in await asyncio.gather(*map(one_by_one, groups)) for done in group)


async def _put_down(records: Sequence[AuditRecord], messages: Sequence[OutboxMessage], services: Services) -> None:
    """What was done is done: a store that is away now must not make it look as if it were not."""
    try:
        await services.journal.record(Entry(audit=tuple(records), messages=tuple(messages)), services.now())
    except DependencyError as exc:
        told = [(one.command, one.subject.full_name, one.outcome.value, one.change) for one in records]
        _log.error("not in the audit", changes=told, error=str(exc))


async def _terminated(carrying: ConfirmedProposal, done: Sequence[Done], services: Services) -> list[OutboxMessage]:
    """A line for each customer, in the thread that tells of it where there is one."""
    given, lines = carrying.given, []
    ended_runs = [one.act for one in done if isinstance(one.act, TerminateRun) and not one.problem]
    for customer, acts in by_customer(ended_runs).items():
        said = TerminatedLine(carrying.cluster, customer, len(acts), given.actor.user_id, given.reason)
        thread = await _thread(customer, carrying, services)
        lines.append(OutboxMessage(f"terminated:{given.change}:{customer}", dump(said), thread))
    return lines


async def _thread(customer: str, carrying: ConfirmedProposal, services: Services) -> str:
    """Of the open alert, else of the sequence, if that has said something: a reply to nothing would wait for ever."""
    sequences = (act.standing for act in carrying.proposal.acts if isinstance(act, Instruct))
    own = next((standing.thread_key for standing in sequences if standing.customer == customer), "")
    try:
        key = carrying.thread_of(customer) or own or await _ending_thread(customer, carrying, services)
        return key if key and await services.outbox.address(key) else ""
    except DependencyError:
        return ""


async def _ending_thread(customer: str, carrying: ConfirmedProposal, services: Services) -> str:
    """Of an open sequence that was not told anything, since it is ending already."""
    standing = await services.clusters[carrying.cluster].control.sequence(customer)
    return standing.thread_key if standing and standing.status.is_open else ""


async def _link(done: Sequence[Done], services: Services) -> str:
    """To the first thread that goes on with it and stands already."""
    keys = [_told_in(one.act) for one in done if not one.problem]
    try:
        for key in filter(None, keys):
            if address := await services.outbox.address(key):
                return await services.channel.permalink(address)
    except DependencyError as exc:
        _log.warning("no link", reason=str(exc))
    return ""


def _told_in(act: Act) -> str:
    match act:
        case BeginSequence():
            return act.spec.thread_key
        case Instruct():
            return act.standing.thread_key
        case _:
            return ""
