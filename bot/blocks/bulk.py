"""Draws the modal that confirms a command for several customers: a row for each, or a summary of very many."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    CheckboxesElement,
    InputBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.blocks import acts, confirm, kit, pickers, proposal_warnings, refusals, size_menu, sizing, words
from bot.blocks.confirm import EarlierAttempt
from bot.blocks.lines import Line, first_names, fitting
from bot.bulk_fields import CONFIRM_BULK, BulkInput, BulkRow, BulkValue
from bot.commands import SLASH, ControlRequest, Retry, Run, Split
from bot.confirmation import InputId
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.bulk import (
    BulkProposal,
    ClusterLeftOut,
    ProposedCustomer,
    sizes_for_all,
)
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.sizes import takes_size
from bot.fleet.proposals.whole_cluster import time_until_last
from bot.fleet.refusals.declined import Refusal
from bot.message import View

# The limit of an option's text and of its description (docs/slack-facts.md#limits).
OPTION_TEXT = 75
# In characters, above the rows.
WARNINGS_ROOM = 1_200
LEFT_OUT_ROOM = 1_200
SUMMARY_ROOM = 5_000
ABOVE_ROOM = 2_000
NAMES_SHOWN = 5


def ask(bulk: BulkProposal, earlier: EarlierAttempt | None = None, above: Sequence[Line] = ()) -> View:
    """The question: what would be done for each customer, then the reason. ``earlier`` is given when the modal asks
    again about customers for which nothing was done, and ``above`` is what was done for the others."""
    command = bulk.command
    reason = confirm.reason_input(f"e.g. {command.reason_example}", earlier.reason if earlier else None)
    form = kit.Form(
        submit=_submit(command, is_rest=earlier is not None),
        inputs=confirm.with_focus((*_inputs_for_all(bulk), *_word_input(command), reason)),
        purpose=CONFIRM_BULK,
        memory=command.word(),
    )
    more_warnings = confirm.omitted("warning", confirm.ONE_BY_ONE)
    blocks: list[Block] = [
        *([kit.section(f"*{kit.escape(earlier.notice)}*")] if earlier else []),
        *kit.sections(fitting(above, _mrkdwn, ABOVE_ROOM, confirm.omitted("line", confirm.IN_AUDIT))),
        kit.section(f"*{kit.escape(headline(bulk))}*"),
        *kit.sections(fitting(bulk.warnings, confirm.warning_line, WARNINGS_ROOM, more_warnings)),
        *kit.sections(fitting(_own_warnings(bulk), _mrkdwn, WARNINGS_ROOM, more_warnings)),
        *kit.sections(fitting(left_out(bulk), _mrkdwn, LEFT_OUT_ROOM, confirm.omitted("line", confirm.ONE_BY_ONE))),
        *(_rows(bulk) if bulk.has_rows else _summary(bulk)),
    ]
    return kit.view(command.word().capitalize(), blocks, form, close="Back")


def _own_warnings(bulk: BulkProposal) -> list[Line]:
    """The warnings about single customers. Customers with the same warning share a line that names them."""
    customers: dict[str, list[str]] = {}
    for proposal in bulk.proposals:
        for text in dict.fromkeys(map(proposal_warnings.text, proposal.warnings)):
            customers.setdefault(text, []).append(words.name(proposal.target.customer))
    number = len(bulk.proposals)
    return [
        Line.about(f"Warning for {_who(names, number)}:", words.sentence(text)) for text, names in customers.items()
    ]


def _who(names: Sequence[str], number: int) -> str:
    return "all of them" if len(names) == number > 1 else first_names(names, NAMES_SHOWN)


def headline(bulk: BulkProposal) -> str:
    """``4 customers on 2 clusters: about to cancel 4 workflows and start 34 windows, about 61 h …``."""
    proposals = bulk.proposals
    clusters = list(dict.fromkeys(proposal.target.cluster for proposal in proposals))
    where = clusters[0] if len(clusters) == 1 else words.plural(len(clusters), "cluster")
    return f"{words.plural(len(proposals), 'customer')} on {where}: about to {_summary_of(proposals, bulk.slots)}."


def _summary_of(proposals: Sequence[Proposal], slots: Mapping[str, int]) -> str:
    """What the proposals would do together, and how long until the last customer is complete."""
    summary = acts.cluster_summary([act for proposal in proposals for act in proposal.acts])
    if not any(proposal.plan and proposal.plan.to_run for proposal in proposals):
        return summary
    eta = time_until_last(proposals, slots)
    return f"{summary}, about {sizing.span(eta)} until the last is done" if eta else summary


def left_out(bulk: BulkProposal) -> list[Line]:
    """The customers that are left out, and why. Those with the same reason share a line."""
    customers: dict[tuple[str, Refusal], list[str]] = {}
    for each in bulk.left_out:
        customers.setdefault((each.target.cluster, each.reason), []).append(words.name(each.target.customer))
    lines = [_left_out_customers(names, *where_and_why) for where_and_why, names in customers.items()]
    return [*lines, *map(_left_out_cluster, bulk.silent)]


def _left_out_customers(names: Sequence[str], cluster: str, reason: Refusal) -> Line:
    why, are = words.sentence(refusals.problem(reason)), words.be(len(names))
    return Line.about(first_names(names, NAMES_SHOWN), f"on {cluster} {are} left out. {why}")


def _left_out_cluster(silent: ClusterLeftOut) -> Line:
    who = "Who of its customers is concerned is not known"
    if silent.customers:
        who = f"Left out: {first_names(silent.customers, NAMES_SHOWN)}"
    return Line.about(silent.cluster, f"did not answer: {words.sentence(silent.why)} {who}.")


def _rows(bulk: BulkProposal) -> list[Block]:
    shows_cluster = len({proposal.target.cluster for proposal in bulk.proposals}) > 1
    return [
        ActionsBlock(block_id=BulkRow(number).block, elements=_row(BulkRow(number), customer, shows_cluster))
        for number, customer in enumerate(bulk.customers)
    ]


def _row(row: BulkRow, customer: ProposedCustomer, shows_cluster: bool) -> list[InteractiveElement]:
    """A ticked check box, and a menu of sizes if there is a choice."""
    option = Option(
        value=BulkValue.TAKEN,
        text=MarkdownTextObject(text=_name(customer.proposal.target, shows_cluster), verbatim=True),
        description=confirm.plain_text(kit.clip(_essentials(customer.proposal), OPTION_TEXT)),
    )
    box = CheckboxesElement(action_id=row.take, options=[option], initial_options=[option])
    return [box, *([size_menu.menu(row.size, customer.proposal, customer.sizes)] if customer.sizes else [])]


def _name(target: Target, shows_cluster: bool) -> str:
    where = f" on {target.cluster}" if shows_cluster else ""
    room = OPTION_TEXT - len(where) - 2
    bold = f"*{kit.escape(kit.clip(words.name(target.customer), room))}*{kit.escape(where)}"
    plain = kit.clip(f"{words.name(target.customer)}{where}", OPTION_TEXT)
    return bold if len(bold) <= OPTION_TEXT else kit.escape_code(plain)[:OPTION_TEXT]


def _essentials(proposal: Proposal) -> str:
    """``cancel 1 workflow and start 11 windows of 5 days, 20–31 h``."""
    eta = proposal.plan.eta if proposal.plan else None
    return acts.customer_summary(proposal.acts) + (f", {sizing.span(eta)}" if eta else "")


def _summary(bulk: BulkProposal) -> list[Block]:
    """A line for each cluster."""
    clusters: dict[str, list[Proposal]] = {}
    for proposal in bulk.proposals:
        clusters.setdefault(proposal.target.cluster, []).append(proposal)
    lines = [
        Line.about(cluster, f"{words.plural(len(own), 'customer')}: {_summary_of(own, bulk.slots)}.")
        for cluster, own in clusters.items()
    ]
    more_clusters = confirm.omitted("cluster", f"{SLASH} status shows all")
    return [
        *kit.sections(fitting(lines, _mrkdwn, SUMMARY_ROOM, more_clusters)),
        kit.context("The whole plan, customer by customer, comes as a file in your direct messages from me."),
    ]


def _word_input(command: ControlRequest) -> tuple[InputBlock, ...]:
    """The field in which the person types the command's word, such as ``terminate``, to confirm the command. Empty if
    the command does not ask for this (``asks_for_name``). A dialog about one target asks for the target's name
    instead. In a dialog about several, check boxes or a menu already say which customers are meant."""
    if not command.asks_for_name:
        return ()
    word = command.word()
    element = PlainTextInputElement(action_id=InputId.NAME, placeholder=confirm.plain_text(word))
    return (InputBlock(block_id=InputId.NAME, label=confirm.plain_text(f"Type {word} to confirm"), element=element),)


def _inputs_for_all(bulk: BulkProposal) -> tuple[InputBlock, ...]:
    """The fields of a modal without rows: one size for all, and a menu of customers to leave out."""
    if bulk.has_rows:
        return ()
    names = InputBlock(
        block_id=BulkInput.LEAVE_OUT,
        label=confirm.plain_text("Leave out"),
        element=pickers.several(BulkInput.LEAVE_OUT),
        optional=True,
    )
    return (*([_size_for_all(bulk)] if takes_size(bulk.command) else []), names)


def _size_for_all(bulk: BulkProposal) -> InputBlock:
    suggested = Option(value=BulkValue.AS_SUGGESTED, text=PlainTextObject(text="As suggested for each"))
    sizes = [
        Option(value=str(days), text=PlainTextObject(text=f"{words.days(days)} for everybody"))
        for days in sizes_for_all(bulk)
    ]
    menu = StaticSelectElement(
        action_id=BulkInput.SIZE,
        placeholder="Window size",
        options=[suggested, *sizes],
        initial_option=suggested,
    )
    return InputBlock(block_id=BulkInput.SIZE, label=confirm.plain_text("Window size"), element=menu)


def _submit(command: ControlRequest, *, is_rest: bool) -> str:
    if not is_rest:
        return command.word().capitalize()
    starts = isinstance(command, Run | Split | Retry)
    return "Run these, too" if starts else f"{command.word().capitalize()} these, too"


def _mrkdwn(line: Line) -> str:
    return line.mrkdwn
