"""Compares figures with earlier ones: what is broken or has become worse by a fifth."""

from collections.abc import Sequence

from benchmarks.result import TIMES, Broken, Result
from benchmarks.saved import Saved
from benchmarks.table import amount

FIFTH = 1.2


def what_got_worse(before: Saved, now: Saved) -> Sequence[str]:
    """A sentence for each line that is broken or has become worse by a fifth. Figures of another machine are compared
    by their ratios alone."""
    is_same = before.machine == now.machine
    earlier = {line.name: line for line in before.lines if isinstance(line, Result)}
    sentences: list[str] = []
    for line in now.lines:
        if isinstance(line, Result) and (known := earlier.get(line.name)):
            sentences += _worse(known, line, is_same=is_same)
        elif isinstance(line, Broken):
            sentences.append(f"{line.name} is broken: {line.reason}")
    return sentences


def _worse(before: Result, now: Result, *, is_same: bool) -> Sequence[str]:
    if before.ratio and now.ratio:
        old, new, unit = before.ratio.value, now.ratio.value, TIMES
    elif is_same and before.unit == now.unit and not (before.ratio or now.ratio):
        old, new, unit = before.bot.value, now.bot.value, now.unit
    else:
        return ()
    more_is_better = bool(now.target and now.target.is_least)
    is_worse = new * FIFTH < old if more_is_better else new > old * FIFTH
    figures = f"{amount(new, unit)}, before {amount(old, unit)}"
    return [f"worse by a fifth or more: {now.name}: {figures}"] if is_worse else ()
