"""Draws the answer to ``verify``: the verdict in words, then the numbers, then whatever is not as expected."""

from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.blocks import (
    buttons,
    differences,
    kit,
    open_work,
    pictures,
    row_differences,
    tables,
    verdict,
    verdict_table,
    verify_act,
    verify_fleet,
    words,
)
from bot.blocks.lines import Line, fitting
from bot.fleet.verification.verdict import ClusterVerdict, VerifyResult
from bot.message import Message

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
ROWS_ROOM = 1_500
DETAILS_DRAWN = 7_000
DETAILS_PLAIN = 1_500


def render(result: VerifyResult) -> Message:
    """One customer with its numbers; or a line for each of several customers, worst first."""
    if result.target and result.target.customer and len(result.clusters[0].customers) == 1:
        return _customer(result, result.clusters[0])
    return verify_fleet.render(result)


def _customer(result: VerifyResult, cluster: ClusterVerdict) -> Message:
    (customer,) = cluster.customers
    whole = result.window
    text = f"on {customer.cluster} {verdict.customer(customer, whole)}"
    headline = Line.about(customer.customer, kit.clip(text, verify_fleet.LONGEST_VERDICT))
    where = words.range_of_answer(whole, result.at, is_typed=result.is_typed)
    elsewhere = [*verify_fleet.runs_silent(cluster), *map(open_work.note, result.notes)]
    notes = [*([] if elsewhere else differences.idle(customer)), *verdict.notes(customer, whole)]
    notes += [*verify_act.about_duplicates(customer), *elsewhere]
    notes += [row_differences.line(narrowing, whole) for narrowing in result.narrowings]
    details, advice = verdict.details(customer, result.by), verify_act.advice(customer)
    plain = [
        headline.plain,
        *(line.plain for line in advice),
        f"{where}.",
        *fitting(customer.tables, verdict.plain_row, ROWS_ROOM, _more_tables),
        *notes,
        *fitting(
            details, lambda detail: verdict.detail(customer, detail, whole), DETAILS_PLAIN, verify_fleet.more_lines
        ),
    ]
    blocks: list[Block] = [
        *kit.sections([f"{verify_act.mark(customer)} {headline.mrkdwn}", *(line.mrkdwn for line in advice)]),
        *buttons.suggesting(verify_act.act(customer, is_typed=result.is_typed)),
        kit.context("\n".join(kit.escape(line) for line in [where, *notes])),
        *tables.drawn(verdict_table.rows(customer.tables), ROWS_ROOM, _more_tables),
        *kit.sections(
            fitting(
                details,
                lambda detail: kit.escape(verdict.detail(customer, detail, whole)),
                DETAILS_DRAWN,
                verify_fleet.more_lines,
            )
        ),
    ]
    return replace(
        kit.message("\n".join(plain), blocks),
        picture=pictures.counts(customer),
        follow_up=row_differences.keys_for_all(customer.customer, result.narrowings, whole),
        for_asker=row_differences.keys_for_asker(customer.customer, result.narrowings, whole),
    )


def _more_tables(number: int) -> str:
    return f"{words.plural(number, 'more table')} not shown."
