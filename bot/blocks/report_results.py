"""The sections of the operations log about results: what was done, how clusters stand, counts, and what is left."""

from collections.abc import Iterator

from bot.blocks import sizing, words
from bot.blocks.markdown import bullets, escape, table
from bot.fleet.report.left import Remaining, until_last
from bot.fleet.report.report import (
    ClusterResult,
    CountedCluster,
    OpenCustomer,
    OpenRunFacts,
    Report,
    TimeTaken,
)
from bot.fleet.status.estimate import Estimate
from bot.model import State, duration_text

GAPS_SHOWN = 4
DIFFERING_SHOWN = 20


def happened(report: Report) -> list[str]:
    """What was done, in numbers: clusters watched, runs begun and ended, customers that struggled, changes by
    people."""
    facts = report.happened
    opened = sum(alert.opened_at in report.span for alert in report.alerts)
    lines = [
        f"Watched {words.plural(len(report.clusters), 'cluster')} with {words.plural(report.customers, 'customer')}.",
        f"{words.plural(facts.started, 'run')} began, {facts.completed:,} completed ({facts.windows:,} as windows), "
        f"{facts.ended:,} ended otherwise.",
        f"{words.plural(len(report.struggled), 'customer')} struggled, {words.plural(opened, 'alert')} opened.",
        f"{words.plural(len(report.changes), 'change')} made or tried by people.",
    ]
    return ["## What was done", "", *bullets(lines)]


def results(report: Report) -> list[str]:
    """Each cluster, the customers that are complete there, and those that are still open."""
    rows = [(escape(row.cluster), f"{row.customers:,}", row.share, "; ".join(_notes(row))) for row in report.clusters]
    lines = ["## Where each cluster stands", "", *table(("Cluster", "Customers", "Complete", "Notes"), rows)]
    complete = [f"{escape(row.cluster)}: {_names(row.complete)}" for row in report.clusters if row.complete]
    if complete:
        lines += ["Complete:", "", *bullets(complete)]
    if report.open:
        open_rows = [
            (escape(customer.target.customer), escape(customer.target.cluster), _state(customer, report))
            for customer in report.open
        ]
        lines += ["### Still open", "", *table(("Customer", "Cluster", "State"), open_rows)]
    return lines


def counts(report: Report) -> list[str]:
    """For each cluster, how many complete days match the source by their latest count, and which days differ."""
    lines = ["## Counts verified", ""]
    if not any(cluster.counted for cluster in report.counted):
        return [*lines, "Nothing has been counted yet.", ""]
    header = ("Cluster", "Customers counted", "Days that match", "Complete days not counted", "Latest count")
    rows = [_counted_row(cluster) for cluster in report.counted]
    differing = [
        f"{escape(customer)} on {escape(cluster.cluster)}: "
        f"{words.first_days_in(days, report.range, GAPS_SHOWN)} differ from the source."
        for cluster in report.counted
        for customer, days in cluster.differing
    ]
    hidden = len(differing) - DIFFERING_SHOWN
    differ = "differs" if hidden == 1 else "differ"
    more = [f"{words.plural(hidden, 'more customer')} {differ}."] if hidden > 0 else []
    lines += table(header, rows, right=frozenset({1, 2, 3}))
    return [*lines, *(bullets([*differing[:DIFFERING_SHOWN], *more]) if differing else [])]


def remaining(report: Report) -> list[str]:
    """Each open customer's missing days and time left, and how long until the last customer is complete."""
    lines = ["## What is left", ""]
    not_begun = [cluster for cluster in report.clusters if cluster.not_started or cluster.queued]
    if not report.remaining and not not_begun:
        return [*lines, "Nothing is open." if not report.unknown else "Nothing that is known.", ""]
    header = ("Customer", "Cluster", "Left", "Time left")
    rows = [_left_row(left) for left in report.remaining]
    lines += table(header, rows) if rows else []
    lines += bullets(_left_in_all(report))
    return lines


def unknowns(report: Report) -> list[str]:
    """Clusters that did not answer, and clusters with unknown past runs; nothing if there are none."""
    lines = [f"{escape(row.cluster)} did not answer: {escape(row.silent)}." for row in report.clusters if row.silent]
    lines += [
        f"{escape(row.cluster)}: not all past runs are known, so what is unknown there may be complete "
        f"({escape(row.half_known)})."
        for row in report.clusters
        if row.half_known
    ]
    return ["## Not known", "", *bullets(lines)] if lines else []


