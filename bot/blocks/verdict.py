"""Verdicts in words: one sentence about a customer, and a line about a table, a day or a window."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from bot.blocks import kit, words
from bot.blocks.differences import LONGEST_WHY, on_days, problems
from bot.commands import Breakdown
from bot.fleet.verification.verdict import CustomerVerdict, Day, Group, Outcome, TableVerdict, Unanswered
from bot.model import Window

RUNS_SHOWN = 3

Detail = Group | tuple[TableVerdict, Day]


def customer(verdict: CustomerVerdict, whole: Window) -> str:
    """The words after the customer's name: the verdict, then its reasons."""
    if verdict.is_without_rows:
        return "has no rows in these days, and neither has the source."
    if verdict.is_early:
        return _early(verdict, whole)
    match verdict.outcome:
        case Outcome.DIFFERS | Outcome.CONTENTS_DIFFER | Outcome.NOT_FINISHED:
            lead = "is not finished" if verdict.outcome is Outcome.NOT_FINISHED else "does not match its source"
            return f"{lead}. {'; '.join(problems(verdict, whole))}.{_open_work(verdict, whole)}"
        case Outcome.NOT_ANSWERED:
            return f"is not verified. {'; '.join(problems(verdict, whole))}.{_rest(verdict)}"
        case Outcome.UNPROVEN | Outcome.MATCHES:
            return _expected_text(verdict, whole)
        case Outcome.NOT_COMPARED:
            holdings = "; ".join(_counted_only(table, whole) for table in verdict.counted)
            lead = "was counted but not compared, because no expected statement is configured. Found"
            return " ".join([f"{lead} {holdings}.", *_unknown_duplicates(verdict)])
        case _:
            assert_never(verdict.outcome)


def _early(verdict: CustomerVerdict, whole: Window) -> str:
    """The verdict while work is under way: what runs, what starts by itself, and the days that nothing fills yet."""
    days = {day.day: day for table in verdict.counted for day in table.short}
    runs, to_come = _windows(verdict.running), _windows(verdict.to_come)
    activity = f"is still running ({runs})" if runs else f"has still to run ({to_come})"
    later = f" and has still to run ({to_come})" if runs and to_come else ""
    holds = "Rows are missing" if any(day.count.final for day in days.values()) else "No rows yet"
    on = on_days([day for _, day in sorted(days.items())], whole)
    return f"{activity}{later}, so this count is early. {holds} for {on}, and nothing fills them by itself."


def _rest(verdict: CustomerVerdict) -> str:
    """`` scorecards matches: 519,996 rows.`` for each table that matches. Then `` No sign of lost data.``, unless a
    counted table differs."""
    tables = [table for table in verdict.counted if table.outcome is Outcome.MATCHES]
    matching = "".join(f" {table.table} matches: {words.plural(table.actual, 'row')}." for table in tables)
    return matching if any(table.differing for table in verdict.counted) else f"{matching} No sign of lost data."


def _open_work(verdict: CustomerVerdict, whole: Window) -> str:
    """The days whose rows may still arrive; and the runs that are being cancelled, which are not expected to add
    rows."""
    return f"{_running_work(verdict, whole)}{_cancelled_work(verdict)}"


def _cancelled_work(verdict: CustomerVerdict) -> str:
    if not verdict.ending:
        return ""
    subject = "1 run is" if len(verdict.ending) == 1 else f"{len(verdict.ending):,} runs are"
    return f" {subject} being cancelled ({_windows(verdict.ending)})."


def _running_work(verdict: CustomerVerdict, whole: Window) -> str:
    runs, to_come = _windows(verdict.running), _windows(verdict.to_come)
    activity = [f"Still running ({runs})"] if runs else []
    activity += [f"{'still' if runs else 'Still'} to run ({to_come})"] if to_come else []
    if not activity:
        return ""
    days = sorted({day.day: day for table in verdict.counted for day in table.unfinished}.items())
    if not days:
        return f" {', '.join(activity)}, which fills none of these days."
    is_all = verdict.outcome is Outcome.NOT_FINISHED
    effect = (
        ": verify again when that has ended"
        if is_all
        else f", so rows of {on_days([day for _, day in days], whole)} may still arrive"
    )
    return f" {', '.join(activity)}{effect}."


def _windows(windows: Sequence[Window]) -> str:
    shown = ", ".join(words.short_range(window) for window in windows[:RUNS_SHOWN])
    more = len(windows) - RUNS_SHOWN
    return f"{shown}{f' and {more} more' if more > 0 else ''}"


def plain_row(table: TableVerdict | Unanswered) -> str:
    """The numbers of one table as a sentence."""
    if isinstance(table, Unanswered):
        return f"{table.table}: did not answer: {kit.clip(table.why, LONGEST_WHY)}."
    return f"{table.table}: {_counts(table, table.actual)}."


def notes(verdict: CustomerVerdict, whole: Window) -> list[str]:
    """Remarks below the numbers: how many days are as expected, what duplicates are, rows that disappear when
    ClickHouse merges parts, tables that were not compared, and days without rows in the source."""
    if verdict.is_without_rows or verdict.outcome is Outcome.NOT_COMPARED:
        return []
    lines = _days_as_expected(verdict)
    for table in verdict.counted:
        if table.merging:
            rows = words.plural(table.merging, "stored row")
            lines.append(
                f"{table.table}: {rows} that {_verb(table.merging)} away when ClickHouse merges, not counted."
            )
        if table.outcome is Outcome.NOT_COMPARED:
            lines.append(f"{table.table} was not compared: it holds {_counted_only(table, whole)}.")
        if table.empty_in_source:
            lines.append(f"{table.table}: no rows in the source either on {on_days(table.empty_in_source, whole)}.")
    return lines


