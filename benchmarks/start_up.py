"""Measures ``--version``, ``--help`` and ``manifest`` against the start of Python itself.

Run it alone with ``python -m benchmarks.start_up``.
"""

import asyncio
import sys
from collections.abc import Mapping
from functools import partial

from benchmarks import alone
from benchmarks.pairs import timed_pairs
from benchmarks.result import Figure, Measuring, Result, Target

COMMANDS: Mapping[str, Target | None] = {"--version": None, "--help": Target(0.3), "manifest": None}


async def measure() -> Measuring:
    """Time each command. The target is for the seconds and not for the ratio, because a person waits for the
    seconds."""
    for command, target in COMMANDS.items():
        pairs = await timed_pairs(partial(_run, "-m", "bot", command), partial(_run, "-c", "pass"))
        bot, python = (Figure.median_of(times) for times in zip(*pairs, strict=True))
        yield Result(f"start, {command}", bot, "s", target, python, "Python that does nothing")


async def _run(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0


if __name__ == "__main__":
    alone.run(measure)
