"""Stores the figures of one machine in a JSON file. Each row has its time, its commit and how busy the machine
was."""

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
    """The lines of one row. ``busy`` is how many cores others kept busy just before, ``seconds`` how long the row
    took."""

    row: str
    measured_at: datetime
    commit: str
    busy: float
    seconds: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """All rows that were measured on a machine."""

    machine: Machine
    versions: dict[str, str]
    records: tuple[Record, ...] = ()

    @property
    def lines(self) -> list[Line]:
        return [line for record in self.records for line in record.lines]

    def with_record(self, record: Record, order: Sequence[str]) -> "Saved":
        """These figures with the row's record added or replaced; ``order`` has the names of all rows in their
        order."""
        kept = {**{known.row: known for known in self.records}, record.row: record}
        ranked = sorted(kept.values(), key=lambda known: order.index(known.row) if known.row in order else len(order))
        return replace(self, records=tuple(ranked))


_SAVED: TypeAdapter[Saved] = TypeAdapter(Saved)


def load(file: Path) -> Saved:
    """Read the figures. Raises an error for a file that is missing or has another form."""
    return _SAVED.validate_json(file.read_bytes())


def continued(file: Path) -> Saved:
    """The figures in the file, if they are of this machine and these versions; otherwise empty ones."""
    fresh = Saved(this_machine(), versions())
    if not file.exists():
        return fresh
    before = load(file)
    return before if (before.machine, before.versions) == (fresh.machine, fresh.versions) else fresh


def save(saved: Saved, file: Path) -> None:
    """Write the file by replacing it, so that an interruption leaves the old one whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_bytes(_SAVED.dump_json(saved, indent=1) + b"\n")
    beside.replace(file)


def commit() -> str:
    """The commit that is checked out, with "-dirty" if files differ from it; "" outside of a repository."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    described = subprocess.run(  # noqa: S603  (the command is constant)
        command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=False
    )
    return described.stdout.strip()