def _days_as_expected(verdict: CustomerVerdict) -> list[str]:
    """How many days are as expected, if some days are not."""
    all_days = {day.day for table in verdict.counted for day in table.days}
    odd = {day.day for table in verdict.counted for day in (*table.differing, *table.doubled, *table.unfinished)}
    is_partly_fine = odd and odd != all_days and verdict.is_answered
    return [f"The other {words.days(len(all_days - odd))} are as expected."] if is_partly_fine else []


def details(verdict: CustomerVerdict, by: Breakdown) -> Sequence[Detail]:
    """What gets a line of its own: by day, the days that are not as expected; by window, each window; in a summary,
    nothing."""
    if by is Breakdown.SUMMARY or not verdict.counted:
        return ()
    if by is Breakdown.WINDOW:
        return verdict.groups
    return [(table, day) for table in verdict.counted for day in table.days if _needs_line(day)]


def detail(verdict: CustomerVerdict, line: Detail, whole: Window) -> str:
    """The text of one of the ``details``: the numbers of a window, or of one table on one day."""
    if isinstance(line, Group):
        return _window_line(verdict, line, whole)
    table, day = line
    name = words.day_in(day.day, whole)
    return f"{name}, {table.table}: {_counts(day, day.count.final)}."


def signed(number: int) -> str:
    """``+12``, ``−1,123``, ``0``."""
    return f"{number:+,}".replace("-", "−") if number else "0"


def _amounts(tables: Iterable[TableVerdict]) -> str:
    """``57,300 scores and 4,200 scorecards``."""
    amounts = [f"{table.actual:,} {table.table}" for table in tables]
    return " and ".join(filter(None, (", ".join(amounts[:-1]), amounts[-1])))


def _expected_text(verdict: CustomerVerdict, whole: Window) -> str:
    """``matches``, or ``is not proven`` if the count cannot show duplicates; then the numbers."""
    compared = [table for table in verdict.counted if table.expected is not None]
    is_proven = verdict.outcome is Outcome.MATCHES
    lead = "matches" if is_proven else "is not proven, but holds as many rows as expected"
    lead += ", contents included" if all(table.contents_match for table in compared) else ""
    sentences = [f"{lead}: {_amounts(compared)}, {words.days(len(compared[0].days))}."]
    for table in verdict.counted:
        if table.duplicates:
            duplicates = words.plural(table.duplicates, "duplicate")
            sentences.append(
                f"{table.table} also holds {duplicates} on {on_days(table.doubled, whole)}, not counted here."
            )
        if table.outcome is Outcome.NOT_COMPARED:
            sentences.append(f"{table.table} was not compared: no expected statement is configured.")
    unknown = _unknown_duplicates(verdict) if is_proven else [_may_hide(verdict)]
    return " ".join([*sentences, *unknown])


def _may_hide(verdict: CustomerVerdict) -> str:
    tables = words.joined([table.table for table in verdict.counted if not table.duplicates_known])
    return f"In {tables} a duplicate counts like any other row, so rows may be missing all the same."


def _unknown_duplicates(verdict: CustomerVerdict) -> list[str]:
    """The tables in which duplicates cannot be counted, and the setting that would change that."""
    tables = [table.table for table in verdict.counted if not table.duplicates_known]
    if not tables:
        return []
    names = words.joined(tables)
    keys = "its key" if len(tables) == 1 else "their keys"
    problem = f"Not proven: duplicates in {names} are not counted, and may hide missing rows"
    return [f"{problem}. To count them, configure {keys} in [[verify.tables]]."]


def _counted_only(table: TableVerdict, whole: Window) -> str:
    if not table.filled:
        return f"no {table.table}"
    first, last = (words.day_in(day.day, whole) for day in (table.filled[0], table.filled[-1]))
    text = f"{table.actual:,} {table.table} from {first} to {last}"
    gaps = f", no rows on {on_days(table.empty, whole)}" if table.empty else ""
    return f"{text}{gaps}"


def _counts(row: TableVerdict | Day, found: int) -> str:
    counted = row if isinstance(row, TableVerdict) else row.count
    duplicates = words.plural(counted.duplicates, "duplicate") if counted.duplicates_known else "duplicates not known"
    parts = [f"found {found:,}", duplicates]
    if row.expected is not None:
        parts = [f"expected {row.expected:,}", parts[0], f"difference {signed(row.difference)}", parts[1]]
    if isinstance(row, Day) and row.contents_agree is False:
        parts.append("contents differ")
    return ", ".join(parts)


def _verb(number: int) -> str:
    return "merges" if number == 1 else "merge"


def _needs_line(day: Day) -> bool:
    """Whether the day gets a line of its own. True if its rows or contents are not as expected, or if some of its
    rows are duplicates. Also True if the day has no rows and it is unknown how many to expect."""
    return bool(day.differs or day.count.duplicates or (day.expected is None and not day.count.final))


def _window_line(verdict: CustomerVerdict, group: Group, whole: Window) -> str:
    part = replace(verdict, tables=tuple(_table_within(table, group.window) for table in verdict.tables), groups=())
    name = words.short_range(group.window) + ("" if group.has_run else " (no run)")
    return f"{name}: {customer(part, whole)}"


def _table_within(table: TableVerdict | Unanswered, window: Window) -> TableVerdict | Unanswered:
    return table if isinstance(table, Unanswered) else table.within(window)
