"""What the audit says of a change: what it was about, and how an alert stood before and after, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commands import AlertRequest
from bot.fleet.name_lookup import Directory, find
from bot.model import Actor, AuditOutcome, AuditRecord, AuditTrail, Episode, Quiet, Subject, in_utc
from bot.redaction import redact_line

MAX_WHY = 300
MAX_REASON = 500
MAX_TYPED = 100


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What was asked for (``name`` is "" for everything), and what people are called, by user id."""

    name: str
    trail: AuditTrail
    people: Mapping[str, str]


def done(command: AlertRequest, actor: Actor, before: Episode, after: Episode) -> AuditRecord:
    """The record of a change to an alert, made when the alert changed; only what differs is told."""
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
    """The subject of a change to this alert."""
    return Subject(episode.ref.cluster, episode.customer, episode.ref.workflow_id)


def about_typed(target: str, configured: Directory) -> Subject:
    """The subject of a change by its typed target: a configured customer or cluster, else what was typed."""
    found = find(target, configured)
    if len(found) == 1:
        return Subject(found[0].cluster, found[0].customer)
    return Subject(customer=redact_line(target, MAX_TYPED))


def _facets(episode: Episode) -> tuple[str, str]:
    return ("acknowledged" if episode.acked_by else "not acknowledged", _quiet(episode.quiet))


def _quiet(quiet: Quiet | None) -> str:
    if quiet is None:
        return "not snoozed"
    if quiet.until is None:
        return "snoozed until it changes"
    return f"snoozed until {in_utc(quiet.until)}"