def took(time: TimeTaken) -> str:
    """``2 h 15 m``, or ``1 h to 6 h`` if several runs took different times."""
    shortest, longest = duration_text(time.shortest), duration_text(time.longest)
    return longest if shortest == longest else f"{shortest} to {longest}"


def _names(names: tuple[str, ...]) -> str:
    return f"{', '.join(map(escape, names))}."


def _notes(row: ClusterResult) -> Iterator[str]:
    if row.silent:
        yield "did not answer"
    elif not row.customers:
        yield "no data in range"
    numbers = ("open", row.open), ("in doubt", row.in_doubt), *((word, len(names)) for word, names in _not_begun(row))
    yield from (f"{number:,} {word}" for word, number in numbers if number)
    if row.unknown and not row.silent:
        yield f"{row.unknown:,} unknown"
    for ran in row.as_windows:
        yield f"{escape(ran.customer)} ran as {words.plural(ran.windows, 'window')} of {words.days(ran.days)}"
    if row.slowest:
        yield f"longest run: {escape(row.slowest)}, {duration_text(row.slowest_took)}"


def _not_begun(row: ClusterResult) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("queued", row.queued), (State.NOT_STARTED.value, row.not_started)


def _state(customer: OpenCustomer, report: Report) -> str:
    parts = [customer.state.value]
    if customer.paused_by:
        parts.append(f"paused by {escape(report.people.get(customer.paused_by, customer.paused_by))}")
    count = customer.windows
    if count:
        queued = count.total - count.done - count.running
        parts.append(f"{count.done:,} of {words.plural(count.total, 'window')} complete{_each(customer)}")
        parts += [f"{queued:,} to run"] if queued else []
    parts += [_open_run(run, report) for run in customer.runs]
    if not customer.runs:
        if customer.last_end and customer.last_end.value != customer.state.value:
            parts.append(f"last run {customer.last_end.value}")
        parts.append(f"missing {words.first_days_in(customer.missing, report.range, GAPS_SHOWN)}")
    return "; ".join(parts)


def _each(customer: OpenCustomer) -> str:
    return f" ({took(customer.window_took)} each)" if customer.window_took else ""


def _open_run(run: OpenRunFacts, report: Report) -> str:
    days = "full range" if run.is_full_range else words.range_in(run.window, report.range)
    health = f", attempt {run.attempt}, {run.health.value}" if run.health else ""
    reached = f", at {escape(run.reached)}" if run.reached else ""
    return f"{days} running for {duration_text(run.age)}{health}{reached}"


def _counted_row(cluster: CountedCluster) -> tuple[str, ...]:
    latest = words.plain_when(cluster.latest) if cluster.latest else "never"
    numbers = (cluster.counted, cluster.matched, cluster.uncounted)
    return escape(cluster.cluster), *(f"{number:,}" for number in numbers), latest


def _left_row(left: Remaining) -> tuple[str, ...]:
    work = [f"{words.days(left.days)} missing"]
    work += [f"{words.plural(left.running, 'run')} open"] if left.running else []
    work += [f"{words.plural(left.windows, 'window')} to run"] if left.windows else []
    work += ["nothing runs until somebody starts it"] if left.is_stopped else []
    work += ["queued"] if left.is_queued else []
    work += ["may be queued, its queue did not answer"] if left.may_be_queued else []
    return escape(left.target.customer), escape(left.target.cluster), ", ".join(work), _eta(left.eta)


def _eta(eta: Estimate | None) -> str:
    return sizing.span(eta) if eta else "no estimate"


def _left_in_all(report: Report) -> Iterator[str]:
    groups = (report.going_on, "What runs now"), (report.stopped, "What is stopped, once it is started")
    for left, what in groups:
        eta = until_last(left, report.slots)
        if eta:
            without = [customer.target.customer for customer in left if customer.eta is None]
            suffix = f", without {', '.join(map(escape, without))}" if without else ""
            yield f"{what}: about {sizing.span(eta)} until the last customer is done{suffix}."
    for row in report.clusters:
        for word, names in _not_begun(row):
            if names:
                yield f"{words.plural(len(names), 'customer')} on {escape(row.cluster)} {word}: {_names(names)}"
    if any(cluster.uncounted for cluster in report.counted):
        yield "Count what is complete and not counted yet: verify all."
