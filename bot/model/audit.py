"""The audit's records: who changed what or tried to, and with which outcome."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditOutcome(StrEnum):
    """The outcome of a change. The store holds these words, so they never change.

    ``begun`` means that the outcome is not known yet. If no other outcome replaces it, the bot stopped in the middle
    of the change.
    """

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about; unknown fields are "".

    ``customer`` is a recognised name, or the text as typed when no customer has that name.
    """

    cluster: str = ""
    customer: str = ""
    workflow_id: str = ""

    @property
    def name(self) -> str:
        """The name to show: the customer, else the workflow id, else the cluster."""
        return self.customer or self.workflow_id or self.cluster

    @property
    def full_name(self) -> str:
        """The name with its cluster, because customers of several clusters may share a name."""
        return self.cluster if self.is_cluster else f"{self.cluster}/{self.name}"

    @property
    def is_cluster(self) -> bool:
        """Whether the change is about a whole cluster."""
        return bool(self.cluster) and not (self.customer or self.workflow_id)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One change that somebody has made or tried to make.

    ``user_id`` is Slack's id of the person, and ``command`` the subcommand's word. ``why`` says why the change was
    refused, or why all or part of it failed. ``before`` and ``after`` describe in words what changed. ``reason`` is
    the text that the person entered, and ``plan_digest`` identifies the proposal that they confirmed.

    ``change`` is an id: a record replaces an earlier one with the same id, so that the outcome replaces "begun".
    ``change`` is "" for a change that is recorded only once. ``campaign`` is "" for a change of no campaign in
    particular.
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
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The latest records, newest first; ``in_all`` counts all that match, also those not listed."""

    records: tuple[AuditRecord, ...]
    in_all: int
