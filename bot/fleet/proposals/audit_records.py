"""What the audit says of a proposal that is carried out: a record for each customer, before and after in words."""

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
    """What came with a confirmation: by whom, why, of which digest, and when it is carried out.

    ``change`` tells this carrying out from every other.
    """

    actor: Actor
    reason: str
    digest: str
    at: datetime
    change: str


def begun(proposal: Proposal, given: Approval) -> tuple[AuditRecord, ...]:
    """Before anything is done: if nothing replaces these, the bot has died over it."""
    acts = by_customer(proposal.acts)
    return tuple(
        _record(proposal, given, own, (AuditOutcome.BEGUN, "", "; ".join(map(_before, own)), ""))
        for own in acts.values()
    )


def ended(proposal: Proposal, given: Approval, done: Sequence[Done]) -> tuple[AuditRecord, ...]:
    """What came of each customer's acts; what failed of them is told, and what did not is told as well."""
    records: list[AuditRecord] = []
    for customer, own in by_customer(proposal.acts).items():
        results = [one for one in done if one.act.customer == customer]
        why = " ".join(dict.fromkeys(one.problem for one in results if one.problem))
        outcome = AuditOutcome.FAILED if why else AuditOutcome.DONE
        after = "; ".join(_after(one.act) for one in results if not one.problem)
        records.append(_record(proposal, given, own, (outcome, why, "; ".join(map(_before, own)), after)))
    return tuple(records)


def not_done(proposal: Proposal, given: Approval, why: str) -> tuple[AuditRecord, ...]:
    """Nothing was done for any of them."""
    return tuple(
        _record(proposal, given, own, (AuditOutcome.FAILED, why, "", ""))
        for own in by_customer(proposal.acts).values()
    )


def by_customer(acts: Sequence[Act]) -> dict[str, list[Act]]:
    """Acts in order, by customer in order."""
    grouped: dict[str, list[Act]] = {}
    for act in acts:
        grouped.setdefault(act.customer, []).append(act)
    return grouped


def change_of(act: Act, given: Approval) -> str:
    """The change's id in the audit."""
    return f"{act.customer}:{given.change}"


def _record(
    proposal: Proposal, given: Approval, own: Sequence[Act], told: tuple[AuditOutcome, str, str, str]
) -> AuditRecord:
    outcome, why, before, after = told
    first = own[0]
    return AuditRecord(
        at=given.at,
        user_id=given.actor.user_id,
        command=proposal.command.word(),
        subject=Subject(proposal.target.cluster, first.customer),
        outcome=outcome,
        why=redact_line(why, MAX_WHY),
        before=redact_line(before, MAX_WHY),
        after=redact_line(after, MAX_WHY),
        reason=given.reason,
        plan_digest=given.digest,
        change=change_of(first, given),
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
