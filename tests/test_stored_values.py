"""What this version stores holds no value that bots of the version before cannot read.

They share the store during an upgrade, and after a rollback they read what this version has left there. They ignore
a field that they do not know, but of a body with a value that they do not know they can read nothing. So a new field
with a default tells what is new, and a version stores a new value only if the version before reads it.
"""

from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.fleet.notifications.notification import Notification
from bot.fleet.notifications.pages import Page
from bot.fleet.proposals.bulk import KeptDialog
from bot.fleet.status.snapshot import Snapshot
from bot.model import CampaignDefinition, Episode

BODIES: dict[str, TypeAdapter[Any]] = {
    "alerts": TypeAdapter(Episode),
    "messages": TypeAdapter(Notification),
    "pages": TypeAdapter(Page),
    "digests": TypeAdapter(Snapshot),
    "campaigns": TypeAdapter(CampaignDefinition),
    "dialogs": TypeAdapter(KeptDialog),
}
# The enumerations of the version before.
KNOWN = {
    "AlertReason": "failed|heartbeat timeout|blocked|stalled|no worker|retrying|mismatch|in doubt",
    "AuditOutcome": "begun|done|refused|failed",
    "Basis": "asked|override|customer|baseline|cluster|tier|caution",
    "CampaignAction": "open|extend|close|reopen",
    "DoubtReason": (
        "cancel requested|result|result not readable|later run|count|child ended|child open|operation open"
    ),
    "Ending": (
        "completed|completed, but in doubt|cancelled|terminated|failed|continued as a new run|"
        "no longer known to Temporal|ended with days missing|cancelled by its sequence|no longer watched|recovered|"
        "replaced by another run"
    ),
    "ExecutionStatus": (
        "running|completed|failed|cancelled|terminated|timed out|continued as new|no longer known to Temporal"
    ),
    "FailureKind": (
        "heartbeat timeout|start-to-close timeout|schedule-to-start timeout|schedule-to-close timeout|error|"
        "cancelled|failure"
    ),
    "Group": "struggling|incomplete",
    "Health": "blocked|struggling|stalled|waiting|paused|retrying|healthy",
    "OnStuck": "stop|continue",
    "Order": "pause|resume|resize|skip|again|stop",
    "PageAction": "trigger|acknowledge|resolve",
    "Phase": "clearing|running|paused|stopping|ended",
    "QueueOrder": "smallest|largest|name",
    "Selection": "missing|failed|all",
    "SequenceEnd": (
        "complete|every window ran, and a count differs|ended with days missing|stopped at a window that failed|"
        "cancelled"
    ),
    "Source": "customer|cluster|baselines",
    "State": "complete|in doubt|running|partial|cancelling|cancelled|failed|not started|N/A|unknown",
    "TaskKind": "workflow|activity",
    "WindowEnd": ("complete|complete, but its count differs|in doubt|cut in halves|failed|cancelled|skipped"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_version_before_knows_each_value_that_is_stored(body: TypeAdapter[Any]) -> None:
    definitions = body.json_schema().get("$defs", {})
    values = {name: definition["enum"] for name, definition in definitions.items() if "enum" in definition}
    unknown = {name: set(values[name]) - set(KNOWN[name].split("|")) for name in values.keys() & KNOWN}

    assert {name: added for name, added in unknown.items() if added} == {}
