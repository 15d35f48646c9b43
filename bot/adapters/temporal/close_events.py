"""Reads from the last event of a run's history how the run ended."""

from collections.abc import Iterator, Sequence

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure as FailureInfo
from temporalio.api.history.v1 import History

from bot.adapters.temporal import payloads
from bot.adapters.temporal.convert import failure, shown
from bot.model import Cause, CloseEvent, Failure, FailureKind
from bot.wellformed import well_formed

# A failure may be nested more deeply. Only this many causes are read, the outermost first.
MOST_CAUSES = 10


def close_event(history: History) -> CloseEvent:
    """How a run ended; an empty CloseEvent if no event of the history shows it."""
    for event in reversed(history.events):
        if event.HasField("workflow_execution_completed_event_attributes"):
            return _completed(event.workflow_execution_completed_event_attributes.result.payloads)
        if event.HasField("workflow_execution_failed_event_attributes"):
            return CloseEvent(tuple(_causes(event.workflow_execution_failed_event_attributes.failure)))
        if event.HasField("workflow_execution_terminated_event_attributes"):
            reason = event.workflow_execution_terminated_event_attributes.reason
            return CloseEvent((Cause(Failure(FailureKind.OTHER, shown(reason))),) if reason else ())
    return CloseEvent()


def _completed(results: Sequence[Payload]) -> CloseEvent:
    """How a completed run ended. A workflow returns one value; if it returns nothing, its result is null."""
    if not results:
        return CloseEvent()
    value = payloads.json_or_none(results[0])
    return CloseEvent(result=value, is_readable=value is not None or payloads.is_null(results[0]))


def _causes(info: FailureInfo) -> Iterator[Cause]:
    for _ in range(MOST_CAUSES):
        activity_type = info.activity_failure_info.activity_type.name
        child_type = info.child_workflow_execution_failure_info.workflow_type.name
        yield Cause(failure(info), well_formed(activity_type), well_formed(child_type))
        if not info.HasField("cause"):
            return
        info = info.cause
