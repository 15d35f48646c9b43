"""Draws the answer to ``verify``: the verdict in words, then the numbers, then whatever is not as expected."""

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
from bot.fleet.verification.verdict import ClusterVerdict, VerifyResult
from bot.message import Message

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
ROWS_ROOM = 1_500
DETAILS_DRAWN = 6_000
DETAILS_PLAIN = 1_500
# A row that stands upright (see ``tables``) has up to 160 characters.
TABLES_SHOWN = 15


def render(result: VerifyResult, command: Verify) -> Message:
    """One customer with its numbers; or, for several customers, a line for each that does not simply match, worst
    first; or a further page of either."""
    if result.target and result.target.customer and len(result.clusters[0].customers) == 1:
        return _customer(result, result.clusters[0], command)
    return verify_fleet.render(result, command)


def _customer(result: VerifyResult, cluster: ClusterVerdict, command: Verify) -> Message:
    (customer,) = cluster.customers
    whole, about = result.window, f"{customer.customer} on {cluster.cluster}"
    counted = Listed(
        command, Part.TABLES, about, "table", customer.tables, lambda each: Line.of(verdict.plain_row(each))
    )
    details = Listed(
        command,
        Part.DETAILS,
        about,
        "line",
        verdict.details(customer, result.by),
        lambda detail: Line.of(verdict.detail(customer, detail, whole)),
    )
    for_all, for_asker = row_differences.keys(customer.customer, result.narrowings, whole, command)
    if page := paging.next_page(counted, details, for_all, for_asker):
        return page
    text = f"on {customer.cluster} {verdict.customer(customer, whole)}"
    headline = Line.about(customer.customer, kit.clip(text, verify_fleet.LONGEST_VERDICT))
    where = words.range_of_answer(whole, result.at, is_typed=result.is_typed)
    elsewhere = [*verify_fleet.runs_silent(cluster), *map(open_work.note, result.notes)]
    notes = [*([] if elsewhere else differences.idle(customer)), *verdict.notes(customer, whole)]
    notes += [*verify_act.about_duplicates(customer), *elsewhere]
    notes += [row_differences.line(narrowing, whole) for narrowing in result.narrowings]
    advice = verify_act.advice(customer)
    plain = [
        headline.plain,
        *(line.plain for line in advice),
        f"{where}.",
        *paging.plain(counted, ROWS_ROOM),
        *notes,
        *paging.plain(details, DETAILS_PLAIN),
    ]
    blocks: list[Block] = [
        *kit.sections([f"{verify_act.mark(customer)} {headline.mrkdwn}", *(line.mrkdwn for line in advice)]),
        *buttons.suggesting(verify_act.act(customer, is_typed=result.is_typed)),
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
