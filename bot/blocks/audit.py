"""Draws the audit: a line for each change, or attempt at one: when, who, what, and what came of it. Pings nobody."""

from collections.abc import Sequence

from bot.blocks import kit, words
from bot.blocks.lines import fitting
from bot.fleet.audited import AuditResult
from bot.message import Message
from bot.model import AuditOutcome, AuditRecord, Subject

PLAIN_ROOM = 3_200
DRAWN_ROOM = 9_000
LONGEST_NAME = 80


def render(result: AuditResult) -> Message:
    """How many there are, then as many of the latest as fit."""
    first = _headline(result)
    records, in_all = result.trail.records, result.trail.in_all
    plain = [_plain(record, _who(record, result)) for record in records]
    drawn = [_drawn(record, _who(record, result)) for record in records]
    blocks = [kit.section(f"*{kit.escape(first)}*"), *kit.sections(_latest(drawn, DRAWN_ROOM, in_all))]
    return kit.message("\n".join([first, *_latest(plain, PLAIN_ROOM, in_all)]), blocks)


def _headline(result: AuditResult) -> str:
    about = f" about {kit.clip(result.name, LONGEST_NAME)}" if result.name else ""
    if not result.trail.in_all:
        return f"Nobody has changed anything{about} yet, or tried to."
    return f"{words.plural(result.trail.in_all, 'change')}{about}, made or tried, the latest first."


def _latest(lines: Sequence[str], room: int, in_all: int) -> list[str]:
    shown = [line for line in fitting(lines, str, room, lambda _: "") if line]
    rest = in_all - len(shown)
    return [*shown, f"and {rest:,} more"] if rest else shown


def _plain(record: AuditRecord, who: str) -> str:
    came_of_it = f"{record.outcome.value}{_details(record)}"
    return f"{words.plain_when(record.at)}, {who}: {record.command} {_what(record.subject)}: {came_of_it}"


def _drawn(record: AuditRecord, who: str) -> str:
    did = f"*{kit.escape(who)}* {kit.code(record.command)} {kit.escape(_what(record.subject))}"
    return f"{words.when(record.at)}  {did}: *{record.outcome.value}*{kit.escape(_details(record))}"


def _who(record: AuditRecord, result: AuditResult) -> str:
    return kit.clip(result.people.get(record.user_id, record.user_id), LONGEST_NAME)


def _what(subject: Subject) -> str:
    name = kit.clip(subject.name, LONGEST_NAME) or "(an unknown alert)"
    return f"{name} on {subject.cluster}" if subject.cluster else name


def _details(record: AuditRecord) -> str:
    if record.outcome is AuditOutcome.DONE:
        return f", {record.before} → {record.after}"
    return f". {record.why}"
