"""Whether the two checksums of a table have ever agreed. Until then it is not known that they hash alike. Pure."""

import hashlib
from collections.abc import Collection, Iterable

from bot.fleet.verification.verdict import CustomerVerdict
from bot.model import TableSpec, Window


def comparison(table: TableSpec) -> str:
    """The text that is kept for a comparison that has agreed: a digest of both expressions, so that a changed
    expression has not agreed yet."""
    text = "\0".join((table.name, table.expected or "", table.checksum or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def agreed_comparisons(verdict: CustomerVerdict, tables: Iterable[TableSpec], window: Window) -> frozenset[str]:
    """The comparisons that agree on a day of ``window``."""
    agreeing = {
        table.table for table in verdict.counted if any(day.contents_agree for day in table.within(window).days)
    }
    return frozenset(comparison(table) for table in tables if table.name in agreeing)


def never_agreed(tables: Iterable[TableSpec], agreed: Collection[str]) -> tuple[str, ...]:
    """The names of the tables whose contents are compared, and have not agreed on any day."""
    return tuple(table.name for table in tables if table.checksum and comparison(table) not in agreed)
