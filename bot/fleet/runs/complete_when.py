"""The condition under which a workflow's result says that its days are complete (``complete_when``). Pure."""

import json
from dataclasses import dataclass

from pydantic import JsonValue

from bot.fleet.runs.child_facts import child_doubt
from bot.fleet.runs.close_facts import is_cancel_requested, is_result_readable, is_result_removed, result_of, unread
from bot.fleet.runs.operations import operation_doubt
from bot.model import Doubt, DoubtReason, Execution, ExecutionStatus


@dataclass(frozen=True, slots=True)
class CompleteWhen:
    """The condition that the value at ``path`` of the result is one of ``values``."""

    path: str
    values: tuple[JsonValue, ...]

    def accepts(self, value: JsonValue) -> bool:
        """Whether ``value`` is one of ``values``. Unlike in Python, ``true`` does not equal 1."""
        return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for wanted in self.values)


def own_doubt(run: Execution, when: CompleteWhen | None) -> Doubt | None:
    """The doubt about a completed run that its own facts give: a requested cancel, a result that does not meet the
    condition or is not read, workflows below it that did not complete, or operations that had not ended. Facts that
    Temporal removed before they were read, or that an earlier version of the bot did not record, give no doubt."""
    if run.status is not ExecutionStatus.COMPLETED:
        return None
    if is_cancel_requested(run):
        return Doubt(DoubtReason.CANCEL_REQUESTED)
    return (_result_doubt(run, when) if when else None) or child_doubt(run) or operation_doubt(run)


def _result_doubt(run: Execution, when: CompleteWhen) -> Doubt | None:
    if unread(run) is not None or is_result_removed(run, when.path):
        return None
    if not is_result_readable(run, when.path):
        return Doubt(DoubtReason.RESULT_UNREADABLE)
    value = result_of(run, when.path)
    return None if when.accepts(value) else Doubt(DoubtReason.RESULT, json.dumps(value))
