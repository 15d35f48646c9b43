"""The row counts of a completed window in words."""

from bot.blocks import words
from bot.model import Count, TableCount, Window

TABLES_SHOWN = 6
LONGEST_WHY = 200


def count_text(count: Count) -> str:
    """``Counts match: 413,011 scorecards, 5.3M scores.``, or what differs and what was not counted."""
    sentences: list[str] = []
    if count.is_empty and not count.differs:
        sentences.append("It holds no rows.")
    elif count.tables:
        sentences += _table_sentences(count)
    if count.problem:
        missing = "Not everything was counted" if count.tables else "Not counted"
        sentences.append(f"{missing}: {words.sentence(count.problem, LONGEST_WHY)}")
    return " ".join(sentences)


def _table_sentences(count: Count) -> list[str]:
    """Sentences about tables that differ, tables that match, tables that were not compared, and duplicates."""
    differing = [table for table in count.tables if table.differs]
    matching = [
        table for table in count.tables if table.expected is not None and not table.differs and _proves_match(table)
    ]
    unproven = [
        table
        for table in count.tables
        if table.expected is not None and not table.differs and not _proves_match(table)
    ]
    uncompared = [table for table in count.tables if table.expected is None]
    duplicates = [table for table in count.tables if table.duplicates]
    sentences = [f"{_joined([_difference(table) for table in differing])}."] if differing else []
    if matching:
        lead = "The others match" if differing else "Counts match"
        sentences.append(f"{lead}: {_joined([_rows(table) for table in matching])}.")
    if unproven:
        sentences.append(f"As many rows as expected, duplicates not known: {_joined([_rows(t) for t in unproven])}.")
    if uncompared:
        sentences.append(f"Counted, and compared with nothing: {_joined([_rows(table) for table in uncompared])}.")
    if duplicates:
        amounts = [f"{table.duplicates:,} in {words.name(table.table)}" for table in duplicates]
        sentences.append(f"Duplicates (not counted here): {_joined(amounts)}.")
    return sentences


def _proves_match(table: TableCount) -> bool:
    """Whether equal counts prove that the table is complete. If duplicates cannot be counted, equal counts prove
    nothing, because duplicates may make up for missing rows."""
    return table.duplicates_known or not table.actual


def _difference(table: TableCount) -> str:
    expected = table.expected or 0
    contents = f"contents differ on {_days_of_other_contents(table)}" if table.other_contents else ""
    if not table.number_differs:
        return f"{words.name(table.table)}: counts match, {contents}"
    off = table.actual - expected
    numbers = f"{words.name(table.table)}: {expected:,} expected, {table.actual:,} found"
    if off:
        numbers += f", {abs(off):,} {'too many' if off > 0 else 'missing'}"
    numbers += f", {words.days(table.days_off)} not as expected" if table.days_off else ""
    return f"{numbers}; {contents}" if contents else numbers


def _days_of_other_contents(table: TableCount) -> str:
    """The days on which the table has as many rows as expected, but with other contents: ``Jan 7, Jan 9–10 and 3 more
    days``."""
    shown = table.other_contents
    whole = Window(shown[0].start, shown[-1].end)
    more = table.days_of_other_contents - sum(days.days for days in shown)
    text = words.first_days_in(shown, whole, len(shown))
    return f"{text} and {words.plural(more, 'more day')}" if more > 0 else text


def _rows(table: TableCount) -> str:
    """The number of rows and the table's name. The number is exact below a million."""
    number = f"{table.actual:,}" if table.actual < 1_000_000 else words.amount(table.actual)
    return f"{number} {words.name(table.table)}"


def _joined(parts: list[str]) -> str:
    hidden = len(parts) - TABLES_SHOWN
    return "; ".join(parts[:TABLES_SHOWN]) + (f" and {hidden:,} more" if hidden > 0 else "")
