"""Formats results as a table with the columns ``name | reference | bot | ratio | target | verdict``."""

from collections.abc import Sequence

from benchmarks.result import TIMES, Broken, Figure, Growth, Result, Target

Line = Result | Broken | Growth
COLUMNS = ("name", "reference", "bot", "ratio", "target", "")
WIDTHS = (46, 28, 34, 34, 14, 8)


def cells(line: Result) -> tuple[str, ...]:
    """The texts of the table's columns for a result."""
    unit = TIMES if line.ratio else line.unit
    return (
        line.name,
        amount(line.reference.value, line.unit) if line.reference else "–",
        spread(line.bot, line.unit),
        spread(line.ratio, TIMES) if line.ratio else "–",
        limit(line.target, unit) if line.target else "–",
        str(line.verdict),
    )


def amount(value: float, unit: str) -> str:
    """A value with its unit, as in ``0.35 s``, ``35 ms``, ``1.3×`` and ``1,200 rows``."""
    if unit == "s" and 0 < value < 0.1:
        value, unit = value * 1_000, "ms"
    is_whole = unit not in ("s", "ms", TIMES) and float(value).is_integer()
    digits = 0 if is_whole or value >= 100 else 1 if value >= 10 else 2
    number = f"{value:,.{digits}f}"
    if unit == TIMES:
        return f"{number}{TIMES}"
    return f"{number} {unit}".rstrip()


def spread(figure: Figure, unit: str) -> str:
    """The value, the extremes and the number of measurements, as in ``1.3× (1.2× to 1.5×, 15)``; the value alone for
    one."""
    if figure.count == 1:
        return amount(figure.value, unit)
    value, lowest, highest = (amount(number, unit) for number in (figure.value, figure.lowest, figure.highest))
    return f"{value} ({lowest} to {highest}, {figure.count})"


def limit(target: Target, unit: str) -> str:
    """The limit with its direction, as in ``≤ 1.3×``."""
    return f"{'≥' if target.is_least else '≤'} {amount(target.limit, unit)}"


def as_text(line: Line) -> str:
    """The line for the terminal."""
    match line:
        case Broken():
            return f"{line.name:<{WIDTHS[0]}} | broken: {line.reason}"
        case Growth():
            steps = ", ".join(f"{point.size:,}: {amount(point.bot, line.unit)}" for point in line.points)
            return f"  {line.name} by {line.of}: {steps}"
    return " | ".join(f"{cell:<{width}}" for cell, width in zip(cells(line), WIDTHS, strict=True)).rstrip()


def heading() -> str:
    """The heading of the table for the terminal."""
    return " | ".join(f"{column:<{width}}" for column, width in zip(COLUMNS, WIDTHS, strict=True)).rstrip()


def as_markdown(lines: Sequence[Line]) -> str:
    """The table for docs/performance.md. A row's first cell also names the reference, and notes follow the table. A
    ``Growth`` is left out, because it is only drawn."""
    rows = ["| Measured | Reference | Bot | Ratio | Target | |", "|---|---|---|---|---|---|"]
    notes: list[str] = []
    for line in lines:
        if isinstance(line, Broken):
            rows.append(f"| {_safe(line.name)} | – | – | – | – | broken: {_safe(line.reason)} |")
        elif isinstance(line, Result):
            name, *others = map(_safe, cells(line))
            against = f"; against {_safe(line.reference_is)}" if line.reference_is else ""
            rows.append(f"| {' | '.join((name + against, *others))} |")
            if line.note:
                notes.append(f"- {line.name}: {line.note}")
    return "\n".join([*rows, *(["", *notes] if notes else [])])


def _safe(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
