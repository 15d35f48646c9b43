"""Numbers and lists of names as parts of sentences."""

from collections.abc import Sequence

# A sentence lists this many names, and counts the rest.
LISTED = 3


def plural(number: int, noun: str) -> str:
    """The number with thousands separators, and its noun in the singular or plural: ``1,200 runs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are: ``hilton, vivint, spirit and 4 more``."""
    rest = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{rest}"
