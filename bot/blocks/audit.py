"""Draws the audit: a line for each change or attempted change, with time, person, act and outcome. It pings
nobody."""

from collections.abc import Sequence

from bot.blocks import kit, words
from bot.blocks.lines import fitting
from bot.commands import SLASH
from bot.fleet.audit import AuditResult
from bot.message import Message
from bot.model import AuditOutcome, AuditRecord, Subject

PLAIN_ROOM = 3_200
DRAWN_ROOM = 9_000
LONGEST_NAME = 80
LONGEST_REASON = 200


def render(result: AuditResult) -> Message:
    """The number of records, and as many of the latest ones as fit."""
    headline = _headline(result)
    records = result.trail.records
    plain = [_plain(record, _who(record, result)) for record in records]
    drawn = [_drawn(record, _who(record, result)) for record in records]
    blocks = [kit.section(f"*{kit.escape(headline)}*"), *kit.sections(_latest(drawn, DRAWN_ROOM, result))]
    return kit.message("\n".join([headline, *_latest(plain, PLAIN_ROOM, result)]), blocks)


def _headline(result: AuditResult) -> str:
    about = f" about {kit.clip(result.name, LONGEST_NAME)}" if result.name else ""
    if not result.trail.in_all:
        return f"No changes{about} yet."
    return f"{words.plural(result.trail.in_all, 'change')}{about}, made or tried, the latest first."


def _latest(lines: Sequence[str], room: int, result: AuditResult) -> list[str]:
    """The lines that fit, and how to see the others."""
    shown = [line for line in fitting(lines, str, room, lambda _: "") if line]
    hidden = result.trail.in_all - len(shown)
    of_one = "" if result.name else f"{SLASH} audit NAME shows those about one customer or cluster, and "
    return [*shown, f"and {hidden:,} more: {of_one}{SLASH} report DATE all of one day"] if hidden else shown


def _plain(record: AuditRecord, who: str) -> str:
    did = f"{record.command} {_subject_text(record.subject)}{_reason(record)}"
    return f"{words.plain_when(record.at)}, {who}: {did}: {outcome(record)}{_details(record)}"


def _drawn(record: AuditRecord, who: str) -> str:
    change = kit.escape(_subject_text(record.subject) + _reason(record))
    did = f"*{kit.escape(who)}* {kit.code(record.command)} {change}"
    return f"{words.when(record.at)}  {did}: *{outcome(record)}*{kit.escape(_details(record))}"


def _who(record: AuditRecord, result: AuditResult) -> str:
    return kit.clip(result.people.get(record.user_id, record.user_id), LONGEST_NAME)


def _subject_text(subject: Subject) -> str:
    name = kit.clip(subject.name, LONGEST_NAME) or "(an unknown alert)"
    return f"{name} on {subject.cluster}" if subject.cluster and not subject.is_cluster else name


def _reason(record: AuditRecord) -> str:
    return f", because “{kit.clip(record.reason, LONGEST_REASON)}”" if record.reason else ""


def outcome(record: AuditRecord) -> str:
    """The outcome in words. As long as the record says "begun", its outcome is not known: either the command is still
    under way, or the bot that ran the command stopped before recording the outcome."""
    return "begun, outcome not known" if record.outcome is AuditOutcome.BEGUN else record.outcome.value


def _details(record: AuditRecord) -> str:
    """The states before and after, the confirmed plan, and what went wrong, as far as they were recorded."""
    change = " → ".join(filter(None, (record.before, record.after)))
    plan = f"plan {record.plan_digest}" if record.plan_digest else ""
    facts = (f" ({change})" if change else "") + (f", {plan}" if plan else "")
    return f"{facts}. {record.why}" if record.why else facts
