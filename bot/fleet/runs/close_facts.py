"""The facts of a closed run that never change, kept among its hints, because Temporal removes them with the run.

A description tells the first run of its chain and whether its cancel was requested. The last event of its history
tells why it failed and, where a definition asks for it, what it returned. What an earlier version of the bot has
recorded has none of these hints.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from pydantic import JsonValue

from bot.fleet.runs.input_hints import is_input_hint
from bot.model import Cause, CloseEvent, Execution, ExecutionStatus, Failure, FailureKind
from bot.model.execution import CANCEL_HINT, CHAIN_HINT, PARENT_HINT, YES
from bot.model.input_path import parse_result_path, value_at

# Longer values are not compared with anything.
LONGEST_VALUE = 1_000
# Of each cause, so many characters are kept.
LONGEST_CAUSE = 500

_PREFIX = "close:"
_CAUSES = f"{_PREFIX}causes"
_RESULT = f"{_PREFIX}result:"
_UNREAD = f"{_PREFIX}unread"
_UNREADABLE = "unreadable"
_WITH_CAUSES = (ExecutionStatus.FAILED, ExecutionStatus.TERMINATED)


class Unread(StrEnum):
    """Why the facts of a closed run are not there. Values are stored: they never change."""

    WAITS = "waits"
    REMOVED = "removed"
    EARLIER = "earlier"


def is_fact_hint(name: str) -> bool:
    """Whether a hint is a fact that the bot has read elsewhere, and no search attribute or memo field."""
    return name == PARENT_HINT or is_input_hint(name) or _is_of_end(name)


def fact_hints(hints: Mapping[str, str]) -> dict[str, str]:
    """Those of the hints that tell of the run's chain and of its end."""
    return {name: text for name, text in hints.items() if _is_of_end(name) and name != _UNREAD}


def unread(run: Execution) -> Unread | None:
    """Why the facts of a closed run are not known; None once they are, and for an open run."""
    if not is_closed(run) or CANCEL_HINT in run.hints:
        return None
    return Unread(run.hints[_UNREAD]) if _UNREAD in run.hints else Unread.EARLIER


def is_closed(run: Execution) -> bool:
    """Whether Temporal has reported its end."""
    return not run.status.is_open and run.status is not ExecutionStatus.GONE


def needs_description(run: Execution) -> bool:
    """Whether a closed run has to be described."""
    return is_closed(run) and CANCEL_HINT not in run.hints and run.hints.get(_UNREAD) != Unread.REMOVED


def needs_close_event(run: Execution, paths: Collection[str]) -> bool:
    """Whether the last event of a closed run has to be read; ``paths`` are those of its result that are asked for."""
    if run.hints.get(_UNREAD) == Unread.REMOVED:
        return False
    if run.status in _WITH_CAUSES:
        return _CAUSES not in run.hints
    return run.status is ExecutionStatus.COMPLETED and any(f"{_RESULT}{path}" not in run.hints for path in paths)


def close_event_hints(event: CloseEvent | None, run: Execution, paths: Iterable[str]) -> dict[str, str]:
    """What the last event tells about this run; None for a run that Temporal has removed since it was described."""
    if run.status in _WITH_CAUSES:
        return {_CAUSES: _dumped(event.causes if event else ())}
    return {f"{_RESULT}{path}": _result_text(event, path) for path in paths}


def waits() -> dict[str, str]:
    """For a closed run of which nothing was read yet."""
    return {_UNREAD: Unread.WAITS.value}


def removed() -> dict[str, str]:
    """For a closed run that Temporal has removed before anything was read."""
    return {_UNREAD: Unread.REMOVED.value}


def is_cancel_requested(run: Execution) -> bool:
    """Whether the cancel of a closed run was ever requested, as far as that is known."""
    return run.hints.get(CANCEL_HINT) == YES


def causes_of(run: Execution) -> tuple[Cause, ...]:
    """Why it failed or was terminated, outermost first; none while that is not known."""
    try:
        kept: list[dict[str, str]] = json.loads(run.hints.get(_CAUSES, "[]"))
        return tuple(
            Cause(Failure(FailureKind(one["kind"]), one["message"]), one.get("activity", ""), one.get("child", ""))
            for one in kept
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # Another version may have written another form, and hiding a secret may have broken the JSON.
        return ()


def has_result(run: Execution, path: str) -> bool:
    """Whether the result at this path was read."""
    return bool(run.hints.get(f"{_RESULT}{path}"))


def is_result_readable(run: Execution, path: str) -> bool:
    """False for a result that is encrypted or no JSON."""
    return run.hints.get(f"{_RESULT}{path}") != _UNREADABLE


def result_of(run: Execution, path: str) -> JsonValue:
    """The value at this path of its result; None for nothing."""
    text = run.hints.get(f"{_RESULT}{path}", "")
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return None
    return value


def _is_of_end(name: str) -> bool:
    return name == CHAIN_HINT or name.startswith(_PREFIX)


def _result_text(event: CloseEvent | None, path: str) -> str:
    if event is None:
        return ""
    if not event.is_readable:
        return _UNREADABLE
    text = json.dumps(value_at([event.result], parse_result_path(path)))
    return text if len(text) <= LONGEST_VALUE else "null"


def _dumped(causes: Sequence[Cause]) -> str:
    return json.dumps(
        [
            {
                "kind": cause.failure.kind.value,
                "message": cause.failure.message[:LONGEST_CAUSE],
                **({"activity": cause.activity} if cause.activity else {}),
                **({"child": cause.child} if cause.child else {}),
            }
            for cause in causes
        ]
    )
