"""Where something of a customer is open, whatever the configuration says of it: what runs can be seen and stopped."""

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
    """What is open of one customer on one cluster: the days of its workflows, oldest start first, and a sequence."""

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
    """Everything open by customer and cluster; ``silent`` are the clusters that did not say, or not all of it."""

    open: tuple[OpenWork, ...] = ()
    silent: tuple[str, ...] = ()


def find_open_work(text: str, configured: Directory, known: OpenWorkReport, *, of_sequences: bool) -> OpenWork | None:
    """What is open of the customer that ``text`` names; None when nothing is.

    ``of_sequences``: those with an open sequence come first, for only that can be told something. Raises UsageError
    when something is open on several clusters.
    """
    everybody = {cluster: {*names} for cluster, names in configured.items()}
    for there in known.open:
        everybody.setdefault(there.target.cluster, set()).add(there.target.customer)
    named = set(find(text, everybody))
    found = [there for there in known.open if there.target in named]
    sequences = [there for there in found if there.has_sequence]
    candidates = sequences if of_sequences and sequences else found
    if len(candidates) > 1:
        raise _several(text, candidates, known.silent)
    return candidates[0] if candidates else None


def elsewhere(target: Target, configured: Directory, known: OpenWorkReport) -> OpenWorkReport:
    """What is open of the same customer on clusters where nobody would look for it: where it is expected on several,
    each is asked about by its own name."""
    customer = target.customer
    expected = {cluster for cluster, names in configured.items() if customer in names}
    others = expected if target.cluster in expected else {target.cluster}
    there = (one for one in known.open if one.target.customer == customer)
    return OpenWorkReport(
        tuple(one for one in there if one.target.cluster not in {*others, target.cluster}),
        tuple(cluster for cluster in known.silent if cluster not in {*others, target.cluster}),
    )


def elsewhere_sentences(customer: str, known: OpenWorkReport) -> tuple[str, ...]:
    """What ``elsewhere`` has found, in sentences."""
    open_there = (
        f"{customer} also runs on {one.target.cluster}: {one}. {SLASH} status {typed(str(one.target))} shows it."
        for one in known.open
    )
    return (*open_there, *not_seen(customer, known.silent))


def elsewhere_sentences_for_all(
    customers: Sequence[str], cluster: str, configured: Directory, known: OpenWorkReport
) -> tuple[str, ...]:
    """The same for many of one cluster; clusters that did not answer are named once."""
    found = (elsewhere(Target(cluster, name), configured, replace(known, silent=())) for name in customers)
    told = (line for name, there in zip(customers, found, strict=True) for line in elsewhere_sentences(name, there))
    return (*told, *not_seen("any of them", known.silent))


def not_seen(customer: str, silent: Sequence[str]) -> tuple[str, ...]:
    """What is not known since these clusters did not answer; nothing when all did."""
    if not silent:
        return ()
    return (f"{', '.join(silent)} did not answer: whether {customer} runs there is not known now.",)


def expected_on(target: Target, configured: Directory) -> tuple[str, ...]:
    """Said of a customer that runs where the configuration does not expect it, but somewhere else."""
    expected = [cluster for cluster, names in configured.items() if target.customer in names]
    if not expected or target.cluster in expected:
        return ()
    return (f"This runs on {target.cluster}; the configuration expects {target.customer} on {listed(expected)}.",)


def _several(text: str, found: Collection[OpenWork], silent: Iterable[str]) -> UsageError:
    where = "; ".join(f"{there.target.cluster}: {there}" for there in found)
    forms = " or ".join(typed(str(there.target)) for there in found)
    others = not_seen(text, tuple(silent))
    return UsageError(
        f"{shown(text)} runs on {len(found)} clusters. {where}.", " ".join((f"Say which: {forms}.", *others))
    )
