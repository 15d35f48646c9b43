"""Says verdicts in words: of a customer in one sentence, of a table, of a day, of the windows runs were for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from bot.blocks import kit, words
from bot.blocks.day_ranges import all_days, named_days
from bot.commands import Breakdown
from bot.fleet.verification.verdict import CustomerVerdict, Day, Group, Outcome, TableVerdict, Unanswered, ranges
from bot.model import Window

RANGES_SHOWN = 4
RUNS_SHOWN = 3
LONGEST_WHY = 200

Detail = Group | tuple[TableVerdict, Day]


def customer(verdict: CustomerVerdict, whole: Window) -> str:
    """What is said after a customer's name, beginning with the verdict."""
    if verdict.is_without_rows:
        return "has no rows in range, and the source holds none either."
    match verdict.outcome:
        case Outcome.DIFFERS:
            return f"differs: {'; '.join(_faults(verdict, whole))}.{_running(verdict, whole)}"
        case Outcome.NOT_ANSWERED:
            return f"is not verified: {'; '.join(_faults(verdict, whole))}."
        case Outcome.NOT_FINISHED:
            return f"is not finished: {'; '.join(_faults(verdict, whole))}.{_running(verdict, whole)}"
        case Outcome.UNPROVEN | Outcome.MATCHES:
            return _as_expected(verdict, whole)
        case Outcome.NOT_COMPARED:
            told = "; ".join(_uncompared(table, whole) for table in verdict.counted)
            lead = "was counted, and nothing was compared: no expected statement is configured. It holds"
            return " ".join([f"{lead} {told}.", *_unknown(verdict)])
        case _:
            assert_never(verdict.outcome)


def _running(verdict: CustomerVerdict, whole: Window) -> str:
    """Whether rows may still arrive, and of which days; and what is being cancelled, which fills none."""
    return f"{_filling(verdict, whole)}{_ending(verdict)}"


def _ending(verdict: CustomerVerdict) -> str:
    if not verdict.ending:
        return ""
    what = "A run of it is" if len(verdict.ending) == 1 else "Runs of it are"
    return f" {what} being cancelled ({_windows(verdict.ending)})."


def _filling(verdict: CustomerVerdict, whole: Window) -> str:
    runs, to_come = _windows(verdict.running), _windows(verdict.to_come)
    doing = [f"It is still running ({runs})"] if runs else []
    doing += [f"{'its' if runs else 'Its'} sequence has still to run {to_come}"] if to_come else []
    if not doing:
        return ""
    days = sorted({day.day: day for table in verdict.counted for day in table.unfinished}.items())
    if not days:
        return f" {', and '.join(doing)}: that fills none of these days."
    is_all = verdict.outcome is Outcome.NOT_FINISHED
    which = "rows may yet arrive" if is_all else f"rows of {_when([day for _, day in days], whole)} may yet arrive"
    return f" {', and '.join(doing)}: {which}."


def _windows(windows: Sequence[Window]) -> str:
    shown = ", ".join(words.short_range(window) for window in windows[:RUNS_SHOWN])
    more = len(windows) - RUNS_SHOWN
    return f"{shown}{f' and {more} more' if more > 0 else ''}"


def plain_row(table: TableVerdict | Unanswered) -> str:
    """One table's numbers as a sentence."""
    if isinstance(table, Unanswered):
        return f"{table.table}: did not answer: {kit.clip(table.why, LONGEST_WHY)}."
    return f"{table.table}: {_numbers(table, table.actual)}."


def rows(tables: Sequence[TableVerdict | Unanswered]) -> list[str]:
    """The same numbers aligned, narrow enough for a phone."""
    header = ("Table", "Expected", "Found", "Diff", "Dup", "Empty", "")
    return kit.aligned(header, map(_cells, tables), right=frozenset(range(1, 6))).splitlines()


def notes(verdict: CustomerVerdict, whole: Window) -> list[str]:
    """What neither the verdict nor the numbers say: which days are empty, and where what was not compared begins."""
    if verdict.is_without_rows or verdict.outcome is Outcome.NOT_COMPARED:
        return []
    told: list[str] = []
    for table in verdict.counted:
        if table.merging:
            rows = words.plural(table.merging, "stored row")
            told.append(
                f"{table.table}: {rows} that {_verb(table.merging)} away when ClickHouse merges, not counted."
            )
        if table.outcome is Outcome.NOT_COMPARED:
            told.append(f"{table.table} was not compared: it holds {_uncompared(table, whole)}.")
        elif table.empty:
            told.append(f"{table.table}: no rows on {_when(table.empty, whole)}.")
        if table.empty_in_source:
            told.append(f"{table.table}: no rows in the source either on {_when(table.empty_in_source, whole)}.")
    return told


def details(verdict: CustomerVerdict, by: Breakdown) -> Sequence[Detail]:
    """What a breakdown has a line for: each day that is not as expected, or each window; nothing in a summary."""
    if by is Breakdown.SUMMARY or not verdict.counted:
        return ()
    if by is Breakdown.WINDOW:
        return verdict.groups
    return [(table, day) for table in verdict.counted for day in table.days if _is_notable(day)]


def detail(verdict: CustomerVerdict, what: Detail, whole: Window) -> str:
    """That line."""
    if isinstance(what, Group):
        return _group(verdict, what, whole)
    table, day = what
    name = named_days(Window.of_days(day.day, 1), whole)
    return f"{name}, {table.table}: {_numbers(day, day.count.final)}."


def signed(number: int) -> str:
    """``+12``, ``−1,123``, ``0``."""
    return f"{number:+,}".replace("-", "−") if number else "0"


