"""Draws the modal that confirms a change, and what it shows while the change is carried out and afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject

from bot.blocks import (
    acts,
    buttons,
    errors,
    kit,
    proposal_warnings,
    size_menu,
    words,
)
from bot.blocks import (
    proposal as blocks_proposal,
)
from bot.blocks.lines import Line, fitting
from bot.commands import SLASH, Request
from bot.commands.typed_command import typed_command
from bot.confirmation import CONFIRM, Confirmation, InputId
from bot.errors import BackfillBotError
from bot.fleet.proposals.proposal import Changed, Done, ExecutedProposal, Proposal
from bot.fleet.proposals.warnings import ProposalWarning
from bot.fleet.refusals.campaigns import CampaignInUse
from bot.fleet.refusals.declined import Declined
from bot.message import Message, View

LONGEST_REASON = 500
LONGEST_LABEL = 1_900
# In characters. LINES_ROOM is enough for a line for each of a hundred customers. Only a proposal about a single
# customer has a table of windows.
LINES_ROOM = 7_000
WARNINGS_ROOM = 2_000
OUTCOME_ROOM = 3_000
# How to see what does not fit.
ONE_BY_ONE = "the same command for one customer shows its own"
IN_AUDIT = f"{SLASH} audit has every outcome"


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """An earlier submission of the same modal: why nothing was done, and the reason that the person gave."""

    notice: str
    reason: str


def ask(proposal: Proposal, earlier: EarlierAttempt | None = None) -> View:
    """The question: what would be done and how long it takes, then the fields to fill in.

    ``earlier`` is given when the modal asks again after a submission that did nothing.
    """
    command = proposal.command
    name_inputs = (_name_input(proposal),) if command.asks_for_name else ()
    reason = reason_input(f"e.g. {command.reason_example}", earlier.reason if earlier else None)
    form = kit.Form(
        submit=command.word().capitalize(),
        inputs=with_focus((*name_inputs, *size_menu.field(proposal), reason)),
        purpose=CONFIRM,
        memory=_memory(proposal),
    )
    top_lines = [*([earlier.notice] if earlier else []), blocks_proposal.headline(proposal)]
    blocks: list[Block] = [
        *(kit.section(f"*{kit.escape(line)}*") for line in top_lines),
        *kit.sections(fitting(proposal.warnings, warning_line, WARNINGS_ROOM, omitted("warning", ONE_BY_ONE))),
        *blocks_proposal.facts(proposal),
        *kit.sections(fitting(blocks_proposal.lines(proposal), as_mrkdwn, LINES_ROOM, omitted("line", ONE_BY_ONE))),
        *blocks_proposal.table(proposal),
    ]
    return kit.view(_title(proposal.command), blocks, form, close="Back")


def _name_input(proposal: Proposal) -> InputBlock:
    """The field in which the person types the name of the customer or cluster whose runs would be ended."""
    target_name = kit.clip(proposal.target.customer or proposal.target.cluster, LONGEST_LABEL)
    return InputBlock(
        block_id=InputId.NAME,
        label=plain_text(f"Type {target_name} to confirm"),
        element=PlainTextInputElement(action_id=InputId.NAME, placeholder=plain_text(kit.clip(target_name, 150))),
    )


def loading(word: str) -> View:
    """The modal that opens at once and stays while the bot makes the proposal."""
    return kit.view(word.capitalize(), [kit.section("Looking at what runs and what is complete…")])


def working(word: str) -> View:
    """The modal from the submission until the outcome is known."""
    text = "Working… You may close this: the outcome is then told to you in the team channel."
    return kit.view(word.capitalize(), [kit.section(text)])


def already_submitted(word: str) -> View:
    """The modal when Slack delivers a submission a second time. The bot that handles the first delivery replaces this
    view with the outcome."""
    text = f"This is being done, or has been: the team channel and `{SLASH} audit` tell what came of it."
    advice = f"If they do not, nothing was done: type `{SLASH} {word} …` once more."
    return kit.view(word.capitalize(), [kit.section(f"{text} {advice}")])


def done(result: ExecutedProposal) -> View:
    """The outcome of each act, and a link to the thread that reports what happens next."""
    headline, *lines = _outcome(result)
    blocks = [
        kit.section(f"*{headline.mrkdwn}*"),
        *kit.sections(fitting(lines, as_mrkdwn, OUTCOME_ROOM, omitted("line", IN_AUDIT))),
    ]
    return kit.view(_title(result.proposal.command), blocks)


def outcome_message(result: ExecutedProposal | Changed) -> Message:
    """The outcome for a person who has closed the modal."""
    if isinstance(result, Changed):
        return _changed_message(result.proposal)
    headline, *lines = _outcome(result)
    plain = [headline.plain, *fitting(lines, lambda line: line.plain, OUTCOME_ROOM, omitted("line", IN_AUDIT))]
    shown = fitting(lines, as_mrkdwn, OUTCOME_ROOM, omitted("line", IN_AUDIT))
    return kit.message("\n".join(plain), [kit.section(f"*{headline.mrkdwn}*"), *kit.sections(shown)])


def after_change(result: Changed, reason: str) -> EarlierAttempt:
    """The argument ``earlier`` of ``ask`` when nothing was done because the proposal had changed. Keeps the person's
    reason."""
    word = result.proposal.command.word()
    notice = f"Nothing was done: the world has changed since you looked. Below is what {word} would do now."
    return EarlierAttempt(notice, reason)


def problem(exc: BackfillBotError) -> View:
    """The modal of an error: why nothing was done, and what to do."""
    title = "Nothing to do" if isinstance(exc, Declined) else "Nothing was done"
    return View(title=title, blocks=(*errors.render(exc).blocks, *kit.view(title, _ways_out(exc)).blocks))


def _ways_out(exc: BackfillBotError) -> list[Block]:
    """The button that stops a campaign's work and then closes it, if closing was refused because of that work."""
    if isinstance(exc, Declined) and isinstance(exc.reason, CampaignInUse) and not exc.reason.silent:
        return buttons.row(buttons.stop_and_close(exc.reason.name))
    return []


