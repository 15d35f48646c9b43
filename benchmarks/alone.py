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
    """Print each result as it comes. With ``--save FILE`` in the arguments, also append it to the file as a line of
    JSON, and print no heading: whoever asked for the file has printed it."""
    log_to_stderr()
    given = list(sys.argv[1:] if arguments is None else arguments)
    file = None
    if SAVE in given:
        at = given.index(SAVE)
        file = Path(given[at + 1])
        del given[at : at + 2]
    else:
        print(heading(), flush=True)  # noqa: T201  (printing is its purpose)
    asyncio.run(_tell(measure(*given), file))


def log_to_stderr() -> None:
    """Send the bot's log to stderr, so that stdout has nothing but results."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def _tell(measuring: Measuring, file: Path | None) -> None:
    async for line in measuring:
        print(as_text(line), flush=True)  # noqa: T201
        if file:
            with file.open("ab") as saved:
                saved.write(YIELD.dump_json(line) + b"\n")
