"""Who had a workflow over the whole campaign started, by the audit's records; windows are their sequence's."""

from collections.abc import Iterable
from datetime import timedelta

from bot.commands import Run as RunCommand
from bot.fleet.runs.run import Run
from bot.model import AuditOutcome, AuditRecord

# A record is made before its sequence begins.
CLOSE = timedelta(minutes=5)
_STARTED = (AuditOutcome.BEGUN, AuditOutcome.DONE)


def started_by(run: Run, records: Iterable[AuditRecord], ahead: timedelta = timedelta(0)) -> str:
    """The user id, "" when the customer's records, newest first, tell of no such start. ``ahead`` is by how much the
    bot's clock, which records go by, is ahead of the cluster's, which runs go by."""
    about = (
        record
        for record in records
        if record.command == RunCommand.word()
        and record.outcome in _STARTED
        and abs(record.at - ahead - run.execution.started_at) <= CLOSE
    )
    return next((record.user_id for record in about), "")
