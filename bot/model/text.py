"""Numbers and names in sentences, written the same wherever a sentence is made."""

from collections.abc import Sequence

# How many names a sentence lists before it only counts the rest.
LISTED = 3


def plural(number: int, noun: str) -> str:
    """A number with its noun, thousands separated."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """``hilton, vivint, spirit and 4 more``."""
    rest = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{rest}"
