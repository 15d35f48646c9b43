"""What is wrong with the tables of a customer: a clause for each table."""

from collections.abc import Sequence

from bot.blocks import kit, words
from bot.fleet.verification.verdict import CustomerVerdict, Day, Outcome, TableVerdict, Unanswered, ranges
from bot.model import Window

RANGES_SHOWN = 4
LONGEST_WHY = 200


def problems(verdict: CustomerVerdict, whole: Window) -> list[str]:
    """A clause for each table that is not as expected, or did not answer. Tables that have no rows at all on the same
    days share a clause."""
    if shared := _lacking_alike(verdict, whole):
        return [shared]
    found: list[str] = []
    for table in verdict.tables:
        if isinstance(table, Unanswered):
            found.append(f"{table.table} did not answer ({kit.clip(table.why, LONGEST_WHY)})")
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


def _lacking_alike(verdict: CustomerVerdict, whole: Window) -> str:
    """``no rows at all for Jan 11–Feb 20 (1,205 missing in scorecards, 3,778 in scores)``; "" unless that is all that
    is wrong with several tables."""
    wrong = [table for table in verdict.counted if table.differing or table.duplicates]
    days = {tuple(day.day for day in table.short) for table in wrong}
    is_all = len(wrong) == len(verdict.tables) > 1 == len(days) and all(map(_lacks_days_alone, wrong))
    if not is_all:
        return ""
    first, *others = [(-sum(day.difference for day in table.short), table.table) for table in wrong]
    rest = "".join(f", {number:,} in {table}" for number, table in others)
    return f"No rows at all for {on_days(wrong[0].short, whole)} ({first[0]:,} missing in {first[1]}{rest})"


def _lacks_days_alone(table: TableVerdict) -> bool:
    """Whether the table differs only in that some of its days have no rows at all."""
    others = table.over or table.unfinished or table.other_contents or table.duplicates or table.source_silent
    return bool(table.short and _empty(table) and not others)


def _only_contents_differ(table: TableVerdict) -> bool:
    return bool(table.other_contents) and table.other_contents == table.differing and not table.duplicates


def _never_agree(table: TableVerdict) -> str:
    """The likely cause if the contents differ on every day that was compared: a wrong expression. Otherwise ""."""
    return " on every day compared: check both expressions" if table.contents_never_agree else ""


def _differences(table: TableVerdict, whole: Window) -> list[str]:
    missing = -sum(day.difference for day in table.short)
    surplus = sum(day.difference for day in table.over)
    clauses = []
    if missing:
        clauses.append(f"{words.plural(missing, 'row')} missing ({on_days(table.short, whole)}{_empty(table)})")
    if surplus:
        unseen = "" if table.duplicates_known else ", perhaps duplicates"
        clauses.append(f"{words.plural(surplus, 'row')} too many ({on_days(table.over, whole)}{unseen})")
    if lacking := [day for day in table.unfinished if day.difference]:
        number = words.plural(-sum(day.difference for day in lacking), "row")
        clauses.append(f"{number} still to come ({on_days(lacking, whole)})")
    if table.other_contents:
        clauses.append(f"other contents ({on_days(table.other_contents, whole)}){_never_agree(table)}")
    if table.duplicates:
        clauses.append(f"{words.plural(table.duplicates, 'duplicate')} ({on_days(table.doubled, whole)})")
    return clauses


def _empty(table: TableVerdict) -> str:
    """``, no rows at all`` if every day that misses rows has none; otherwise ""."""
    return "" if any(day.count.final for day in table.short) else ", no rows at all"


def on_days(of: Sequence[Day], whole: Window) -> str:
    """``Jan 7–9, Jan 12 and 3 more days``."""
    return words.first_days_in(ranges(of), whole, RANGES_SHOWN)
