"""Decides whether a cluster's visibility filter would find the runs that the bot starts, as far as the filter's text
shows. Pure.

It understands only comparisons for equality and membership that are joined by AND. What any other comparison finds,
only Temporal knows.
"""

import re
from collections.abc import Mapping

_NAME = r"(?P<name>[A-Za-z_][\w.-]*|`[^`]+`)"
# A text with an escape, or with a quote that is written twice, is not understood.
_TEXT = r"(?:'[^'\\]*'|\"[^\"\\]*\")"
_EQUAL = re.compile(rf"\A{_NAME}\s*=\s*(?P<value>{_TEXT})\Z")
_ONE_OF = re.compile(rf"\A{_NAME}\s+IN\s*\((?P<values>\s*{_TEXT}(?:\s*,\s*{_TEXT})*\s*)\)\Z", re.IGNORECASE)
# ``end`` is empty for a quote that is never closed.
_TOKEN = re.compile(
    r"(?:'(?:[^'\\]|\\.|\\\Z)*|\"(?:[^\"\\]|\\.|\\\Z)*|`[^`]*)(?P<end>['\"`]|\Z)"
    r"|[()]|(?<![\w.-])(?:AND|OR)(?![\w.-])",
    re.IGNORECASE | re.DOTALL,
)
# Only the server sets these, and all whose names begin with ``_RESERVED``
# (https://docs.temporal.io/search-attribute#default-search-attribute).
_OF_SERVER = frozenset(
    {
        "BatcherNamespace",
        "BatcherUser",
        "BinaryChecksums",
        "BuildIds",
        "CloseTime",
        "ExecutionDuration",
        "ExecutionStatus",
        "ExecutionTime",
        "HistoryLength",
        "HistorySizeBytes",
        "ParentRunId",
        "ParentWorkflowId",
        "RootRunId",
        "RootWorkflowId",
        "RunId",
        "ScheduleId",
        "StartTime",
        "StateTransitionCount",
    }
)
_RESERVED = "Temporal"


def is_found_by(visibility_filter: str, attributes: Mapping[str, str]) -> bool | None:
    """Whether the filter finds a run with these search attributes. False if a comparison that is understood here
    excludes the run. None if no such comparison excludes it, but the filter also has parts that are not understood,
    or comparisons of attributes that only the server sets and that ``attributes`` lacks."""
    wanted = [_wanted(term) for term in _terms(visibility_filter)]
    known = [(name, values) for name, values in wanted if name in attributes or _is_for_bot_to_set(name)]
    if any(attributes.get(name, "") not in values for name, values in known):
        return False
    return True if len(known) == len(wanted) else None


def _is_for_bot_to_set(name: str) -> bool:
    return bool(name) and name not in _OF_SERVER and not name.startswith(_RESERVED)


def _terms(visibility_filter: str) -> list[str]:
    """The terms that AND separates, outside of parentheses and quotes. If OR stands outside of these, or if a
    parenthesis or quote lacks its other half, the whole filter is one term."""
    terms, begin, depth = list[str](), 0, 0
    for token in _TOKEN.finditer(visibility_filter):
        match token[0].upper():
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case "AND" if depth == 0:
                terms.append(visibility_filter[begin : token.start()].strip())
                begin = token.end()
            case "OR" if depth == 0:
                return [visibility_filter]
        if depth < 0 or token["end"] == "":
            return [visibility_filter]
    return [*terms, visibility_filter[begin:].strip()] if depth == 0 else [visibility_filter]


def _wanted(term: str) -> tuple[str, frozenset[str]]:
    """The attribute that the term is about, and the values that the term allows for it. "" and no values if the term
    is no comparison for equality or membership."""
    if match := _EQUAL.match(term):
        return match["name"].strip("`"), frozenset({match["value"][1:-1]})
    if match := _ONE_OF.match(term):
        return match["name"].strip("`"), frozenset(text[1:-1] for text in re.findall(_TEXT, match["values"]))
    return "", frozenset()
