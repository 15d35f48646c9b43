"""Figures on disk: a JSON file of one machine. Each row says when, at which commit and on how busy a machine it was
measured."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.machine import Machine, this_machine, versions
from benchmarks.table import Line

FIGURES = Path(__file__).parent / "saved" / "figures.json"


@dataclass(frozen=True, slots=True)
class Record:
    """What one row has yielded. ``busy`` is how many cores others kept busy just before."""

    row: str
    measured_at: datetime
    commit: str
    busy: float
    seconds: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """All rows of a machine."""

    machine: Machine
    versions: dict[str, str]
    records: tuple[Record, ...] = ()

    @property
    def lines(self) -> list[Line]:
        return [line for record in self.records for line in record.lines]

    def with_record(self, record: Record, order: Sequence[str]) -> "Saved":
        """The same with this row's new figures, in the order of the rows."""
        kept = {**{known.row: known for known in self.records}, record.row: record}
        ranked = sorted(kept.values(), key=lambda known: order.index(known.row) if known.row in order else len(order))
        return replace(self, records=tuple(ranked))


_SAVED: TypeAdapter[Saved] = TypeAdapter(Saved)


def load(file: Path) -> Saved:
    """Raises an error for a file that is not there or of another form."""
    return _SAVED.validate_json(file.read_bytes())


def continued(file: Path) -> Saved:
    """What the file has of this machine and these versions; nothing, if it is of others."""
    fresh = Saved(this_machine(), versions())
    if not file.exists():
        return fresh
    before = load(file)
    return before if (before.machine, before.versions) == (fresh.machine, fresh.versions) else fresh


def save(saved: Saved, file: Path) -> None:
    """Write it beside the old file first, so that an interruption leaves the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_bytes(_SAVED.dump_json(saved, indent=1) + b"\n")
    beside.replace(file)


def commit() -> str:
    """The commit that is checked out, with a mark if files differ from it; "" outside of a repository."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    described = subprocess.run(  # noqa: S603  (its own words)
        command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=False
    )
    return described.stdout.strip()
