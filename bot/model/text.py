"""Numbers and lists of names as parts of sentences."""

from collections.abc import Sequence

# A sentence lists this many names, and counts the rest.
LISTED = 3
_VOWELS = "aeiou"


def plural(number: int, noun: str) -> str:
    """The number with thousands separators, and its noun in the singular or plural: ``1,200 runs``."""
    if number == 1:
        return f"{number:,} {noun}"
    is_changed = noun.endswith("y") and noun[-2:-1] not in _VOWELS
    return f"{number:,} {noun[:-1]}ies" if is_changed else f"{number:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are: ``hilton, vivint, spirit and 4 more``."""
    rest = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{rest}"
