"""Lists the rows of ``make bench`` in the order of the table. Each is a module with ``measure``, run in its own
process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

MINUTE = timedelta(minutes=1)
# A busy or slower machine takes longer than ``minutes``. A row that takes this many times as long is hanging.
PATIENCE = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A module of this folder, which may yield several lines, and how many minutes it takes on two cores."""

    name: str
    minutes: float

    @property
    def module(self) -> str:
        return f"benchmarks.{self.name}"

    @property
    def within(self) -> timedelta:
        """The time limit: a row that takes longer is reported as broken."""
        return MINUTE + self.minutes * PATIENCE * MINUTE


ROWS = (
    Row("start_up", 0.5),
    Row("status", 1),
    Row("fleet_status", 7),
    Row("past", 1),
    Row("full_pass", 6),
    Row("steady", 4),
    Row("alerts", 6),
    Row("verify", 3),
    Row("verify_all", 2),
    Row("sequences", 5),
    Row("queue", 2),
    Row("run_all", 2),
    Row("acks", 3),
    Row("memory", 8),
    Row("clusters", 6),
    Row("soak", 16),
    Row("posts", 1),
    Row("computing", 0.2),
)


class UnknownRowError(ValueError):
    """A name that no row has."""


def chosen(names: str) -> Sequence[Row]:
    """The rows with these names, such as ``status,verify``; all rows for "". Raises UnknownRowError for an unknown
    name."""
    wanted = [name.strip().replace("-", "_") for name in names.split(",") if name.strip()]
    known = {row.name: row for row in ROWS}
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnknownRowError(f"There is no row “{name}”.{hint} Rows: {', '.join(known)}.")
    return [row for row in ROWS if not wanted or row.name in wanted]
