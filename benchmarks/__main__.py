"""``python -m benchmarks``: measures the rows, prints a line for each result, and saves them; see README.md."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import page, saved
from benchmarks.comparing import what_got_worse
from benchmarks.machine import busy_cores, this_machine
from benchmarks.process import lines_of
from benchmarks.result import Broken
from benchmarks.rows import ROWS, Row, UnknownRowError, chosen
from benchmarks.saved import FIGURES, Record, Saved, continued, load
from benchmarks.table import as_text, heading


def main() -> int:
    """The exit code: 0 fine, 1 a row is broken or has become worse, 2 the command line is wrong."""
    options = _options()
    try:
        rows = chosen(options.rows)
    except UnknownRowError as exc:
        return _complain(str(exc))
    if options.draw:
        page.fill(load(FIGURES))
        return 0
    before = load(options.compare) if options.compare else None
    figures = _measured(rows, options.save or FIGURES)
    if options.save is None:
        page.fill(figures)
    own = Saved(
        figures.machine, figures.versions, tuple(r for r in figures.records if r.row in {x.name for x in rows})
    )
    worse = what_got_worse(before, own) if before else ()
    for sentence in worse:
        _say(sentence)
    if before and before.machine != figures.machine:
        _say(f"The other figures are of another machine ({before.machine}), so only ratios are compared.")
    return 1 if worse or any(isinstance(line, Broken) for line in own.lines) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the bot takes.")
    parser.add_argument("--rows", default="", metavar="status,verify", help="only these")
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="save there, and leave docs/performance.md as it is"
    )
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="tell what got worse by a fifth since these figures"
    )
    parser.add_argument("--draw", action="store_true", help="measure nothing, and draw docs/performance.md anew")
    return parser.parse_args()


def _measured(rows: Sequence[Row], file: Path) -> Saved:
    """Measure the rows and save after each, so that a later failure loses no figures."""
    # Asked first: files written below would mark the commit as changed.
    figures, commit = continued(file), saved.commit()
    _say(f"{this_machine()}, about {sum(row.minutes for row in rows):.0f} minutes")
    _say(heading())
    for row in rows:
        at, busy, began = datetime.now(UTC), busy_cores(), time.monotonic()
        lines = lines_of(row.module, row.name, row.within)
        for line in lines:
            if isinstance(line, Broken):
                _say(as_text(line))
        took = round(time.monotonic() - began, 1)
        record = Record(row.name, at, commit, busy, took, tuple(lines))
        figures = figures.with_record(record, [known.name for known in ROWS])
        saved.save(figures, file)
    return figures


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (printing is its purpose)


def _complain(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
