"""Finds open runs and sequences of a customer on any cluster, so that they can be seen and stopped.

The configuration may expect the customer on another cluster, or nowhere.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.commands import SLASH, shown
from bot.commands.words import typed
from bot.errors import UsageError
from bot.fleet.name_lookup import Directory, Target, find
from bot.model import Window
from bot.model.text import listed, plural


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A customer's open work on one cluster: the days of its open runs, oldest start first, and maybe a sequence."""

    target: Target
    windows: tuple[Window, ...] = ()
    has_sequence: bool = False

    def __str__(self) -> str:
        """``a sequence and 1 workflow (Jan 1 → Jan 6)``."""
        days = f" ({listed([window.briefly() for window in self.windows])})"
        workflows = [f"{plural(len(self.windows), 'workflow')}{days}"] if self.windows else []
        return " and ".join((["a sequence"] if self.has_sequence else []) + workflows)


@dataclass(frozen=True, slots=True)
class OpenWorkReport:
    """All open work. ``silent`` are the clusters that did not answer, or not completely."""

    open: tuple[OpenWork, ...] = ()
    silent: tuple[str, ...] = ()


def find_open_work(
    text: str, configured: Directory, report: OpenWorkReport, *, of_sequences: bool
) -> OpenWork | None:
    """The open work of the customer that ``text`` names, None when there is none.

    With ``of_sequences``, clusters with an open sequence take precedence, because only a sequence takes instructions.
    Raises UsageError when several clusters remain.
    """
    everybody = {cluster: {*names} for cluster, names in configured.items()}
    for work in report.open:
        everybody.setdefault(work.target.cluster, set()).add(work.target.customer)
    named = set(find(text, everybody))
    matches = [work for work in report.open if work.target in named]
    sequences = [work for work in matches if work.has_sequence]
    candidates = sequences if of_sequences and sequences else matches
    if len(candidates) > 1:
        raise _several(text, candidates, report.silent)
    return candidates[0] if candidates else None


def elsewhere(target: Target, configured: Directory, report: OpenWorkReport) -> OpenWorkReport:
    """The same customer's open work on clusters where nobody would look for it.

    A customer may be configured on several clusters. If ``target`` is on one of them, the others are left out,
    because each of them has a command and an answer of its own.
    """
    customer = target.customer
    expected = {cluster for cluster, names in configured.items() if customer in names}
    others = expected if target.cluster in expected else {target.cluster}
    of_customer = (work for work in report.open if work.target.customer == customer)
    return OpenWorkReport(
        tuple(work for work in of_customer if work.target.cluster not in {*others, target.cluster}),
        tuple(cluster for cluster in report.silent if cluster not in {*others, target.cluster}),
    )


def elsewhere_sentences(customer: str, report: OpenWorkReport) -> tuple[str, ...]:
    """The result of ``elsewhere`` as sentences."""
    sentences = (
        f"{customer} also runs on {work.target.cluster}: {work}. {SLASH} status {typed(str(work.target))} shows it."
        for work in report.open
    )
    return (*sentences, *not_seen(customer, report.silent))


def elsewhere_sentences_for_all(
    customers: Sequence[str], cluster: str, configured: Directory, report: OpenWorkReport
) -> tuple[str, ...]:
    """The same for many customers of one cluster, with silent clusters named once for all of them."""
    answered = replace(report, silent=())
    reports = ((name, elsewhere(Target(cluster, name), configured, answered)) for name in customers)
    sentences = (sentence for name, own in reports for sentence in elsewhere_sentences(name, own))
    return (*sentences, *not_seen("any of them", report.silent))


def not_seen(customer: str, silent: Sequence[str]) -> tuple[str, ...]:
    """A sentence about the clusters that did not answer, none when all did."""
    if not silent:
        return ()
    return (f"{', '.join(silent)} did not answer: whether {customer} runs there is not known now.",)


def expected_on(target: Target, configured: Directory) -> tuple[str, ...]:
    """A sentence when the customer runs on another cluster than the configuration expects, else none."""
    expected = [cluster for cluster, names in configured.items() if target.customer in names]
    if not expected or target.cluster in expected:
        return ()
    return (f"This runs on {target.cluster}; the configuration expects {target.customer} on {listed(expected)}.",)


def _several(text: str, candidates: Collection[OpenWork], silent: Iterable[str]) -> UsageError:
    where = "; ".join(f"{work.target.cluster}: {work}" for work in candidates)
    forms = " or ".join(typed(str(work.target)) for work in candidates)
    others = not_seen(text, tuple(silent))
    return UsageError(
        f"{shown(text)} runs on {len(candidates)} clusters. {where}.", " ".join((f"Say which: {forms}.", *others))
    )
