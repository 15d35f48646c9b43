"""PictureProcess: bot.ports.Pictures. Each picture is drawn by a new process, which is killed when it takes too long.

matplotlib takes a second to load, holds the interpreter while it draws, and keeps what it has allocated. So the bot's
own process never loads it. The new process gets no secret: neither the bot's environment nor its configuration.
"""

import asyncio
import os
import sys
from pathlib import Path

from pydantic import TypeAdapter

from bot.errors import Unavailable
from bot.model import Calendar

SYSTEM = "pictures"
TIME_LIMIT_SECONDS = 10.0
_CALENDAR = TypeAdapter(Calendar)
DRAW = ("-m", "bot.adapters.pictures")
PNG = b"\x89PNG\r\n"


class PictureProcess:
    """Draws one picture at a time, so that pictures never take more than one processor. ``program`` is what draws, as
    the arguments of a Python interpreter. matplotlib keeps in ``cache`` which fonts there are."""

    def __init__(self, cache: Path, program: tuple[str, ...] = DRAW, limit: float = TIME_LIMIT_SECONDS) -> None:
        self._cache = cache
        self._program = program
        self._limit = limit
        self._turn = asyncio.Lock()

    async def draw(self, picture: Calendar) -> bytes:
        """See ``bot.ports.Pictures``."""
        async with self._turn:
            drawn = await self._run(_CALENDAR.dump_json(picture))
        if not drawn.startswith(PNG):
            raise Unavailable(SYSTEM, "nothing was drawn: is matplotlib installed?")
        return drawn

    async def _run(self, given: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MPLCONFIGDIR": str(self._cache)},
        )
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