def _title(command: Request) -> str:
    return command.word().capitalize()


def _memory(proposal: Proposal) -> str:
    """The private metadata of the modal, as JSON. It holds the command, with its target resolved to a cluster and
    customer: a typed name might mean another target at submission. It also holds the plan digests of what was shown,
    one for each window size."""
    command = proposal.command.model_copy(update={"target": str(proposal.target)})
    sizes = {each.plan.size.days: each.shown for each in proposal.sizes if each.plan}
    return Confirmation.model_validate({"command": command, "shown": proposal.shown, "sizes": sizes}).dump()


def warning_line(warning: ProposalWarning) -> str:
    return f"{proposal_warnings.mark(warning)} {kit.escape(words.sentence(proposal_warnings.text(warning)))}"


def _outcome(result: ExecutedProposal) -> list[Line]:
    """A headline, the link to the thread, then a line for each act. Acts that failed come first."""
    failed = [act for act in result.done if act.problem]
    done = [act for act in result.done if not act.problem]
    lines = [acts.outcome(act, [other.act for other in done]) for act in (*failed, *done)]
    return [_outcome_headline(result, failed), *_thread_link(result), *lines, *_thread_hint(result)]


def _thread_link(result: ExecutedProposal) -> list[Line]:
    """The link to the thread, if there is exactly one thread."""
    if not result.link or len(_customers_with_thread(result)) > 1:
        return []
    link = f"{kit.link(result.link, 'The thread')} tells how it goes on."
    return [Line(f"The thread tells how it goes on: {result.link}", link)]


def _thread_hint(result: ExecutedProposal) -> list[Line]:
    """Says that the threads in the team channel tell how it goes on. Empty if there is no thread, or if
    ``_thread_link`` links the only one."""
    number = len(_customers_with_thread(result))
    if number > 1:
        return [Line.of("Each customer's thread in the team channel tells how it goes on.")]
    return [Line.of("A thread in the team channel tells how it goes on.")] if number and not result.link else []


def _customers_with_thread(result: ExecutedProposal) -> set[str]:
    return {
        outcome.act.customer for outcome in result.done if not outcome.problem and acts.reports_in_thread(outcome.act)
    }


def _changed_message(proposal: Proposal) -> Message:
    """Says that nothing was done because the proposal had changed, and what to type for a new one."""
    target = proposal.target
    command = typed_command(proposal.command, [str(target) if target.cluster else target.customer])
    notice = Line.of(f"Nothing was done: the world has changed since you looked. Type {command} to confirm it anew.")
    new_headline = Line.of(blocks_proposal.headline(proposal))
    return kit.message(
        f"{notice.plain} {new_headline.plain}", [kit.section(f"{notice.mrkdwn}\n{new_headline.mrkdwn}")]
    )


def _outcome_headline(result: ExecutedProposal, failed: list[Done]) -> Line:
    target, number = result.proposal.target, len(result.done)
    subject = f"{words.name(target.customer)} on {target.cluster}" if target.customer else target.cluster
    if not failed:
        progress = "under way" if any(acts.continues(outcome.act) for outcome in result.done) else "done"
        return Line.of(f"{_title(result.proposal.command)}: {progress} for {subject}.")
    if len(failed) == number:
        return Line.of(f"{_title(result.proposal.command)}: not done for {subject}.")
    return Line.of(f"{number - len(failed):,} of {number:,} done for {subject}, {len(failed):,} not done.")


def reason_input(example: str, initial: str | None) -> InputBlock:
    return InputBlock(
        block_id=InputId.REASON,
        label=plain_text("Reason"),
        element=PlainTextInputElement(
            action_id=InputId.REASON,
            multiline=False,
            max_length=LONGEST_REASON,
            placeholder=plain_text(example),
            initial_value=initial,
        ),
    )


def with_focus(inputs: tuple[InputBlock, ...]) -> tuple[InputBlock, ...]:
    """The same fields, changed: when the modal opens, the cursor is in the first field that takes text."""
    first = next(field.element for field in inputs if isinstance(field.element, PlainTextInputElement))
    first.focus_on_load = True
    return inputs


def omitted(noun: str, how: str) -> Callable[[int], str]:
    """The function that makes the last line of a list that does not fit. It takes the number of items that are left
    out; ``how`` tells how to see them."""
    return lambda rest: f"and {words.plural(rest, f'more {noun}')}: {how}"


def as_mrkdwn(line: Line) -> str:
    return line.mrkdwn


def plain_text(text: str) -> PlainTextObject:
    """Plain text in which Slack does not turn a name such as ``:smile:`` into an emoji."""
    return PlainTextObject(text=text, emoji=False)
