"""Decides whether a cluster's visibility filter would find the runs that the bot starts, as far as the filter's text
shows. Pure.

It understands only comparisons for equality and membership that are joined by AND. What any other comparison finds,
only Temporal knows.
"""

import re
from collections.abc import Mapping

_NAME = r"(?P<name>[A-Za-z_][\w.-]*|`[^`]+`)"
_TEXT = r"(?:'[^']*'|\"[^\"]*\")"
_EQUAL = re.compile(rf"\A{_NAME}\s*=\s*(?P<value>{_TEXT})\Z")
_ONE_OF = re.compile(rf"\A{_NAME} IN ?\((?P<values> ?{_TEXT}(?: ?, ?{_TEXT})* ?)\)\Z", re.IGNORECASE)
_AND = re.compile(" AND ", re.IGNORECASE)


def is_found_by(visibility_filter: str, attributes: Mapping[str, str]) -> bool | None:
    """Whether the filter finds a run with these search attributes. False if a comparison that is understood
    here excludes the run. None if none does, but some parts of the filter are not understood."""
    wanted = [_wanted(term) for term in _AND.split(" ".join(visibility_filter.split()))]
    known = [(name, values) for name, values in wanted if name]
    if any(attributes.get(name, "") not in values for name, values in known):
        return False
    return True if len(known) == len(wanted) else None


def _wanted(term: str) -> tuple[str, frozenset[str]]:
    """The attribute and the values that a term asks for; "" and no values for any other kind of term."""
    if match := _EQUAL.match(term):
        return match["name"].strip("`"), frozenset({match["value"][1:-1]})
    if match := _ONE_OF.match(term):
        return match["name"].strip("`"), frozenset(text[1:-1] for text in re.findall(_TEXT, match["values"]))
    return "", frozenset()
