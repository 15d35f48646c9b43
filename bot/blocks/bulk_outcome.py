"""Draws the outcome, customer by customer, of a command that was confirmed for several customers."""

from bot.blocks import acts, bulk, kit, refusals, words
from bot.blocks.confirm import IN_AUDIT, EarlierAttempt, as_mrkdwn, omitted
from bot.blocks.lines import Line, first_names, fitting
from bot.commands import Group
from bot.commands.typed_command import typed_command
from bot.commands.words import MAX_TEXT
from bot.fleet.proposals.bulk import BulkOutcome, ClusterLeftOut, CustomerLeftOut
from bot.fleet.proposals.proposal import ExecutedProposal
from bot.message import Message, View

OUTCOME_ROOM = 6_000
NAMES_SHOWN = 5


def done(outcome: BulkOutcome, reason: str) -> View:
    """The outcome for each customer. If some proposals had changed, the modal asks again about these customers."""
    headline, *lines = _lines(outcome)
    if outcome.changed:
        now = f"Below is what {outcome.command.word()} would do for {_those(outcome)} now."
        return bulk.ask(outcome.changed, EarlierAttempt(f"{headline.plain} {now}", reason), above=lines)
    blocks = [
        kit.section(f"*{headline.mrkdwn}*"),
        *kit.sections(fitting(lines, as_mrkdwn, OUTCOME_ROOM, omitted("line", IN_AUDIT))),
    ]
    return kit.view(outcome.command.word().capitalize(), blocks)


def outcome_message(outcome: BulkOutcome) -> Message:
    """The outcome for a person who has closed the modal, with what to type for the customers whose proposals had
    changed."""
    headline, *lines = [*_lines(outcome), *_command_for_rest(outcome)]
    plain = [headline.plain, *fitting(lines, lambda line: line.plain, OUTCOME_ROOM, omitted("line", IN_AUDIT))]
    shown = fitting(lines, as_mrkdwn, OUTCOME_ROOM, omitted("line", IN_AUDIT))
    return kit.message("\n".join(plain), [kit.section(f"*{headline.mrkdwn}*"), *kit.sections(shown)])


def _lines(outcome: BulkOutcome) -> list[Line]:
    """A headline, then what was not done and why, then what was done."""
    executed = outcome.executed
    failed = [each for each in executed if _has_failed(each)]
    succeeded = [each for each in executed if not _has_failed(each)]
    return [
        Line.of(_headline(outcome, len(succeeded))),
        *(line for each in failed for line in _acts(each)),
        *map(_not_possible, outcome.left_out),
        *map(_not_answered, outcome.silent),
        *_changed(outcome),
        *(line for each in succeeded for line in _acts(each)),
        *_threads(succeeded),
    ]


def _headline(outcome: BulkOutcome, succeeded: int) -> str:
    number, word = _number(outcome), outcome.command.word().capitalize()
    continues = any(acts.continues(act.act) for each in outcome.executed for act in each.done if not act.problem)
    is_queued = outcome.command.group is Group.INCOMPLETE
    progress = "queued" if is_queued else "under way" if continues else "done"
    if succeeded == number:
        return f"{word}: {progress} for {'both' if number == 2 else f'all {number:,}'} customers."
    if not succeeded:
        return f"{word}: not done for {words.plural(number, 'customer')}."
    return f"{word}: {progress} for {succeeded:,} of {number:,} customers, not done for {number - succeeded:,}."


def _number(outcome: BulkOutcome) -> int:
    """How many customers were confirmed."""
    changed = len(outcome.changed.customers) + len(outcome.changed.left_out) if outcome.changed else 0
    unasked = sum(len(cluster.customers) for cluster in outcome.silent)
    return len(outcome.executed) + len(outcome.left_out) + unasked + changed


def _has_failed(executed: ExecutedProposal) -> bool:
    return any(act.problem for act in executed.done)


def _acts(executed: ExecutedProposal) -> list[Line]:
    done_acts = [act.act for act in executed.done if not act.problem]
    return [acts.outcome(act, done_acts) for act in executed.done]


def _not_possible(customer: CustomerLeftOut) -> Line:
    why = words.sentence(refusals.problem(customer.reason))
    return Line.about(words.name(customer.target.customer), f"on {customer.target.cluster}: not done. {why}")


def _not_answered(silent: ClusterLeftOut) -> Line:
    names = first_names(silent.customers, NAMES_SHOWN)
    return Line.about(silent.cluster, f"did not answer: {words.sentence(silent.why)} not done for {names}.")


def _changed(outcome: BulkOutcome) -> list[Line]:
    if outcome.changed is None:
        return []
    names = [words.name(proposal.target.customer) for proposal in outcome.changed.proposals]
    what = "its plan has" if len(names) == 1 else "their plans have"
    return [Line.of(f"not done for {first_names(names, NAMES_SHOWN)}: {what} changed since you looked.")]


def _those(outcome: BulkOutcome) -> str:
    assert outcome.changed is not None
    number = len(outcome.changed.customers)
    return "it" if number == 1 else "them"


def _threads(succeeded: list[ExecutedProposal]) -> list[Line]:
    reports = any(acts.reports_in_thread(act.act) for each in succeeded for act in each.done)
    return [Line.of("Each customer's thread in the team channel tells how it goes on.")] if reports else []


def _command_for_rest(outcome: BulkOutcome) -> list[Line]:
    """What to type for the customers whose proposals had changed."""
    if outcome.changed is None:
        return []
    command = typed_command(outcome.command, [str(proposal.target) for proposal in outcome.changed.proposals])
    again = f"Type {command}" if len(command) <= MAX_TEXT else "Type the same command again"
    return [Line.of(f"{again} to confirm {_those(outcome)} anew.")]
