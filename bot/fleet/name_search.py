"""Finds customers, clusters and campaigns by a part of their name, for menus that people search."""

import hashlib
from collections.abc import Iterable

from bot.commands.spelling import spelling, spelling_of_typed
from bot.fleet.name_lookup import Directory, Target

# Slack's limits: the options of a menu, and the characters of an option's value (docs/slack-facts.md#limits).
MOST_OPTIONS = 100
LONGEST_VALUE = 150


def option_value(target: Target) -> str:
    """The value of the option for this customer or cluster."""
    return value_of(str(target))


def value_of(name: str) -> str:
    """The value of the menu option for this name: the name itself, or its fingerprint if the name is too long for
    Slack."""
    return name if len(name) <= LONGEST_VALUE else f"#{hashlib.sha256(name.encode()).hexdigest()}"


def name_of(value: str, names: Iterable[str]) -> str:
    """The name whose menu option has this value; the value itself if no name fits."""
    return next((name for name in names if value_of(name) == value), value)


def targets_in(directory: Directory, *, with_clusters: bool) -> list[Target]:
    """All customers of the directory, by name. With ``with_clusters``, the clusters come before them."""
    customers = [Target(cluster, name) for cluster, names in directory.items() for name in names]
    customers.sort(key=lambda target: (target.customer.casefold(), target.cluster))
    return [*(map(Target, directory) if with_clusters else ()), *customers]


def search_names(query: str, names: Iterable[str]) -> list[str]:
    """The names that contain the typed text, by the same rules as ``search``."""
    return [target.cluster for target in search(query, map(Target, names))]


def search(query: str, targets: Iterable[Target]) -> list[Target]:
    """The customers and clusters whose name, or ``cluster/name``, contains the typed text, ignoring case and what
    typing changes (``bot.commands.spelling``). Those whose names begin with it come first; otherwise the order stays.
    At most ``MOST_OPTIONS``."""
    wanted, spelled = query.strip().casefold(), spelling_of_typed(query).casefold()

    def has(name: str) -> bool:
        return wanted in name.casefold() or bool(spelled and spelled in spelling(name).casefold())

    found = [target for target in targets if has(str(target))]
    found.sort(key=lambda target: not (target.customer or target.cluster).casefold().startswith(wanted))
    return found[:MOST_OPTIONS]
