"""Whether what the bot starts would be found by a cluster's visibility filter, as far as its text shows. Pure.

Only comparisons for equality and membership, joined by AND, are read here. Temporal alone knows the rest.
"""

import re
from collections.abc import Mapping

_NAME = r"(?P<name>[A-Za-z_][\w.-]*|`[^`]+`)"
_TEXT = r"(?:'[^']*'|\"[^\"]*\")"
_EQUAL = re.compile(rf"{_NAME}\s*=\s*(?P<value>{_TEXT})")
_ONE_OF = re.compile(rf"{_NAME}\s+IN\s*\((?P<values>\s*{_TEXT}(?:\s*,\s*{_TEXT})*\s*)\)", re.IGNORECASE)
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)


def is_found_by(visibility_filter: str, attributes: Mapping[str, str]) -> bool | None:
    """Whether a run with these search attributes is found; None when the filter cannot be read here."""
    wanted = [_wanted(term) for term in _AND.split(visibility_filter.strip())]
    known = [(name, values) for name, values in wanted if name]
    if any(attributes.get(name, "") not in values for name, values in known):
        return False
    return True if len(known) == len(wanted) else None


def _wanted(term: str) -> tuple[str, frozenset[str]]:
    """The attribute and the values that a term asks for; "" when it asks for something else."""
    if match := _EQUAL.fullmatch(term.strip()):
        return match["name"].strip("`"), frozenset({match["value"][1:-1]})
    if match := _ONE_OF.fullmatch(term.strip()):
        return match["name"].strip("`"), frozenset(text[1:-1] for text in re.findall(_TEXT, match["values"]))
    return "", frozenset()
