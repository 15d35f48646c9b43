"""Finds open runs and sequences of a customer on all clusters, so that people can see and stop them.

The configuration may expect the customer on another cluster, or on none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.fleet.name_lookup import Directory, Target, find
from bot.model import Window


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A customer's open work on one cluster. ``windows`` are the days of the customer's open runs, oldest first.
    ``has_sequence``: the customer has an open sequence. ``is_queued``: the customer has nothing open, and waits in
    the queue of the cluster."""

    target: Target
    windows: tuple[Window, ...] = ()
    has_sequence: bool = False
    is_queued: bool = False


@dataclass(frozen=True, slots=True)
class OpenWorkReport:
    """All open work. ``silent`` are the clusters that did not answer, or did not answer everything."""

    open: tuple[OpenWork, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlsoRuns:
    """The customer also runs on another cluster."""

    customer: str
    work: OpenWork


@dataclass(frozen=True, slots=True)
class NotSeen:
    """The ``silent`` clusters did not answer, so it is unknown whether the customer runs there. ``customer`` is "" if
    this note is about several customers."""

    customer: str
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpectedElsewhere:
    """The customer runs on a cluster, and the configuration expects it on another one."""

    target: Target
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamesNotSeen:
    """The ``silent`` clusters did not answer, so customers that run only there are unknown."""

    silent: tuple[str, ...]


OpenWorkNote = AlsoRuns | NotSeen | ExpectedElsewhere | NamesNotSeen


@dataclass(frozen=True, slots=True)
class RunsOnSeveral:
    """The customer that ``text`` names has open work on several clusters; ``silent`` did not answer."""

    text: str
    work: tuple[OpenWork, ...]
    silent: tuple[str, ...]


def find_open_work(
    text: str, configured: Directory, report: OpenWorkReport, *, of_sequences: bool
) -> OpenWork | RunsOnSeveral | None:
    """The open work of the customer that ``text`` names: on one cluster, on several, or None.

    With ``of_sequences``, clusters with an open sequence take precedence, because only a sequence takes instructions.
    """
    everybody = {cluster: {*names} for cluster, names in configured.items()}
    for work in report.open:
        everybody.setdefault(work.target.cluster, set()).add(work.target.customer)
    named = set(find(text, everybody))
    matches = [work for work in report.open if work.target in named]
    sequences = [work for work in matches if work.has_sequence]
    candidates = sequences if of_sequences and sequences else matches
    if len(candidates) > 1:
        return RunsOnSeveral(text, tuple(candidates), report.silent)
    return candidates[0] if candidates else None


def elsewhere(target: Target, configured: Directory, report: OpenWorkReport) -> OpenWorkReport:
    """The customer's open work on other clusters, where nobody would look for it.

    A customer may be configured on several clusters. If ``target`` is on one of these, the result leaves out the work
    on the others: people know that the customer is there, and ask about each of these clusters by name.
    """
    customer = target.customer
    expected = {cluster for cluster, names in configured.items() if customer in names}
    others = expected if target.cluster in expected else {target.cluster}
    of_customer = (work for work in report.open if work.target.customer == customer)
    return OpenWorkReport(
        tuple(work for work in of_customer if work.target.cluster not in {*others, target.cluster}),
        tuple(cluster for cluster in report.silent if cluster not in {*others, target.cluster}),
    )


def elsewhere_notes(customer: str, report: OpenWorkReport) -> tuple[OpenWorkNote, ...]:
    """The work that ``elsewhere`` has found, as notes."""
    return (*(AlsoRuns(customer, work) for work in report.open), *not_seen(customer, report.silent))


def elsewhere_notes_for_all(
    customers: Sequence[str], cluster: str, configured: Directory, report: OpenWorkReport
) -> tuple[OpenWorkNote, ...]:
    """The notes for many customers of one cluster. Clusters that did not answer are named once for all customers."""
    answered = replace(report, silent=())
    reports = ((name, elsewhere(Target(cluster, name), configured, answered)) for name in customers)
    notes = (note for name, own in reports for note in elsewhere_notes(name, own))
    return (*notes, *not_seen("", report.silent))


def not_seen(customer: str, silent: Sequence[str]) -> tuple[NotSeen, ...]:
    """A note about the clusters that did not answer; no note if all did. ``customer`` is "" for a note about several
    customers."""
    return (NotSeen(customer, tuple(silent)),) if silent else ()


def expected_on(target: Target, configured: Directory) -> tuple[ExpectedElsewhere, ...]:
    """A note if the customer runs on a cluster and the configuration expects it on another one."""
    expected = tuple(cluster for cluster, names in configured.items() if target.customer in names)
    return () if not expected or target.cluster in expected else (ExpectedElsewhere(target, expected),)
