"""Draws the answer to ``verify``: the verdict in words, then the numbers, then whatever is not as expected."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.blocks import (
    buttons,
    differences,
    kit,
    open_work,
    paging,
    pictures,
    row_differences,
    verdict,
    verdict_table,
    verify_act,
    verify_fleet,
    words,
)
from bot.blocks.lines import Line
from bot.blocks.paging import Listed
from bot.commands import Part, Verify
from bot.fleet.verification.verdict import ClusterVerdict, CustomerVerdict, TableVerdict, Unanswered, VerifyResult
from bot.message import Message

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
ROWS_ROOM = 1_500
DETAILS_DRAWN = 6_000
DETAILS_PLAIN = 1_500
# A row that stands upright (see ``tables``) has up to 160 characters.
TABLES_SHOWN = 15


def render(result: VerifyResult, command: Verify) -> Message:
    """For one customer, the verdict and the numbers. For several customers, a line for each that does not simply
    match, worst first. If ``command`` asks for a further page, only that page."""
    if result.target and result.target.customer and len(result.clusters[0].customers) == 1:
        return _customer(result, result.clusters[0], command)
    return verify_fleet.render(result, command)


def _customer(result: VerifyResult, cluster: ClusterVerdict, command: Verify) -> Message:
    (customer,) = cluster.customers
    counted, details = _tables(customer, command), _details(customer, result, command)
    for_all, for_asker = row_differences.keys(customer.customer, result.narrowings, result.window, command)
    if page := paging.next_page(counted, details, for_all, for_asker):
        return page
    lead = [_headline(customer, result), *verify_act.advice(customer)]
    where = words.range_of_answer(result.window, result.at, is_typed=result.is_typed)
    notes = _notes(customer, cluster, result)
    plain = [
        *(line.plain for line in lead),
        f"{where}.",
        *paging.plain(counted, ROWS_ROOM),
        *notes,
        *paging.plain(details, DETAILS_PLAIN),
    ]
    blocks: list[Block] = [
        *_verdict(customer, lead, result),
        kit.context("\n".join(kit.escape(line) for line in [where, *notes])),
        *kit.preformatted(verdict_table.rows(customer.tables[:TABLES_SHOWN])),
        *paging.rest(counted, min(TABLES_SHOWN, len(customer.tables))),
        *paging.beginning(details, DETAILS_DRAWN),
    ]
    buttons.number(blocks)
    return replace(
        kit.message("\n".join(plain), blocks),
        picture=pictures.counts(customer),
        follow_up=row_differences.keys_for_all(for_all, result.narrowings),
        for_asker=row_differences.keys_for_asker(for_asker, result.narrowings),
    )


def _tables(customer: CustomerVerdict, command: Verify) -> Listed[TableVerdict | Unanswered]:
    """The line of each table with its counts."""

    def line(table: TableVerdict | Unanswered) -> Line:
        return Line.of(verdict.plain_row(table))

    return Listed(command, Part.TABLES, _about(customer), "table", customer.tables, line)


def _details(customer: CustomerVerdict, result: VerifyResult, command: Verify) -> Listed[verdict.Detail]:
    """A line for each of ``verdict.details``: each day that is not as expected, or each window; none in a summary."""

    def line(detail: verdict.Detail) -> Line:
        return Line.of(verdict.detail(customer, detail, result.window))

    return Listed(command, Part.DETAILS, _about(customer), "line", verdict.details(customer, result.by), line)


def _about(customer: CustomerVerdict) -> str:
    return f"{customer.customer} on {customer.cluster}"


def _headline(customer: CustomerVerdict, result: VerifyResult) -> Line:
    text = f"on {customer.cluster} {verdict.customer(customer, result.window)}"
    return Line.about(customer.customer, kit.clip(text, verify_fleet.LONGEST_VERDICT))


def _verdict(customer: CustomerVerdict, lead: Sequence[Line], result: VerifyResult) -> list[Block]:
    """The headline with its mark and the advice, and the button for what helps."""
    marked = f"{verify_act.mark(customer)} {lead[0].mrkdwn}"
    acts = verify_act.act(customer, is_typed=result.is_typed)
    return [*kit.sections([marked, *(line.mrkdwn for line in lead[1:])]), *buttons.suggesting(acts)]


def _notes(customer: CustomerVerdict, cluster: ClusterVerdict, result: VerifyResult) -> list[str]:
    """What else is to be known: why rows may be missing, what duplicates are, what runs elsewhere, which rows
    differ."""
    elsewhere = [*verify_fleet.runs_silent(cluster), *map(open_work.note, result.notes)]
    idle = [] if elsewhere else differences.idle(customer)
    duplicates = verify_act.about_duplicates(customer)
    rows = [row_differences.line(narrowing, result.window) for narrowing in result.narrowings]
    return [*idle, *verdict.notes(customer, result.window), *duplicates, *elsewhere, *rows]
