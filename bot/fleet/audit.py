"""Builds the audit records of changes to alerts, with the states before and after in words. Also has the result of
the command ``audit``."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commands import AlertRequest
from bot.fleet.name_lookup import Directory, find
from bot.model import ActiveSnooze, Actor, AuditOutcome, AuditRecord, AuditTrail, Episode, Subject, in_utc
from bot.redaction import redact_line

MAX_WHY = 300
MAX_REASON = 500
MAX_TYPED = 100


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The result of the command ``audit``. ``name`` is the customer or cluster that it is limited to; "" for no
    limit. ``people`` maps user ids to names."""

    name: str
    trail: AuditTrail
    people: Mapping[str, str]


def done(command: AlertRequest, actor: Actor, before: Episode, after: Episode) -> AuditRecord:
    """The record of a change to an alert. The states in it name only what differs between ``before`` and
    ``after``."""
    facets = zip(_facets(before), _facets(after), strict=True)
    changed = [(was, became) for was, became in facets if was != became]
    return AuditRecord(
        at=after.changed_at,
        user_id=actor.user_id,
        command=command.word(),
        subject=about(after),
        outcome=AuditOutcome.DONE,
        before=", ".join(was for was, _ in changed),
        after=", ".join(became for _, became in changed),
    )


def about(episode: Episode) -> Subject:
    """The subject of a change to this alert, for the audit record."""
    return Subject(episode.ref.cluster, episode.customer, episode.ref.workflow_id)


def about_typed(target: str, configured: Directory) -> Subject:
    """The subject of a change for which only the typed ``target`` is known. It is the only configured customer or
    cluster of that name, or else the typed text itself."""
    targets = find(target, configured)
    if len(targets) == 1:
        return Subject(targets[0].cluster, targets[0].customer)
    return Subject(customer=redact_line(target, MAX_TYPED))


def _facets(episode: Episode) -> tuple[str, str]:
    return ("acknowledged" if episode.acked_by else "not acknowledged", _quiet(episode.quiet))


def _quiet(quiet: ActiveSnooze | None) -> str:
    if quiet is None:
        return "not snoozed"
    if quiet.until is None:
        return "snoozed until it changes"
    return f"snoozed until {in_utc(quiet.until)}"
