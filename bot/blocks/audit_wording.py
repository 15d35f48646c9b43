"""The texts that the audit stores: why an act failed, and the states before and after it.

A record keeps the text that was stored with it. So a change of wording here shows only in new records.
"""

from bot.blocks import activity_acts, campaign_change, open_work, queue_change, refusals, words
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.proposals.activity_acts import ActivityAct
from bot.fleet.proposals.audit_records import AuditWording
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.problems import (
    OutcomeUnknown,
    Problem,
    ProposalChanged,
    SequenceEnded,
    SequenceOpened,
    SystemFailed,
    SystemRefused,
)
from bot.fleet.proposals.proposal import Act, BeginSequence, ChangeQueue, Instruct, TerminateRun
from bot.model import Order

_INSTRUCTED = {
    Order.PAUSE: "paused",
    Order.RESUME: "resumed",
    Order.RESIZE: "windows of {size} from now on",
    Order.SKIP: "{window} left out",
    Order.AGAIN: "{window} to be run again",
    Order.STOP: "being cancelled",
}


def problem(failed: Problem) -> str:
    """Why an act failed. When another system refused it, the text of that system is shown unchanged."""
    match failed:
        case SystemRefused(why):
            return why
        case SystemFailed(error):
            return f"{error}."
        case OutcomeUnknown(error, target):
            return f"{error}. Whether it was done is not known: {SLASH} status {typed(str(target))} tells."
        case SequenceOpened(sequence):
            return open_work.sequence(sequence)
        case SequenceEnded(customer):
            return f"The sequence of {customer} has ended meanwhile."
        case ProposalChanged():
            return "The world had changed since it was shown."


def before(act: Act) -> str:
    """The state before the act, as the audit stores it."""
    match act:
        case BeginSequence():
            runs = len(act.spec.clear) + len(act.spec.adopt)
            return f"no sequence, {words.plural(runs, 'workflow')} open"
        case Instruct():
            return f"sequence: {open_work.sequence_progress(act.standing.progress)}"
        case TerminateRun():
            return f"{act.run.execution.ref.workflow_id} open"
        case ActivityAct():
            return activity_acts.before(act)
        case ChangeQueue():
            return queue_change.before(act)
        case ChangeCampaign():
            return campaign_change.before(act)


def after(act: Act) -> str:  # noqa: PLR0911  (one line a kind)
    """The state that the act leads to."""
    match act:
        case BeginSequence() if act.spec.batch:
            days = sum(window.days for window in act.spec.days)
            return f"queued: runs {words.days(days)} when it is its turn"
        case BeginSequence() if act.spec.days:
            clear = f"cancels {words.plural(len(act.spec.clear), 'workflow')}, then " if act.spec.clear else ""
            days = sum(window.days for window in act.spec.days)
            size = words.days(act.spec.sizes.days)
            return f"sequence begun: {clear}runs {words.days(days)} in windows of {size}"
        case BeginSequence():
            return f"sequence begun: cancels {words.plural(len(act.spec.clear), 'workflow')}"
        case Instruct():
            size = words.days(act.instruction.days or 0)
            return _INSTRUCTED[act.instruction.order].format(size=size, window=act.instruction.window)
        case TerminateRun():
            return f"{act.run.execution.ref.workflow_id} terminated"
        case ActivityAct():
            return activity_acts.after(act)
        case ChangeQueue():
            return queue_change.after(act)
        case ChangeCampaign():
            return campaign_change.after(act)


WORDING = AuditWording(refusals.problem, problem, before, after)
