"""Regular expressions for workflow ids that teams write. RE2 matches each of them in linear time."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

import re2

GROUPS = ("customer", "start", "end", "last", "days")
# Temporal's own limit for workflow ids.
LONGEST_ID = 1_000


class _Match(Protocol):
    def groupdict(self) -> Mapping[str, str | None]: ...


class _Expression(Protocol):
    @property
    def groupindex(self) -> Mapping[str, int]: ...
    def search(self, text: str) -> _Match | None: ...


@lru_cache(maxsize=100)
def _compiled(expression: str) -> _Expression:
    options = re2.Options()
    options.log_errors = False
    compiled: _Expression = re2.compile(expression, options)
    return compiled


def check_id_regex(expression: str) -> str:
    """Return the expression unchanged. Raises ValueError if RE2 cannot read it, if a group is unknown, if it has
    neither ``customer`` nor ``start``, or if it has more than one of ``end``, ``last`` and ``days``."""
    try:
        groups = set(_compiled(expression).groupindex)
    except re2.error as exc:
        raise ValueError(f"{expression!r} is no expression that RE2 reads: {_text(exc)}") from exc
    unknown = sorted(groups - {*GROUPS})
    if unknown:
        raise ValueError(f"its group {unknown[0]} is not one of {', '.join(GROUPS)}")
    if not groups & {"customer", "start"}:
        raise ValueError(f"{expression!r} has no group (?P<customer>…), nor (?P<start>…)")
    if len(groups & {"end", "last", "days"}) > 1:
        raise ValueError("it tells the end of the days more than once: use one of the groups end, last and days")
    return expression


def group_names(expression: str) -> frozenset[str]:
    """The names of the groups in ``expression``, which must have passed ``check_id_regex``."""
    return frozenset(_compiled(expression).groupindex)


def groups_of(expression: str, workflow_id: str) -> Mapping[str, str]:
    """The texts of the groups in an id, by name, without empty ones. No groups at all if the expression does not
    match, or if the id is longer than ``LONGEST_ID``."""
    if len(workflow_id) > LONGEST_ID:
        return {}
    match = _compiled(expression).search(workflow_id)
    return {name: text for name, text in match.groupdict().items() if text} if match else {}


def _text(exc: Exception) -> str:
    reason = exc.args[0] if exc.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
