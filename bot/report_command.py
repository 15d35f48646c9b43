"""``backfill-bot report``: writes the operations log of a day as Markdown, to a file or to the terminal."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bot.blocks.report import markdown
from bot.commands import Report
from bot.config import Loaded
from bot.errors import ConfigError, Gone
from bot.streams import write_report
from bot.usecases.campaigns.scope import services_of
from bot.usecases.report import report
from bot.wiring import make_client, make_temporals, open_services


def write_day(loaded: Loaded, day: date | None, output: Path | None) -> int:
    """Gather the log of a day and write it to ``output``, or to the terminal for None. Returns the exit code. A bot
    may run meanwhile. Raises ConfigError if the file cannot be opened or written. The file is opened before any
    system is asked, so that a wrong path is reported at once."""
    if output is None:
        return 0 if write_report(asyncio.run(_log_of(loaded, day))) else 1
    with _opening(output):
        output.open("a", encoding="utf-8").close()
    text = asyncio.run(_log_of(loaded, day))
    with _opening(output):
        output.write_text(text, encoding="utf-8")
    sys.stderr.write(f"The operations log is in {output}.\n")
    return 0


@contextmanager
def _opening(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise ConfigError([f"--output {output}: {exc.strerror or type(exc).__name__}"]) from exc


async def _log_of(loaded: Loaded, day: date | None) -> str:
    async with open_services(loaded, make_client(loaded), make_temporals(loaded), _raised_anyway) as services:
        return markdown(await report(Report(day=day), await services_of("", services)))


def _raised_anyway(_problem: Gone) -> None:
    """Do nothing: when the store is gone, every call to it raises the same problem."""
