"""Which rows of a table differ: a line for everybody, and the keys, which only the asker may see for some tables."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from slack_sdk.models.blocks import Block

from bot.blocks import kit, paging, tables, words
from bot.blocks.differences import LONGEST_WHY
from bot.blocks.lines import Line
from bot.blocks.paging import Listed
from bot.commands import Part, Verify
from bot.fleet.verification.narrowing import (
    Narrowed,
    Narrowing,
    NothingDiffers,
    RowsNotAnswered,
    RowsNotConfigured,
    StatementsDisagree,
)
from bot.message import Message
from bot.model import Window
from bot.model.row_differences import DifferingRow, Hour, RowDifference

HOURS_SHOWN = 4
LONGEST_KEY = 80
# In characters, so that the message stays below kit.MAX_TEXT.
KEYS_ROOM = 3_000

# A row that stands upright (see ``tables``) has up to 250 characters.
KEYS_SHOWN = 40

_HEADER = ("Table", "Key", "Time", "")
_SIMPLE_TEXT = re.compile(r"'([^'\\]*)'")
_COUNTED = {
    RowDifference.MISSING: "missing",
    RowDifference.EXTRA: "not in the source",
    RowDifference.OTHER_CONTENTS: "with other contents",
    RowDifference.MOVED: "at another time",
}
_OF_KEY = _COUNTED | {RowDifference.OTHER_CONTENTS: "other contents"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that differs, shown by its key. The row is in ``table``, and the answer is about the days ``whole``.
    Its texts are made when it is drawn, because thousands of rows may differ."""

    table: str
    row: DifferingRow
    whole: Window

    @property
    def cells(self) -> tuple[str, str, str, str]:
        key, row = kit.clip(key_text(self.row.key), LONGEST_KEY), self.row
        return (self.table, key, _hour(row.hour, self.whole), _OF_KEY[row.difference])


def line(narrowing: Narrowing, whole: Window) -> str:
    """What is known of the rows of one table, without their keys."""
    match narrowing:
        case Narrowed(table):
            return f"{table}: {_differing(narrowing, whole)}"
        case RowsNotConfigured(table):
            return f"{table}: to know which rows differ, configure expected_rows in its [[verify.tables]]."
        case RowsNotAnswered(table, why):
            return f"{table}: which rows differ is not known: {words.sentence(why, LONGEST_WHY)}"
        case StatementsDisagree(table, day, returned, expected):
            return (
                f"{table}: which rows differ is not known. On {words.day_in(day, whole)} expected_rows returns"
                f" {words.plural(returned, 'row')} and expected counts {expected:,}, or their checksums differ: both"
                " have to be about the same rows."
            )
        case NothingDiffers(table, first_days):
            where = f" on the first {words.days(first_days)} that differed" if first_days else ""
            return f"{table}: no row differs any more{where}. Type the command again to count again."
        case _:
            assert_never(narrowing)


def _differing(narrowed: Narrowed, whole: Window) -> str:
    where = _hours(narrowed, whole)
    if not narrowed.rows:
        return f"rows differ {where}. There are too many to read each of them."
    number = f"{'' if narrowed.is_all else 'at least '}{words.plural(len(narrowed.rows), 'row')}"
    differs = "differs" if len(narrowed.rows) == 1 else "differ"
    counts = Counter(row.difference for row in narrowed.rows)
    kinds = words.joined([f"{counts[kind]:,} {text}" for kind, text in _COUNTED.items() if counts[kind]])
    keys = "" if narrowed.shows_keys else " The keys go to whoever asked."
    return f"{number} {differs} ({kinds}) {where}.{keys}"


def _hours(narrowed: Narrowed, whole: Window) -> str:
    """``in the hours Jan 7 14:00, Jan 7 15:00 and 3 more (UTC)``, or days if the hours are not known."""
    shown = [_hour(hour, whole) for hour in narrowed.hours[:HOURS_SHOWN]]
    hidden = len(narrowed.hours) - len(shown) + narrowed.more_hours
    parts = words.joined([*shown, f"{hidden:,} more"]) if hidden else words.joined(shown)
    if narrowed.hours[0].hour is None:
        return f"on {parts}"
    return f"in the {'hour' if len(shown) == 1 else 'hours'} {parts} ({narrowed.timezone})"


def _hour(hour: Hour, whole: Window) -> str:
    day = words.day_in(hour.day, whole)
    return day if hour.hour is None else f"{day} {hour.hour:02}:00"


def keys(
    name: str, narrowings: Sequence[Narrowing], whole: Window, command: Verify
) -> tuple[Listed[_Row], Listed[_Row]]:
    """The keys that everybody who sees the answer may see, and those that only the asker may see. ``name`` is the
    customer."""
    for_all, for_asker = _narrowed(narrowings, shows_keys=True), _narrowed(narrowings, shows_keys=False)
    return (
        Listed(command, Part.KEYS, name, "key", _rows(for_all, whole), _line),
        Listed(command, Part.KEYS_OF_ASKER, name, "key", _rows(for_asker, whole), _line),
    )


def keys_for_all(listed: Listed[_Row], narrowings: Sequence[Narrowing]) -> Message | None:
    """The first of the keys that everybody may see; None if there are none."""
    return _keys(listed, _narrowed(narrowings, shows_keys=True), [])


def keys_for_asker(listed: Listed[_Row], narrowings: Sequence[Narrowing]) -> Message | None:
    """The first of the keys that only the asker may see; None if there are none."""
    return _keys(listed, _narrowed(narrowings, shows_keys=False), ["Only you see these keys."])


def _narrowed(narrowings: Sequence[Narrowing], *, shows_keys: bool) -> list[Narrowed]:
    found = (each for each in narrowings if isinstance(each, Narrowed) and each.rows)
    return [each for each in found if each.shows_keys == shows_keys]


def _keys(listed: Listed[_Row], narrowed: Sequence[Narrowed], notes: Sequence[str]) -> Message | None:
    if not narrowed:
        return None
    headline = f"{listed.about}: keys of rows in {words.joined([each.table for each in narrowed])} that differ"
    cut = dict.fromkeys(each.table for each in narrowed if not each.is_all)
    unread = [f"{table}: more rows differ than these. Verify fewer days to see others." for table in cut]
    small_print = "\n".join(map(kit.escape, [*unread, *notes]))
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*"),
        *kit.preformatted(tables.aligned(_HEADER, [row.cells for row in listed.entries[:KEYS_SHOWN]])),
        *paging.rest(listed, min(KEYS_SHOWN, len(listed.entries))),
        *([kit.context(small_print)] if small_print else []),
    ]
    return kit.message("\n".join([f"{headline}.", *paging.plain(listed, KEYS_ROOM), *unread, *notes]), blocks)


def _rows(narrowed: Sequence[Narrowed], whole: Window) -> list[_Row]:
    return [_Row(each.table, row, whole) for each in narrowed for row in each.rows]


def _line(row: _Row) -> Line:
    """``scores 42, Jan 7 14:00: missing``."""
    table, key, time, difference = row.cells
    return Line.of(f"{table} {key}, {time}: {difference}")


def key_text(key: str) -> str:
    """The text of a key as people know it: a single value without the parentheses and quotes of a tuple."""
    inner = key[1:-1] if key.startswith("(") and key.endswith(")") else key
    text = _SIMPLE_TEXT.fullmatch(inner)
    return " ".join((text[1] if text else inner).split())
