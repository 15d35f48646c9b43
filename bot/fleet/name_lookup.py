"""Looks up typed names of clusters and customers. An exact match comes first, then a name that differs only in upper
or lower case, then a name that differs only by what a keyboard or Slack changes on the way
(``bot.commands.spelling``). If no name matches, suggests the nearest ones.

A name that is both a cluster's and a customer's means the cluster; the customer is typed as ``cluster/customer``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands.spelling import is_simple, spelling, spelling_of_typed

Directory = Mapping[str, Collection[str]]
"""Customers by cluster."""

NEAREST = 3
# A longer text is no mistyped name, so nothing is suggested for it.
LONGEST = 200
# At most this many names are compared, because each takes about 20 µs, during which the event loop is blocked.
COMPARED = 5_000


@dataclass(frozen=True, slots=True)
class Target:
    """A customer on a cluster, or the whole cluster if ``customer`` is ""."""

    cluster: str
    customer: str = ""

    def __str__(self) -> str:
        """The unambiguous form: ``cluster`` or ``cluster/customer``."""
        return f"{self.cluster}/{self.customer}" if self.customer else self.cluster


@dataclass(frozen=True, slots=True)
class UnknownName:
    """No cluster or customer has the name ``text``. ``cluster`` is the text before the slash; "" if there was no
    slash."""

    text: str
    cluster: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownCustomer:
    """``cluster`` exists, but has no such customer."""

    customer: str
    cluster: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeveralClusters:
    """Customers on several clusters have the name ``text``. ``targets`` names each of them unambiguously."""

    text: str
    targets: tuple[str, ...]


NameRefusal = UnknownName | UnknownCustomer | SeveralClusters


def find(text: str, directory: Directory) -> list[Target]:
    """Every target that ``text`` names, ignoring case; several if customers of this name are on several clusters. If
    there is none, every target whose name differs from the text only by what typing changes
    (``bot.commands.spelling``)."""
    return _named(text, directory) or _typed_alike(text, directory)


def resolve(text: str, directory: Directory) -> Target | NameRefusal:
    """The one target that ``text`` names, or the reason why there is none: the name is unknown, or customers on
    several clusters have it."""
    targets = find(text, directory)
    if not targets:
        return _unknown_name(text, directory)
    return targets[0] if len(targets) == 1 else SeveralClusters(text, tuple(map(str, targets)))


def _named(text: str, directory: Directory) -> list[Target]:
    targets = _matches(text, _clusters(directory)) or _matches(text, _customers(directory))
    return targets or _matches(text, _qualified(directory))


def _typed_alike(text: str, directory: Directory) -> list[Target]:
    """The targets whose names differ from the text only by what typing changes. ``spelling`` brings the text and the
    names to one form, in which they are compared. Simple names have that form already. So ``spelling`` is called only
    for the other names of the directory, which are few."""
    odd = {cluster: [name for name in names if not is_simple(name)] for cluster, names in directory.items()}
    for spelled in filter(None, dict.fromkeys((spelling(text), spelling_of_typed(text)))):
        simple = _named(spelled, directory) if spelled != text else []
        if found := simple or _of_spelling(spelled, _customers(odd)) or _of_spelling(spelled, _qualified(odd)):
            return found
    return []


def _clusters(directory: Directory) -> Iterable[tuple[str, Target]]:
    return ((cluster, Target(cluster)) for cluster in directory)


def _customers(directory: Directory) -> Iterable[tuple[str, Target]]:
    return ((name, Target(cluster, name)) for cluster, names in directory.items() for name in sorted(names))


def _qualified(directory: Directory) -> Iterable[tuple[str, Target]]:
    return ((str(target), target) for _, target in _customers(directory))


def _matches(wanted: str, candidates: Iterable[tuple[str, Target]]) -> list[Target]:
    """The targets with exactly this name, or else those whose names differ only in case."""
    folded = wanted.casefold()
    matching = [(name, target) for name, target in candidates if name.casefold() == folded]
    return [target for name, target in matching if name == wanted] or [target for _, target in matching]


def _of_spelling(spelled: str, candidates: Iterable[tuple[str, Target]]) -> list[Target]:
    folded = spelled.casefold()
    return [target for name, target in candidates if spelling(name).casefold() == folded]


def _unknown_name(wanted: str, directory: Directory) -> UnknownName | UnknownCustomer:
    cluster, _, customer = wanted.partition("/")
    clusters = {name.casefold(): name for name in directory}
    if customer and cluster.casefold() in clusters:
        own = clusters[cluster.casefold()]
        nearest = [f"{own}/{name}" for name in _nearest(customer, directory[own])]
        return UnknownCustomer(customer, own, tuple(nearest))
    customers = {name for names in directory.values() for name in names}
    moved = [f"{name}/{customer}" for name, names in directory.items() if customer in names][:NEAREST]
    nearest = moved or _nearest(wanted, {*directory, *customers})
    return UnknownName(wanted, cluster if customer else "", tuple(nearest))


def _nearest(wanted: str, names: Iterable[str]) -> list[str]:
    if len(wanted) > LONGEST:
        return []
    candidates = sorted(names, key=lambda name: (abs(len(name) - len(wanted)), name))[:COMPARED]
    folded = {name.casefold(): name for name in candidates}
    return [folded[match] for match in get_close_matches(wanted.casefold(), folded, NEAREST)]
