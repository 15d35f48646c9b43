"""Runs one benchmark in this process: ``python -m benchmarks.posts [ARGUMENTS] [--save FILE]``."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from benchmarks.result import Measuring, Yield
from benchmarks.table import as_text, heading

SAVE = "--save"

YIELD: TypeAdapter[Yield] = TypeAdapter(Yield)


def run(measure: Callable[..., Measuring], arguments: Sequence[str] | None = None) -> None:
    """Print each result as it comes. With ``--save``, also add it to that file, a line of JSON each, and leave the
    heading to whoever asked for the file."""
    log_to_stderr()
    given = list(sys.argv[1:] if arguments is None else arguments)
    file = None
    if SAVE in given:
        at = given.index(SAVE)
        file = Path(given[at + 1])
        del given[at : at + 2]
    else:
        print(heading(), flush=True)  # noqa: T201  (what it is for)
    asyncio.run(_tell(measure(*given), file))


def log_to_stderr() -> None:
    """Results alone go to standard output."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def _tell(measuring: Measuring, file: Path | None) -> None:
    async for line in measuring:
        print(as_text(line), flush=True)  # noqa: T201
        if file:
            with file.open("ab") as saved:
                saved.write(YIELD.dump_json(line) + b"\n")
