"""Fills the table and the pictures of docs/performance.md from saved figures."""

import re
from pathlib import Path

from benchmarks.drawing import draw_growth, draw_targets
from benchmarks.result import Growth, Result
from benchmarks.saved import Saved
from benchmarks.table import as_markdown

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
GROWTH, TARGETS = "performance-growth.png", "performance-targets.png"
# In cores. If others keep more than this busy, the figures are affected.
BUSY = 0.2


def fill(figures: Saved, page: Path = PAGE) -> None:
    """Replace what the page has between its marks, and draw the pictures for which there are results."""
    text = between_marks(page.read_text(), "machine", machine(figures))
    text = between_marks(text, "table", as_markdown(figures.lines))
    page.write_text(between_marks(text, "pictures", pictures(figures, page.parent / "pictures")))


def pictures(figures: Saved, folder: Path) -> str:
    """Draw the pictures for which there are results, and return the Markdown that shows them."""
    shown: list[str] = []
    if with_target := [line for line in figures.lines if isinstance(line, Result) and line.target]:
        draw_targets(with_target, folder / TARGETS)
        shown.append(f"![Each figure as a part of its target: left of the line is reached](pictures/{TARGETS})")
    if growths := [line for line in figures.lines if isinstance(line, Growth)]:
        draw_growth(growths, folder / GROWTH)
        shown.append(f"![How figures grow with the size of the fleet, both scales logarithmic](pictures/{GROWTH})")
    return "\n\n".join(shown)


def between_marks(text: str, mark: str, content: str) -> str:
    """The text with ``content`` between ``<!-- mark -->`` and ``<!-- end of mark -->``. Raises ValueError unless the
    text has exactly one such place."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    filled, count = pattern.subn(lambda _: f"{begin}\n{content}\n{end}", text)
    if count != 1:
        raise ValueError(f"the page has {count} places for the {mark}")
    return filled


def machine(figures: Saved) -> str:
    """A paragraph about the machine, the versions, the time and the commits of the figures. It names the rows just
    before which others kept the machine busy."""
    known = ", ".join(f"{name} {number}" for name, number in figures.versions.items())
    if not figures.records:
        return f"{figures.machine}; {known}."
    first = min(record.measured_at for record in figures.records)
    last = max(record.measured_at for record in figures.records)
    when = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
    commits = ", ".join(sorted({record.commit for record in figures.records}))
    busy = [record.row for record in figures.records if record.busy > BUSY]
    neighbours = f" Others kept the machine busy just before: {', '.join(busy)}." if busy else ""
    return f"{figures.machine}; {known}. Measured from {when} at {commits}.{neighbours}"
