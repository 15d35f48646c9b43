"""What is wrong with the tables of a customer: a clause for each table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks import kit, words
from bot.fleet.verification.verdict import CustomerVerdict, Day, Outcome, TableVerdict, Unanswered, ranges
from bot.model import Window
from bot.model.coverage import windows_of

RANGES_SHOWN = 4
LONGEST_WHY = 200
_NO_ROWS = "no rows at all for"


def problems(verdict: CustomerVerdict, whole: Window) -> list[str]:
    """A clause for each table that is not as expected, or did not answer. If there are several tables, and all differ
    in the same ways on the same days, a single text is about all of them."""
    if shared := _alike(verdict, whole):
        return [shared]
    found: list[str] = []
    for table in verdict.tables:
        if isinstance(table, Unanswered):
            found.append(f"ClickHouse did not answer for {table.table} ({kit.clip(table.why, LONGEST_WHY)})")
        elif table.source_silent:
            why = kit.clip(table.source_silent, LONGEST_WHY)
            found.append(
                f"{table.table} holds {words.plural(table.actual, 'row')}, its source did not answer ({why})"
            )
        elif _only_contents_differ(table):
            on = on_days(table.differing, whole)
            found.append(f"{table.table}: counts match, contents differ ({on}){_never_agree(table)}")
        elif table.differing or (table.duplicates and verdict.outcome is Outcome.DIFFERS):
            found.append(f"{table.table}: {', '.join(_differences(table, whole))}")
    return found


def idle(verdict: CustomerVerdict) -> list[str]:
    """A sentence if days miss rows and no run fills them now or later; otherwise none."""
    lacks = verdict.outcome is Outcome.DIFFERS and any(table.short for table in verdict.counted)
    is_busy = verdict.running or verdict.to_come or verdict.ending
    return ["Nothing is running for the missing days."] if lacks and not is_busy else []


def _alike(verdict: CustomerVerdict, whole: Window) -> str:
    """``No rows at all for Feb 4–20 (1,205 missing in scorecards, 3,778 in scores); duplicates on Jan 1–3 (248 in
    scorecards, 1,102 in scores)``; "" unless there are several tables and all differ in the same ways on the same
    days."""
    tables = verdict.counted
    is_plain = not any(table.source_silent or table.other_contents for table in tables)
    if not is_plain or len(tables) != len(verdict.tables) or len(tables) < 2:
        return ""
    found = list(map(_ways, tables))
    if not found[0] or any(ways.keys() != found[0].keys() for ways in found):
        return ""
    clauses = []
    for way in found[0]:
        first, *others = [(f"{ways[way]:,}", table.table) for table, ways in zip(tables, found, strict=True)]
        lead = f"{first[0]}{' missing' if way.lead == _NO_ROWS else ''} in {first[1]}"
        numbers = ", ".join([lead, *(f"{number} in {table}" for number, table in others)])
        clauses.append(f"{way.lead} {words.first_days_in(windows_of(way.days), whole, RANGES_SHOWN)} ({numbers})")
    text = "; ".join(clauses)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a table is not as expected: the words before the days, and the days."""

    lead: str
    days: tuple[date, ...]


def _ways(table: TableVerdict) -> dict[_Way, int]:
    """The ways in which the table is not as expected, and the number of rows that each is about."""
    lacking = [day for day in table.unfinished if day.difference]
    over = "rows too many on" if table.duplicates_known else "rows too many, perhaps duplicates, on"
    found = (
        (_NO_ROWS if _empty(table) else "rows missing on", table.short, -_difference(table.short)),
        (over, table.over, _difference(table.over)),
        ("rows still to come for", lacking, -_difference(lacking)),
        ("duplicates on", table.doubled, table.duplicates),
    )
    return {_Way(lead, tuple(day.day for day in days)): number for lead, days, number in found if days}


def _difference(days: Sequence[Day]) -> int:
    return sum(day.difference for day in days)


def _only_contents_differ(table: TableVerdict) -> bool:
    return bool(table.other_contents) and table.other_contents == table.differing and not table.duplicates


def _never_agree(table: TableVerdict) -> str:
    """`` on every day compared: check both expressions`` if the contents of several days were compared and differ on
    all of them. Then an expression is probably wrong. Otherwise ""."""
    return " on every day compared: check both expressions" if table.contents_never_agree else ""


def _differences(table: TableVerdict, whole: Window) -> list[str]:
    missing, surplus = -_difference(table.short), _difference(table.over)
    clauses = []
    if missing:
        clauses.append(f"{words.plural(missing, 'row')} missing ({on_days(table.short, whole)}{_empty(table)})")
    if surplus:
        unseen = "" if table.duplicates_known else ", perhaps duplicates"
        clauses.append(f"{words.plural(surplus, 'row')} too many ({on_days(table.over, whole)}{unseen})")
    if lacking := [day for day in table.unfinished if day.difference]:
        number = words.plural(-_difference(lacking), "row")
        clauses.append(f"{number} still to come ({on_days(lacking, whole)})")
    if table.other_contents:
        clauses.append(f"other contents ({on_days(table.other_contents, whole)}){_never_agree(table)}")
    if table.duplicates:
        clauses.append(f"{words.plural(table.duplicates, 'duplicate')} ({on_days(table.doubled, whole)})")
    return clauses


def _empty(table: TableVerdict) -> str:
    """``, no rows at all`` if the days that miss rows have no row at all; "" if one of these days has rows."""
    return "" if any(day.count.final for day in table.short) else ", no rows at all"


def on_days(of: Sequence[Day], whole: Window) -> str:
    """``Jan 7–9, Jan 12 and 3 more days``."""
    return words.first_days_in(ranges(of), whole, RANGES_SHOWN)
