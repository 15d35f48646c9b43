"""The audit records of a proposal: one for each customer, with the states before and after in words.

The store keeps these words as text, so they are chosen when a record is made, by ``AuditWording``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.fleet.audit import MAX_WHY
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.problems import Problem, ProposalChanged
from bot.fleet.proposals.proposal import Act, Done, Proposal
from bot.fleet.refusals.declined import Refusal
from bot.model import Actor, AuditOutcome, AuditRecord, Subject
from bot.redaction import redact_line


@dataclass(frozen=True, slots=True)
class Approval:
    """The confirmation of a proposal: who confirmed it, why, when, and the plan digest (``digest``) of what was
    confirmed.

    ``change`` is a random id of this one confirmation.
    """

    actor: Actor
    reason: str
    digest: str
    at: datetime
    change: str


@dataclass(frozen=True, slots=True)
class AuditWording:
    """The functions that choose the words of a record: why something was declined or has failed, and the states
    before and after an act. ``bot.blocks.audit_wording`` has them."""

    refusal: Callable[[Refusal], str]
    problem: Callable[[Problem], str]
    before: Callable[[Act], str]
    after: Callable[[Act], str]


def begun(proposal: Proposal, approval: Approval, wording: AuditWording) -> tuple[AuditRecord, ...]:
    """The records to write before anything is done. They remain as they are only if the bot stops before it records
    the outcome."""
    acts = by_customer(proposal.acts)
    return tuple(
        _record(proposal, approval, own, (AuditOutcome.BEGUN, "", "; ".join(map(wording.before, own)), ""))
        for own in acts.values()
    )


def ended(
    proposal: Proposal, approval: Approval, done: Sequence[Done], wording: AuditWording
) -> tuple[AuditRecord, ...]:
    """The records with the outcome for each customer. The record of a failure also says which acts succeeded."""
    records: list[AuditRecord] = []
    for customer, own in by_customer(proposal.acts).items():
        results = [result for result in done if result.act.customer == customer]
        why = " ".join(dict.fromkeys(wording.problem(result.problem) for result in results if result.problem))
        outcome = AuditOutcome.FAILED if why else AuditOutcome.DONE
        after = "; ".join(wording.after(result.act) for result in results if not result.problem)
        records.append(_record(proposal, approval, own, (outcome, why, "; ".join(map(wording.before, own)), after)))
    return tuple(records)


def changed(proposal: Proposal, approval: Approval, wording: AuditWording) -> tuple[AuditRecord, ...]:
    """The records of a proposal of which nothing was done, because it was no longer the same as the confirmed one."""
    why = wording.problem(ProposalChanged())
    return tuple(
        _record(proposal, approval, own, (AuditOutcome.FAILED, why, "", ""))
        for own in by_customer(proposal.acts).values()
    )


def by_customer(acts: Sequence[Act]) -> dict[str, list[Act]]:
    """The acts grouped by customer. Customers and their acts keep their order."""
    grouped: dict[str, list[Act]] = {}
    for act in acts:
        grouped.setdefault(act.customer, []).append(act)
    return grouped


def change_of(act: Act, approval: Approval) -> str:
    """The id of the audit record that covers this act."""
    return f"{act.customer}:{approval.change}"


def _record(
    proposal: Proposal, approval: Approval, own: Sequence[Act], result: tuple[AuditOutcome, str, str, str]
) -> AuditRecord:
    outcome, why, before, after = result
    first = own[0]
    return AuditRecord(
        at=approval.at,
        user_id=approval.actor.user_id,
        command=proposal.command.word(),
        subject=Subject(proposal.target.cluster, first.customer),
        outcome=outcome,
        why=redact_line(why, MAX_WHY),
        before=redact_line(before, MAX_WHY),
        after=redact_line(after, MAX_WHY),
        reason=approval.reason,
        plan_digest=approval.digest,
        change=change_of(first, approval),
        campaign=proposal.command.campaign or (first.name if isinstance(first, ChangeCampaign) else ""),
    )
