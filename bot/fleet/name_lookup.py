"""What a typed name means: a cluster, or a customer on one; and what to type instead when it means nothing or two.

A name that is both a cluster and a customer means the cluster; the customer is reached as ``cluster/customer``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands import SLASH, shown
from bot.commands.words import typed
from bot.errors import UsageError

Directory = Mapping[str, Collection[str]]
"""Customers by cluster."""

NEAREST = 3
# A longer text is no name that anybody mistyped.
LONGEST = 200
# Comparing takes about 20 µs a name, and everybody else waits meanwhile.
COMPARED = 5_000


@dataclass(frozen=True, slots=True)
class Target:
    """A cluster (``customer`` is ""), or one customer there."""

    cluster: str
    customer: str = ""

    def __str__(self) -> str:
        """The form that always means this one."""
        return f"{self.cluster}/{self.customer}" if self.customer else self.cluster


def find(text: str, directory: Directory) -> list[Target]:
    """Everything that ``text`` names, whatever its case; more than one when customers of several clusters have it."""
    found = _best(text, _clusters(directory)) or _best(text, _customers(directory))
    return found or _best(text, _qualified(directory))


def resolve(text: str, directory: Directory) -> Target:
    """The one thing that ``text`` names. Raises UsageError when there is none (with the nearest names) or several."""
    found = find(text, directory)
    if not found:
        raise _unknown(text, directory)
    if len(found) > 1:
        forms = " or ".join(typed(str(target)) for target in found)
        raise UsageError(f"{shown(text)} is on {len(found)} clusters.", f"Say which: {forms}.")
    return found[0]


def _clusters(directory: Directory) -> Iterable[tuple[str, Target]]:
    return ((cluster, Target(cluster)) for cluster in directory)


def _customers(directory: Directory) -> Iterable[tuple[str, Target]]:
    return ((name, Target(cluster, name)) for cluster, names in directory.items() for name in sorted(names))


def _qualified(directory: Directory) -> Iterable[tuple[str, Target]]:
    return ((str(target), target) for _, target in _customers(directory))


def _best(wanted: str, named: Iterable[tuple[str, Target]]) -> list[Target]:
    """Those of exactly this name, else those that differ in case only."""
    folded = wanted.casefold()
    alike = [(name, target) for name, target in named if name.casefold() == folded]
    return [target for name, target in alike if name == wanted] or [target for _, target in alike]


def _unknown(wanted: str, directory: Directory) -> UsageError:
    problem = f"There is no cluster or customer {shown(wanted)}."
    cluster, _, customer = wanted.partition("/")
    known = {name.casefold(): name for name in directory}
    if customer and cluster.casefold() in known:
        own = known[cluster.casefold()]
        problem = f"There is no customer {shown(customer)} on {own}."
        nearest = [f"{own}/{name}" for name in _nearest(customer, directory[own])]
        where = f"{SLASH} status {own} shows those that are there."
    else:
        if customer:
            problem += f" No cluster {shown(cluster)} is configured, or not any more."
        customers = {name for names in directory.values() for name in names}
        moved = [f"{name}/{customer}" for name, names in directory.items() if customer in names][:NEAREST]
        nearest = moved or _nearest(wanted, {*directory, *customers})
        where = f"{SLASH} status shows every cluster, and what is open."
    return UsageError(problem, f"Did you mean {' or '.join(map(typed, nearest))}?" if nearest else where)


def _nearest(wanted: str, names: Iterable[str]) -> list[str]:
    if len(wanted) > LONGEST:
        return []
    alike = sorted(names, key=lambda name: (abs(len(name) - len(wanted)), name))[:COMPARED]
    folded = {name.casefold(): name for name in alike}
    return [folded[match] for match in get_close_matches(wanted.casefold(), folded, NEAREST)]
