"""The audit: who changed what, or wanted to, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditOutcome(StrEnum):
    """What came of it. The store holds these words. ``begun``: not known (yet), the bot may have died over it."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about; "" for what is not known.

    ``customer`` is as recognised, or as typed where nothing of that name was found.
    """

    cluster: str = ""
    customer: str = ""
    workflow_id: str = ""

    @property
    def name(self) -> str:
        """What people call it: the customer, or the workflow id where none was recognised, or the whole cluster."""
        return self.customer or self.workflow_id or self.cluster

    @property
    def full_name(self) -> str:
        """The form that tells it from a namesake on another cluster."""
        return self.cluster if self.is_cluster else f"{self.cluster}/{self.name}"

    @property
    def is_cluster(self) -> bool:
        """Whether it is about everything on a cluster."""
        return bool(self.cluster) and not (self.customer or self.workflow_id)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One change, or one that was not made. ``user_id`` is the chat service's, ``command`` the word as typed.

    ``why`` says why it was refused, or failed altogether or in part; ``before`` and ``after`` say in words what was
    changed. ``reason`` is what the person gave, ``plan_digest`` what they had confirmed. A later record of the same
    ``change`` replaces the earlier one: it is recorded as begun, then with its outcome; "" for one recorded once.
    """

    at: datetime
    user_id: str
    command: str
    subject: Subject
    outcome: AuditOutcome
    why: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""
    plan_digest: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The latest records, newest first, and how many there are ``in_all``."""

    records: tuple[AuditRecord, ...]
    in_all: int
