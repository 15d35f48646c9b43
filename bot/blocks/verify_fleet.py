"""Draws the answer to ``verify`` about several customers: who does not simply match, worst first."""

from collections.abc import Sequence
from functools import partial

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.blocks import buttons, differences, kit, open_work, paging, verdict, verify_act, words
from bot.blocks.lines import Line, first_names
from bot.blocks.paging import Listed
from bot.commands import SLASH, Part, Verify
from bot.commands.words import typed
from bot.fleet.verification.verdict import ClusterVerdict, CustomerVerdict, Outcome, VerifyResult
from bot.message import Message

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
PLAIN_ROOM = 3_000
DRAWN_ROOM = 9_000
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


def render(result: VerifyResult, command: Verify) -> Message:
    """A line for each customer that does not simply match, worst first, with the button for what helps; or a further
    page of these lines."""
    lines = Listed(
        command, Part.LINES, _scope(result), "line", _items(result), partial(_line, result), partial(_acts, result)
    )
    if page := paging.next_page(lines):
        return page
    headline = f"{_scope(result)}: {_headline(result.clusters)}"
    range_line = words.range_of_answer(result.window, result.at, is_typed=result.is_typed)
    others = [*_unremarkable_counts(result), *map(open_work.note, result.notes)]
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*\n{range_line}"),
        *paging.beginning(lines, DRAWN_ROOM),
        *kit.sections(list(map(kit.escape, others))),
    ]
    buttons.suggest_first(blocks)
    buttons.number(blocks)
    return kit.message("\n".join([headline, f"{range_line}.", *paging.plain(lines, PLAIN_ROOM), *others]), blocks)


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
    return f"{', '.join([_matching(outcomes.count(Outcome.MATCHES), total), *others])}."


def _matching(number: int, total: int) -> str:
    """``14 of 17 customers match``, ``1 of 17 customers matches``."""
    return f"{number:,} of {words.plural(total, 'customer')} {'matches' if 1 in (number, total) else 'match'}"


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
    """Lines about what has no line of its own: what duplicates are; how many customers have as many rows as expected,
    but perhaps with duplicates that cannot be counted; and how many clusters have no customers."""
    everybody = [customer for cluster in result.clusters for customer in cluster.customers]
    lines = list(dict.fromkeys(text for customer in everybody for text in verify_act.about_duplicates(customer)))
    if number := sum(each.outcome is Outcome.UNPROVEN and _is_unremarkable(each) for each in everybody):
        holds = "holds" if number == 1 else "hold"
        lines.append(f"{number:,} {holds} as many rows as expected, duplicates not known: configure key to know.")
    idle = sum(not cluster.customers and not cluster.unasked for cluster in result.clusters)
    return [*lines, f"{words.without_work(idle)}."] if idle else lines


def _is_unremarkable(customer: CustomerVerdict) -> bool:
    """Whether all tables were compared and are as expected, as far as counts can show this."""
    is_odd = customer.duplicates or customer.is_without_rows
    return not is_odd and all(each.outcome in (Outcome.MATCHES, Outcome.UNPROVEN) for each in customer.tables)


def _acts(result: VerifyResult, item: ClusterVerdict | CustomerVerdict) -> list[InteractiveElement]:
    return verify_act.act(item, is_typed=result.is_typed) if isinstance(item, CustomerVerdict) else []


def _line(result: VerifyResult, item: ClusterVerdict | CustomerVerdict) -> Line:
    """The line of the item, with its details on further lines."""
    lines = _lines(result, item)
    return Line("\n".join(line.plain for line in lines), "\n".join(line.mrkdwn for line in lines))


def _lines(result: VerifyResult, item: ClusterVerdict | CustomerVerdict) -> list[Line]:
    return _customer_lines(item, result) if isinstance(item, CustomerVerdict) else _cluster_lines(item)


def _cluster_lines(cluster: ClusterVerdict) -> list[Line]:
    """The lines about the cluster itself. If it did not answer, one line names all customers of which no table was
    counted."""
    lines = [Line.of(line) for line in runs_silent(cluster)]
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
    line = Line(about.plain, f"{verify_act.mark(customer)} {about.mrkdwn}")
    is_known = not result.notes and not any(each.runs_silent for each in _clusters_of(customer, result))
    line = line.then(" ".join(differences.idle(customer) if is_known else []))
    line = line.then(verify_act.advice(customer)[0]) if customer.is_early else line
    if customer.outcome not in (Outcome.DIFFERS, Outcome.CONTENTS_DIFFER, Outcome.NOT_FINISHED):
        return [line]
    details = verdict.details(customer, result.by)
    shown = [verdict.detail(customer, detail, result.window) for detail in details[:DETAILS_OF_CUSTOMER]]
    if hidden := len(details) - len(shown):
        name = typed(f"{customer.cluster}/{customer.customer}")
        shown.append(f"{words.plural(hidden, 'more line')}: type {SLASH} verify {name} by {result.by}.")
    return [line, *(Line.of(f"    {text}") for text in shown)]


def _clusters_of(customer: CustomerVerdict, result: VerifyResult) -> list[ClusterVerdict]:
    return [cluster for cluster in result.clusters if cluster.cluster == customer.cluster]


def runs_silent(cluster: ClusterVerdict) -> list[str]:
    """A line if Temporal did not say which windows the cluster's runs have."""
    why = kit.clip(cluster.runs_silent, differences.LONGEST_WHY)
    return [f"{cluster.cluster}: Temporal did not tell the windows of its runs ({why})."] if why else []
