"""The audit records of a proposal: one for each customer, with the state before and after in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.fleet.audit import MAX_WHY
from bot.fleet.proposals.proposal import Act, BeginSequence, Done, Instruct, Proposal, TerminateRun
from bot.fleet.proposals.sentences import progress_text
from bot.model import Actor, AuditOutcome, AuditRecord, Order, Subject
from bot.model.text import plural
from bot.redaction import redact_line


@dataclass(frozen=True, slots=True)
class Approval:
    """The confirmation of a proposal: by whom, why, for which digest, and when.

    ``change`` is a random id of this one confirmation.
    """

    actor: Actor
    reason: str
    digest: str
    at: datetime
    change: str


def begun(proposal: Proposal, approval: Approval) -> tuple[AuditRecord, ...]:
    """The records to write before anything is done. They stay only if the bot stops before it records the outcome."""
    acts = by_customer(proposal.acts)
    return tuple(
        _record(proposal, approval, own, (AuditOutcome.BEGUN, "", "; ".join(map(_before, own)), ""))
        for own in acts.values()
    )


def ended(proposal: Proposal, approval: Approval, done: Sequence[Done]) -> tuple[AuditRecord, ...]:
    """The records with the outcome for each customer. A failed one also says which acts succeeded."""
    records: list[AuditRecord] = []
    for customer, own in by_customer(proposal.acts).items():
        results = [result for result in done if result.act.customer == customer]
        why = " ".join(dict.fromkeys(result.problem for result in results if result.problem))
        outcome = AuditOutcome.FAILED if why else AuditOutcome.DONE
        after = "; ".join(_after(result.act) for result in results if not result.problem)
        records.append(_record(proposal, approval, own, (outcome, why, "; ".join(map(_before, own)), after)))
    return tuple(records)


def not_done(proposal: Proposal, approval: Approval, why: str) -> tuple[AuditRecord, ...]:
    """The records of a proposal of which nothing was done, for the reason ``why``."""
    return tuple(
        _record(proposal, approval, own, (AuditOutcome.FAILED, why, "", ""))
        for own in by_customer(proposal.acts).values()
    )


def by_customer(acts: Sequence[Act]) -> dict[str, list[Act]]:
    """The acts grouped by customer, both in their order."""
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
    )


def _before(act: Act) -> str:
    match act:
        case BeginSequence():
            runs = len(act.spec.clear) + len(act.spec.adopt)
            return f"no sequence, {plural(runs, 'workflow')} open"
        case Instruct():
            return f"sequence: {progress_text(act.standing.progress)}"
        case TerminateRun():
            return f"{act.run.execution.ref.workflow_id} open"


def _after(act: Act) -> str:
    match act:
        case BeginSequence() if act.spec.days:
            clear = f"cancels {plural(len(act.spec.clear), 'workflow')}, then " if act.spec.clear else ""
            days = sum(window.days for window in act.spec.days)
            size = plural(act.spec.sizes.days, "day")
            return f"sequence begun: {clear}runs {plural(days, 'day')} in windows of {size}"
        case BeginSequence():
            return f"sequence begun: cancels {plural(len(act.spec.clear), 'workflow')}"
        case Instruct():
            return _TOLD[act.instruction.order].format(days=act.instruction.days, window=act.instruction.window)
        case TerminateRun():
            return f"{act.run.execution.ref.workflow_id} terminated"


_TOLD = {
    Order.PAUSE: "paused",
    Order.RESUME: "resumed",
    Order.RESIZE: "windows of {days} days from now on",
    Order.SKIP: "{window} left out",
    Order.AGAIN: "{window} to be run again",
    Order.STOP: "being cancelled",
}
