"""The facts of a closed run that never change. They are kept in its hints, because Temporal removes them with the
run.

A description shows the first run of the chain and whether a cancel was requested. The last event of the history shows
why the run failed and, if a definition asks for it, what it returned. A run that an earlier version of the bot has
recorded has none of these hints.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from pydantic import JsonValue

from bot.fleet.runs.child_facts import awaits_children
from bot.fleet.runs.input_hints import is_input_hint
from bot.model import Cause, CloseEvent, Execution, ExecutionStatus, Failure, FailureKind
from bot.model.execution import (
    CANCEL_HINT,
    CHAIN_HINT,
    CHILDREN_HINT,
    CRON_HINT,
    HEARTBEAT_HINT,
    PARENT_HINT,
    PARENT_RUN_HINT,
    UNREAD_CHILDREN,
    YES,
)
from bot.model.input_path import parse_result_path, value_at

# Longer values of a result are not compared.
LONGEST_VALUE = 1_000
# This many characters of each cause are kept.
LONGEST_CAUSE = 500

# The end of every reason that the bot passes to Temporal on behalf of a person.
THROUGH_BOT = ", through the bot)"

_PREFIX = "close:"
_CAUSES = f"{_PREFIX}causes"
_RESULT = f"{_PREFIX}result:"
_UNREAD = f"{_PREFIX}unread"
_UNREADABLE = "unreadable"
_WITH_CAUSES = (ExecutionStatus.FAILED, ExecutionStatus.TERMINATED)


class Unread(StrEnum):
    """Why the facts of a closed run are not known: they are not read yet, Temporal removed the run before they were
    read, or an earlier version of the bot recorded the run. The values are stored, so they never change."""

    WAITS = "waits"
    REMOVED = "removed"
    EARLIER = "earlier"


def is_fact_hint(name: str) -> bool:
    """Whether a hint holds a fact of a closed run, and is not a search attribute or memo field."""
    return name in (PARENT_HINT, PARENT_RUN_HINT) or is_input_hint(name) or _is_of_end(name)


def fact_hints(hints: Mapping[str, str]) -> dict[str, str]:
    """Those of the hints that are facts about the run's chain or its end."""
    return {name: text for name, text in hints.items() if _is_of_end(name) and name != _UNREAD}


def lacking_facts(run: Execution, known: Mapping[str, str]) -> dict[str, str]:
    """The ``known`` facts that the run's hints lack or contradict. If the hints have a longer heartbeat timeout, the
    known one is left out: a description shows only the activities that are pending at the time, so the longest
    timeout ever seen counts. If the hints tell how the children ended, a known ``UNREAD_CHILDREN`` is left out."""
    lacking = {name: text for name, text in known.items() if run.hints.get(name) != text}
    if lacking.get(CHILDREN_HINT) == UNREAD_CHILDREN and CHILDREN_HINT in run.hints:
        del lacking[CHILDREN_HINT]
    if HEARTBEAT_HINT in lacking and HEARTBEAT_HINT in run.hints:
        known_timeout = longest_heartbeat_timeout(replace(run, hints=known))
        if (longest_heartbeat_timeout(run) or timedelta(0)) > (known_timeout or timedelta(0)):
            del lacking[HEARTBEAT_HINT]
    return lacking


def updated_facts(known: Mapping[str, str], later: Mapping[str, str]) -> dict[str, str]:
    """The known facts, with the ``later`` ones added or in their place. A description does not tell how the children
    ended, so what is known about them stays."""
    joined = {**known, **later}
    if later.get(CHILDREN_HINT) == UNREAD_CHILDREN and CHILDREN_HINT in known:
        joined[CHILDREN_HINT] = known[CHILDREN_HINT]
    return joined


def with_longer_timeout(described: Execution, known: Mapping[str, str]) -> dict[str, str]:
    """The ``known`` facts of an open run, with the longer heartbeat timeout that its description shows, to be
    recorded. Empty if the description shows none that is longer, or if the run has closed."""
    shown = described.hints.get(HEARTBEAT_HINT)
    if shown is None or shown == known.get(HEARTBEAT_HINT) or is_closed(described):
        return {}
    longer = lacking_facts(replace(described, hints=dict(known)), {HEARTBEAT_HINT: shown})
    return {**known, **longer} if longer else {}


def without_marks(run: Execution) -> dict[str, str]:
    """The run's hints, without those that say why the facts of its end are unknown."""
    return {name: text for name, text in run.hints.items() if name not in waits()}


def unread(run: Execution) -> Unread | None:
    """Why the facts of a closed run are unknown; None if they are known, or if the run is open or ``GONE``."""
    if not is_closed(run):
        return None
    if CANCEL_HINT in run.hints:
        return Unread.WAITS if awaits_children(run) else None
    return Unread(run.hints[_UNREAD]) if _UNREAD in run.hints else Unread.EARLIER


