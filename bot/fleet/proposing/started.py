"""Who had a workflow over a whole range started, by the audit's records; windows are their sequence's."""

from collections.abc import Iterable
from datetime import timedelta

from bot.fleet.runs import Run
from bot.model import AuditOutcome, AuditRecord

# A record is made before the start, by the bot's clock; the start is told by the cluster's.
CLOSE = timedelta(minutes=5)
_STARTED = (AuditOutcome.BEGUN, AuditOutcome.DONE)


def started_by(run: Run, records: Iterable[AuditRecord]) -> str:
    """The user id, "" when the records, newest first, tell of no such start."""
    execution = run.execution
    about = (
        record
        for record in records
        if record.subject.workflow_id == execution.ref.workflow_id
        and record.outcome in _STARTED
        and abs(record.at - execution.started_at) <= CLOSE
    )
    return next((record.user_id for record in about), "")


def first_of(token: str, records: Iterable[AuditRecord]) -> AuditRecord | None:
    """Who gave the order of this token first, of several at once; ``records`` are newest first."""
    giving = [one for one in records if one.change.startswith(f"{token}:") and one.outcome in _STARTED]
    return giving[-1] if giving else None
