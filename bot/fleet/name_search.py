"""Finds customers by a part of their name, for menus that people search."""

import hashlib
from collections.abc import Iterable

from bot.commands.spelling import spelling, spelling_of_typed
from bot.fleet.name_lookup import Target

# Slack's limits: the options of a menu, and the characters of an option's value (docs/slack-facts.md#limits).
MOST_OPTIONS = 100
LONGEST_VALUE = 150


def option_value(target: Target) -> str:
    """The value of the option for this customer: its name, or a fingerprint of the name if that is too long."""
    name = str(target)
    return name if len(name) <= LONGEST_VALUE else f"#{hashlib.sha256(name.encode()).hexdigest()}"


def search(query: str, targets: Iterable[Target]) -> list[Target]:
    """The customers whose name, or ``cluster/name``, contains the typed text, ignoring case and what typing changes
    (``bot.commands.spelling``). Customers whose names begin with it come first; otherwise the order stays. At most
    ``MOST_OPTIONS``."""
    wanted, spelled = query.strip().casefold(), spelling_of_typed(query).casefold()

    def has(name: str) -> bool:
        return wanted in name.casefold() or bool(spelled and spelled in spelling(name).casefold())

    found = [target for target in targets if has(str(target))]
    found.sort(key=lambda target: not target.customer.casefold().startswith(wanted))
    return found[:MOST_OPTIONS]
