"""Draws the answer to ``verify``: the verdict in words, then the numbers, then whatever is not as expected."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.blocks import buttons, differences, kit, open_work, pictures, row_differences, verdict, verdict_table, words
from bot.blocks.lines import Line, first_names, fitting
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.verification.verdict import ClusterVerdict, CustomerVerdict, Outcome, VerifyResult
from bot.message import Message
from bot.model import Window

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
PLAIN_ROOM = 3_000
DRAWN_ROOM = 9_000
ROWS_ROOM = 1_500
DETAILS_DRAWN = 7_000
DETAILS_PLAIN = 1_500
DETAILS_OF_CUSTOMER = 10
NAMES_SHOWN = 10
LONGEST_VERDICT = 1_500
ORDER = (
    Outcome.DIFFERS,
    Outcome.CONTENTS_DIFFER,
    Outcome.NOT_ANSWERED,
    Outcome.NOT_FINISHED,
    Outcome.NOT_COMPARED,
    Outcome.UNPROVEN,
    Outcome.MATCHES,
)


def render(result: VerifyResult) -> Message:
    """One customer with its numbers; or a line for each of several customers, worst first."""
    if result.target and result.target.customer and len(result.clusters[0].customers) == 1:
        return _customer(result, result.clusters[0])
    return _fleet(result)


def _customer(result: VerifyResult, cluster: ClusterVerdict) -> Message:
    (customer,) = cluster.customers
    whole = result.window
    text = f"on {customer.cluster} {verdict.customer(customer, whole)}"
    headline = Line.about(customer.customer, kit.clip(text, LONGEST_VERDICT))
    where = words.range_of_answer(whole, result.at, is_typed=result.is_typed)
    elsewhere = [*_runs_silent(cluster), *map(open_work.note, result.notes)]
    notes = [*([] if elsewhere else differences.idle(customer)), *verdict.notes(customer, whole), *elsewhere]
    notes += [row_differences.line(narrowing, whole) for narrowing in result.narrowings]
    details, advice = verdict.details(customer, result.by), verdict.advice(customer)
    plain = [
        headline.plain,
        *advice,
        f"{where}.",
        *fitting(customer.tables, verdict.plain_row, ROWS_ROOM, _more_tables),
        *notes,
        *fitting(details, lambda detail: verdict.detail(customer, detail, whole), DETAILS_PLAIN, _more_lines),
    ]
    blocks: list[Block] = [
        *kit.sections([f"{verdict.MARKS[customer.outcome]} {headline.mrkdwn}", *map(kit.escape, advice)]),
        *buttons.suggesting(_rerun(customer)),
        kit.context("\n".join(kit.escape(line) for line in [where, *notes])),
        *kit.preformatted(fitting(verdict_table.rows(customer.tables), str, ROWS_ROOM, _more_tables)),
        *kit.sections(
            fitting(
                details,
                lambda detail: kit.escape(verdict.detail(customer, detail, whole)),
                DETAILS_DRAWN,
                _more_lines,
            )
        ),
    ]
    return replace(
        kit.message("\n".join(plain), blocks),
        picture=pictures.counts(customer),
        follow_up=row_differences.keys_for_all(customer.customer, result.narrowings, whole),
        for_asker=row_differences.keys_for_asker(customer.customer, result.narrowings, whole),
    )


def _rerun(customer: CustomerVerdict) -> list[InteractiveElement]:
    """The button that runs the days again whose rows are not as expected, from the first to the last of them.
    Empty while something still fills them, and for duplicates alone, which stay when the days run again."""
    if customer.outcome not in (Outcome.DIFFERS, Outcome.CONTENTS_DIFFER) or customer.running or customer.to_come:
        return []
    days = [day.day for table in customer.counted for day in table.differing if day.differs]
    if not days:
        return []
    window = Window.of_days(min(days), (max(days) - min(days)).days + 1)
    label = f"Run {window.briefly()} again…"
    return buttons.rerun(Target(customer.cluster, customer.customer), window, label)


def _fleet(result: VerifyResult) -> Message:
    headline = f"{_scope(result)}: {_headline(result.clusters)}"
    range_line = words.range_of_answer(result.window, result.at, is_typed=result.is_typed)
    items, others = _items(result), [*_unremarkable_counts(result), *map(open_work.note, result.notes)]
    drawn = "\n".join([*fitting(items, partial(_mrkdwn, result), DRAWN_ROOM, _more_items), *map(kit.escape, others)])
    shown = fitting(items, partial(_plain, result), PLAIN_ROOM, _more_items)
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*\n{range_line}"),
        *kit.sections(list(filter(str.strip, drawn.split("\n")))),
    ]
    return kit.message("\n".join([headline, f"{range_line}.", *shown, *others]), blocks)


def _scope(result: VerifyResult) -> str:
    return result.target.cluster if result.target else "All clusters"


def _headline(clusters: Sequence[ClusterVerdict]) -> str:
    """``14 of 17 customers match, 2 differ, 1 not verified.``"""
    outcomes = [customer.outcome for cluster in clusters for customer in cluster.customers]
    unasked = sum(len(cluster.unasked) for cluster in clusters)
    total = len(outcomes) + unasked
    if not total:
        return "no customers expected, nothing to verify."
    differing = outcomes.count(Outcome.DIFFERS)
    counts = {
        "differs" if differing == 1 else "differ": differing,
        "with other contents": outcomes.count(Outcome.CONTENTS_DIFFER),
        "not finished": outcomes.count(Outcome.NOT_FINISHED),
        "with duplicates not known": outcomes.count(Outcome.UNPROVEN),
        "not verified": outcomes.count(Outcome.NOT_ANSWERED) + unasked,
        "counted and not compared": outcomes.count(Outcome.NOT_COMPARED),
    }
    others = [f"{number:,} {outcome}" for outcome, number in counts.items() if number]
    matching = f"{outcomes.count(Outcome.MATCHES):,} of {words.plural(total, 'customer')} match"
    return f"{', '.join([matching, *others])}."


def _items(result: VerifyResult) -> list[ClusterVerdict | CustomerVerdict]:
    """All clusters and customers that get lines of their own, in this order: clusters with a problem; customers that
    do not simply match, worst first."""
    incomplete = [cluster for cluster in result.clusters if cluster.silent or cluster.unasked or cluster.runs_silent]
    shown = [
        customer
        for cluster in result.clusters
        for customer in cluster.customers
        if not _is_covered_by_cluster_line(customer, cluster)
    ]
    customers = [customer for customer in shown if not _is_unremarkable(customer)]
    worst_first = sorted(customers, key=lambda customer: (ORDER.index(customer.outcome), -customer.duplicates))
    return [*incomplete, *worst_first]


def _unremarkable_counts(result: VerifyResult) -> list[str]:
    """How many customers match; how many match as far as the count can show, because duplicates are not counted; and
    how many clusters have no customers."""
    simple = [
        customer.outcome
        for cluster in result.clusters
        for customer in cluster.customers
        if _is_unremarkable(customer)
    ]
    lines: list[str] = []
    if number := simple.count(Outcome.UNPROVEN):
        holds = "holds" if number == 1 else "hold"
        lines.append(f"{number:,} {holds} as many rows as expected, duplicates not known: configure key to know.")
    number, all_customers = simple.count(Outcome.MATCHES), sum(len(each.customers) for each in result.clusters)
    if number and number < all_customers:
        lines.append(f"The other {number:,} match." if number > 1 else "The other one matches.")
    idle = sum(not cluster.customers and not cluster.unasked for cluster in result.clusters)
    return [*lines, f"{words.without_work(idle)}."] if idle else lines


def _is_unremarkable(customer: CustomerVerdict) -> bool:
    """Whether all tables were compared and are as expected, as far as counts can show this."""
    is_odd = customer.duplicates or customer.is_without_rows
    return not is_odd and all(each.outcome in (Outcome.MATCHES, Outcome.UNPROVEN) for each in customer.tables)


def _plain(result: VerifyResult, item: ClusterVerdict | CustomerVerdict) -> str:
    return "\n".join(line.plain for line in _lines(result, item))


def _mrkdwn(result: VerifyResult, item: ClusterVerdict | CustomerVerdict) -> str:
    return "\n".join(line.mrkdwn for line in _lines(result, item))


def _lines(result: VerifyResult, item: ClusterVerdict | CustomerVerdict) -> list[Line]:
    return _customer_lines(item, result) if isinstance(item, CustomerVerdict) else _cluster_lines(item)


def _cluster_lines(cluster: ClusterVerdict) -> list[Line]:
    """The lines about the cluster itself. A cluster that did not answer has one line for all customers that depend on
    it."""
    lines = [Line.of(line) for line in _runs_silent(cluster)]
    if cluster.silent:
        hidden = [
            *(customer.customer for customer in cluster.customers if _is_covered_by_cluster_line(customer, cluster)),
            *cluster.unasked,
        ]
        missing = f"{words.plural(len(hidden), 'customer')} not verified: {first_names(hidden, NAMES_SHOWN)}"
        why = kit.clip(cluster.silent, differences.LONGEST_WHY)
        lines.append(Line.about(cluster.cluster, f"stopped answering ({why}). {missing}."))
    elif cluster.unasked:
        unasked = first_names(cluster.unasked, NAMES_SHOWN)
        missing = f"{words.plural(len(cluster.unasked), 'customer')} not verified: {unasked}"
        advice = f"Type {SLASH} verify and the name of one of them, or fewer days."
        lines.append(Line.about(cluster.cluster, f"takes too long to count them all. {missing}. {advice}"))
    return lines


def _is_covered_by_cluster_line(customer: CustomerVerdict, cluster: ClusterVerdict) -> bool:
    """Whether the cluster did not answer and its line says everything, because none of the customer's tables was
    counted."""
    return bool(cluster.silent) and not customer.counted


def _customer_lines(customer: CustomerVerdict, result: VerifyResult) -> list[Line]:
    on = "" if result.target else f"on {customer.cluster} "
    text = on + kit.clip(verdict.customer(customer, result.window), LONGEST_VERDICT)
    about = Line.about(customer.customer, text)
    line = Line(about.plain, f"{verdict.MARKS[customer.outcome]} {about.mrkdwn}")
    if customer.outcome not in (Outcome.DIFFERS, Outcome.CONTENTS_DIFFER, Outcome.NOT_FINISHED):
        return [line]
    details = verdict.details(customer, result.by)
    shown = [verdict.detail(customer, detail, result.window) for detail in details[:DETAILS_OF_CUSTOMER]]
    if hidden := len(details) - len(shown):
        name = typed(f"{customer.cluster}/{customer.customer}")
        shown.append(f"{_more_lines(hidden)} Type {SLASH} verify {name} by {result.by}.")
    return [line, *(Line.of(f"    {text}") for text in shown)]


def _runs_silent(cluster: ClusterVerdict) -> list[str]:
    why = kit.clip(cluster.runs_silent, differences.LONGEST_WHY)
    return [f"{cluster.cluster}: Temporal did not tell the windows of its runs ({why})."] if why else []


def _more_tables(number: int) -> str:
    return f"{words.plural(number, 'more table')} not shown."


def _more_lines(number: int) -> str:
    return f"{words.plural(number, 'more line')} not shown."


def _more_items(number: int) -> str:
    return (
        f"{words.plural(number, 'more line')} not shown: type {SLASH} verify and the name of a cluster or customer."
    )