def is_closed(run: Execution) -> bool:
    """Whether Temporal has reported the end of the run."""
    return not run.status.is_open and run.status is not ExecutionStatus.GONE


def needs_description(run: Execution) -> bool:
    """Whether a closed run has to be described, because its facts are unknown and Temporal may still have it."""
    return is_closed(run) and CANCEL_HINT not in run.hints and run.hints.get(_UNREAD) != Unread.REMOVED


def needs_close_event(run: Execution, paths: Collection[str]) -> bool:
    """Whether the last event of a closed run has to be read. ``paths`` are the parts of its result that are
    needed."""
    if run.hints.get(_UNREAD) == Unread.REMOVED:
        return False
    if run.status in _WITH_CAUSES:
        return _CAUSES not in run.hints
    return run.status is ExecutionStatus.COMPLETED and any(f"{_RESULT}{path}" not in run.hints for path in paths)


def close_event_hints(event: CloseEvent | None, run: Execution, paths: Iterable[str]) -> dict[str, str]:
    """The hints from the last event of the run. ``event`` is None if Temporal has removed the run since it was
    described."""
    if run.status in _WITH_CAUSES:
        return {_CAUSES: _dumped(event.causes if event else ())}
    return {f"{_RESULT}{path}": _result_text(event, path) for path in paths}


def waits() -> dict[str, str]:
    """The hints of a closed run that has not been read yet."""
    return {_UNREAD: Unread.WAITS.value}


def removed() -> dict[str, str]:
    """The hints of a closed run that Temporal removed before it was read."""
    return {_UNREAD: Unread.REMOVED.value}


def is_cancel_requested(run: Execution) -> bool:
    """Whether the cancellation of a closed run was ever requested, as far as the bot knows."""
    return run.hints.get(CANCEL_HINT) == YES


def passes_on_cancel(run: Execution) -> bool:
    """Whether the next link of the chain counts as asked to cancel, too: this run continued as new after its
    cancellation was requested. Temporal does not pass the request on. A link that a retry or a reset began does not
    count as asked to cancel, because such a link begins anew."""
    return run.status is ExecutionStatus.CONTINUED_AS_NEW and is_cancel_requested(run)


def is_ended_through_bot(run: Execution) -> bool:
    """Whether a person terminated this run through the bot. The reason then names that person
    (``bot.fleet.sequence.cancellation``)."""
    return any(cause.failure.message.endswith(THROUGH_BOT) for cause in causes_of(run))


def longest_heartbeat_timeout(run: Execution) -> timedelta | None:
    """The longest heartbeat timeout of the run's activities; None if none was seen while the run was open."""
    try:
        return timedelta(seconds=float(run.hints.get(HEARTBEAT_HINT, 0))) or None
    except (ValueError, OverflowError):
        return None


def causes_of(run: Execution) -> tuple[Cause, ...]:
    """Why the run failed or was terminated, the outermost cause first; empty if that is unknown."""
    try:
        kept: list[dict[str, str]] = json.loads(run.hints.get(_CAUSES, "[]"))
        return tuple(
            Cause(
                Failure(FailureKind(cause["kind"]), cause["message"]),
                cause.get("activity", ""),
                cause.get("child", ""),
            )
            for cause in kept
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # Another version of the bot may have written another form, or redacting a secret may have broken the JSON.
        return ()


def is_result_removed(run: Execution, path: str) -> bool:
    """Whether Temporal had removed the run before its result was read."""
    return run.hints.get(f"{_RESULT}{path}") == ""


def is_result_readable(run: Execution, path: str) -> bool:
    """False if the result is encrypted, not JSON, or not read yet at this path. True otherwise, even if the result
    has no value there, or if Temporal had removed the run before its result was read (``is_result_removed``)."""
    return run.hints.get(f"{_RESULT}{path}", _UNREADABLE) != _UNREADABLE


def result_of(run: Execution, path: str) -> JsonValue:
    """The value at this path of the result; None if there is none."""
    text = run.hints.get(f"{_RESULT}{path}", "")
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return None
    return value


def _is_of_end(name: str) -> bool:
    return name in (CHAIN_HINT, CRON_HINT) or name.startswith(_PREFIX)


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
                "message": _shortened(cause.failure.message),
                **({"activity": cause.activity} if cause.activity else {}),
                **({"child": cause.child} if cause.child else {}),
            }
            for cause in causes
        ]
    )


def _shortened(message: str) -> str:
    """The message; if it is too long, only its beginning. A message that ends with ``THROUGH_BOT`` keeps this
    ending."""
    end = THROUGH_BOT if message.endswith(THROUGH_BOT) else ""
    return message if len(message) <= LONGEST_CAUSE else message[: LONGEST_CAUSE - len(end)] + end