def _amounts(tables: Iterable[TableVerdict]) -> str:
    """``57,300 scores and 4,200 scorecards``."""
    told = [f"{table.actual:,} {table.table}" for table in tables]
    return " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))


def _as_expected(verdict: CustomerVerdict, whole: Window) -> str:
    """Only where nothing can be there twice unseen it simply matches."""
    compared = [table for table in verdict.counted if table.expected is not None]
    lead = "matches" if verdict.outcome is Outcome.MATCHES else "holds as many rows as expected"
    told = [f"{lead}: {_amounts(compared)}, {words.days(len(compared[0].days))}."]
    for table in verdict.counted:
        if table.duplicates:
            duplicates = words.plural(table.duplicates, "duplicate")
            told.append(f"{table.table} also holds {duplicates} on {_when(table.doubled, whole)}, not counted here.")
        if table.outcome is Outcome.NOT_COMPARED:
            told.append(f"{table.table} was not compared: no expected statement is configured.")
    return " ".join([*told, *_unknown(verdict)])


def _unknown(verdict: CustomerVerdict) -> list[str]:
    """Of which tables nothing can be said about duplicates, and what would change that."""
    tables = [table.table for table in verdict.counted if not table.duplicates_known]
    if not tables:
        return []
    names = words.joined(tables)
    its = "its key" if len(tables) == 1 else "their keys"
    what = f"Duplicates in {names} cannot be told, nor rows that are missing behind them"
    return [f"{what}: configure {its} in [[verify.tables]] to know."]


def _faults(verdict: CustomerVerdict, whole: Window) -> list[str]:
    told: list[str] = []
    for table in verdict.tables:
        if isinstance(table, Unanswered):
            told.append(f"{table.table} did not answer ({kit.clip(table.why, LONGEST_WHY)})")
        elif table.source_silent:
            why = kit.clip(table.source_silent, LONGEST_WHY)
            told.append(f"{table.table} holds {words.plural(table.actual, 'row')}, its source did not answer ({why})")
        elif table.differing or (table.duplicates and verdict.outcome is Outcome.DIFFERS):
            told.append(f"{table.table} {' and '.join(_clauses(table, whole))}")
    return told


def _clauses(table: TableVerdict, whole: Window) -> list[str]:
    missing = -sum(day.difference for day in table.short)
    surplus = sum(day.difference for day in table.over)
    told = []
    if missing:
        told.append(f"misses {words.plural(missing, 'row')} on {_when(table.short, whole)}")
    if surplus:
        unseen = "" if table.duplicates_known else ", perhaps duplicates"
        told.append(f"has {words.plural(surplus, 'row')} too many on {_when(table.over, whole)}{unseen}")
    if table.unfinished:
        lacking = words.plural(-sum(day.difference for day in table.unfinished), "row")
        told.append(f"lacks {lacking} on {_when(table.unfinished, whole)}, which are being filled")
    if table.duplicates:
        told.append(f"holds {words.plural(table.duplicates, 'duplicate')} on {_when(table.doubled, whole)}")
    return told


def _uncompared(table: TableVerdict, whole: Window) -> str:
    if not table.filled:
        return f"no {table.table}"
    told = f"{table.actual:,} {table.table} from {_first(table, whole)} to {_last(table, whole)}"
    gaps = f", no rows on {_when(table.empty, whole)}" if table.empty else ""
    return f"{told}{gaps}"


def _cells(table: TableVerdict | Unanswered) -> tuple[str, ...]:
    if isinstance(table, Unanswered):
        return (table.table, "", "", "", "", "", table.outcome.value)
    is_compared = table.expected is not None
    return (
        table.table,
        f"{table.expected:,}" if is_compared else "",
        f"{table.actual:,}",
        signed(table.difference) if is_compared else "",
        f"{table.duplicates:,}" if table.duplicates_known else "?",
        f"{len(table.empty):,}",
        table.outcome.value,
    )


def _numbers(what: TableVerdict | Day, found: int) -> str:
    counted = what if isinstance(what, TableVerdict) else what.count
    duplicates = words.plural(counted.duplicates, "duplicate") if counted.duplicates_known else "duplicates not known"
    told = [f"found {found:,}", duplicates]
    if what.expected is not None:
        told = [f"expected {what.expected:,}", told[0], f"difference {signed(what.difference)}", told[1]]
    return ", ".join(told)


def _verb(number: int) -> str:
    return "merges" if number == 1 else "merge"


def _is_notable(day: Day) -> bool:
    """Not as expected, or doubled; where nothing is expected, also without rows."""
    return bool(day.difference or day.count.duplicates or (day.expected is None and not day.count.final))


def _group(verdict: CustomerVerdict, group: Group, whole: Window) -> str:
    part = replace(verdict, tables=tuple(_within(table, group.window) for table in verdict.tables), groups=())
    name = words.short_range(group.window) + ("" if group.has_run else " (no run)")
    return f"{name}: {customer(part, whole)}"


def _within(table: TableVerdict | Unanswered, window: Window) -> TableVerdict | Unanswered:
    return table if isinstance(table, Unanswered) else table.within(window)


def _when(days: Sequence[Day], whole: Window) -> str:
    return all_days(ranges(days), whole, RANGES_SHOWN)


def _first(table: TableVerdict, whole: Window) -> str:
    return named_days(Window.of_days(table.filled[0].day, 1), whole)


def _last(table: TableVerdict, whole: Window) -> str:
    return named_days(Window.of_days(table.filled[-1].day, 1), whole)
