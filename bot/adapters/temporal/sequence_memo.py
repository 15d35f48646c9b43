"""The memo of a sequence. It holds the facts that never change, is written at the start, and can be read from
listings without asking a worker.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.adapters.temporal import names
from bot.model import Execution, SequenceSpec, SequenceStanding


class Key(StrEnum):
    """The fields of the memo."""

    ID = "id"
    CUSTOMER = "customer"
    STARTED_BY = "started_by"
    STARTED_AT = "started_at"
    REASON = "reason"
    THREAD_KEY = "thread_key"
    CLUSTER = "cluster"
    CAMPAIGN = "campaign"


def memo(spec: SequenceSpec) -> Mapping[str, str]:
    """The memo of a new sequence."""
    fields: dict[str, str] = {
        Key.ID: spec.id,
        Key.CUSTOMER: spec.customer,
        Key.STARTED_BY: spec.started_by,
        Key.STARTED_AT: spec.started_at.isoformat(),
        Key.REASON: spec.reason,
        Key.THREAD_KEY: spec.thread_key,
        Key.CLUSTER: spec.cluster,
    }
    return fields | ({Key.CAMPAIGN.value: spec.campaign} if spec.campaign else {})


def read_standing(execution: Execution, cluster: str = "") -> SequenceStanding | None:
    """The sequence of a run; None if the run is no sequence of this cluster. Other workflows may have the same type.
    ``cluster`` is "" where a namespace has only one cluster."""
    fields = execution.hints
    try:
        standing = SequenceStanding(
            ref=execution.ref,
            customer=fields[Key.CUSTOMER],
            id=fields[Key.ID],
            status=execution.status,
            started_by=fields[Key.STARTED_BY],
            started_at=datetime.fromisoformat(fields[Key.STARTED_AT]),
            reason=fields[Key.REASON],
            thread_key=fields[Key.THREAD_KEY],
            campaign=fields.get(Key.CAMPAIGN, ""),
        )
    except (KeyError, ValueError):
        return None
    customer, campaign = standing.customer, standing.campaign
    # A cluster that is alone in its namespace may have been renamed since.
    where = cluster or fields.get(Key.CLUSTER, "")
    own = [
        names.sequence_id(customer, cluster),
        *([names.sequence_id(customer, where, campaign)] if campaign else ()),
    ]
    return standing if execution.ref.workflow_id in own else None
