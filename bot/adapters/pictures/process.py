"""PictureProcess: bot.ports.Pictures. Each picture is drawn by a new process, which is killed when it takes too long.

matplotlib takes a second to load, holds the interpreter while it draws, and keeps what it has allocated. So the bot's
own process never loads it. The new process gets no secret: neither the bot's environment nor its configuration.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter

from bot.errors import Unavailable
from bot.model import Chart

SYSTEM = "pictures"
TIME_LIMIT_SECONDS = 10.0
_CHART: TypeAdapter[Chart] = TypeAdapter(Chart)
DRAW = ("-m", "bot.adapters.pictures.drawing")
PNG = b"\x89PNG\r\n"


@contextmanager
def picture_process() -> Iterator["PictureProcess"]:
    """A PictureProcess whose cache is removed at the end. A bot that cannot write temporary files starts
    nevertheless: matplotlib then chooses its own folder, or ``draw`` raises Unavailable."""
    with ExitStack() as stack:
        cache = None
        with suppress(OSError):
            cache = Path(stack.enter_context(TemporaryDirectory(prefix="backfill-bot-", ignore_cleanup_errors=True)))
        yield PictureProcess(cache)


class PictureProcess:
    """Draws one picture at a time, so that pictures never take more than one processor. ``program`` is the program
    that draws, as arguments of the Python interpreter. ``cache`` is the folder in which matplotlib lists the fonts of
    the machine; with None, matplotlib chooses a folder. ``limit`` is the time for one picture, in seconds."""

    def __init__(
        self, cache: Path | None, program: tuple[str, ...] = DRAW, limit: float = TIME_LIMIT_SECONDS
    ) -> None:
        # numpy would start a thread for each processor.
        self._environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
        if cache is not None:
            self._environment["MPLCONFIGDIR"] = str(cache)
        self._program = program
        self._limit = limit
        self._turn = asyncio.Lock()

    async def draw(self, picture: Chart) -> bytes:
        """See ``bot.ports.Pictures``."""
        async with self._turn:
            drawn = await self._run(_CHART.dump_json(picture))
        if not drawn.startswith(PNG):
            raise Unavailable(SYSTEM, "nothing was drawn: is matplotlib installed?")
        return drawn

    async def _run(self, given: bytes) -> bytes:
        process = await self._start()
        try:
            async with asyncio.timeout(self._limit):
                drawn, _ = await process.communicate(given)
        except TimeoutError as exc:
            raise Unavailable(SYSTEM, f"not drawn within {self._limit:g} s") from exc
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return drawn

    async def _start(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=self._environment,
            )
        except OSError as exc:
            raise Unavailable(SYSTEM, f"no process to draw with: {exc.strerror}") from exc
