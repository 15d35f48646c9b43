"""A whole bot in a process of its own, as a deployment runs it, connected to a local Slack of this process."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from local_slack import LocalSlack
from tests.local_slack.harness import Control, eventually

CONNECTED_WITHIN = timedelta(minutes=2)
ANSWER_WITHIN = timedelta(minutes=1)
STOPPED_WITHIN = timedelta(seconds=30)
ROOT = Path(__file__).parent.parent
MEGABYTE = 1_000_000
# The end of the bot's log that an error quotes, because it says why the bot has ended.
LAST_CHARACTERS = 2_000

Act = Callable[[], Awaitable[object]]
IsEnd = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Bot:
    """The process and the Slack that it is connected to. ``began`` is its start by the performance counter, and
    ``connected_after`` the seconds from then until it was connected."""

    process: Process
    slack: LocalSlack
    control: Control
    began: float
    connected_after: float

    async def answered(self, text: str) -> float:
        """Type a command and wait for its answer. Returns the seconds from one to the other."""
        return await self.seconds_until(_is_answer, partial(self.control.command, text), ANSWER_WITHIN)

    async def dialog_filled(self, act: Act, within: timedelta) -> float:
        """Do something that fills or updates a dialog, and wait until the bot has done so. Returns the seconds."""
        return await self.seconds_until(_is_update, act, within)

    async def seconds_until(self, is_end: IsEnd, act: Act, within: timedelta) -> float:
        """The seconds from ``act`` to the first call of Slack's Web API that ``is_end``."""
        began, last = time.perf_counter(), int((await self.control.get("calls"))["last_id"])
        await act()
        await eventually(partial(self._has_called, is_end, last), within.total_seconds())
        return time.perf_counter() - began

    async def _has_called(self, is_end: IsEnd, last_call: int) -> bool:
        later = await self.control.get("calls", since=str(last_call))
        return any(map(is_end, later["calls"]))

    @property
    def memory(self) -> float:
        """The resident memory in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1_024 / MEGABYTE
        raise RuntimeError("the bot has ended")

    @property
    def descriptors(self) -> int:
        """How many files and connections it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


@asynccontextmanager
async def whole_bot(folder: Path, text: str) -> AsyncIterator[Bot]:
    """Run a bot with this configuration, with its store and log in the folder. Yields it when it is connected; raises
    RuntimeError with the end of its log if it does not connect in time."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(LocalSlack())
        http = await stack.enter_async_context(aiohttp.ClientSession(slack.url))
        began = time.perf_counter()
        process = await stack.enter_async_context(_process(folder, text, slack))
        try:
            await slack.wait_connected(CONNECTED_WITHIN.total_seconds())
        except TimeoutError as exc:
            raise RuntimeError((folder / "bot.log").read_text()[-LAST_CHARACTERS:]) from exc
        yield Bot(process, slack, Control(http), began, time.perf_counter() - began)


@asynccontextmanager
async def _process(folder: Path, text: str, slack: LocalSlack) -> AsyncIterator[Process]:
    file = folder / "backfill.toml"
    file.write_text(text.replace("C0BACKFILLS", slack.channels["backfills"]))
    environ: Mapping[str, str] = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "BACKFILL_CONFIG": str(file),
        "DATABASE_URL": database_url(folder),
    }
    words = (sys.executable, "-m", "bot", "--env-file", os.devnull)
    with (folder / "bot.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *words, cwd=ROOT, env=environ, stdin=PIPE, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOPPED_WITHIN.total_seconds())
        except TimeoutError:
            process.kill()
            await process.wait()


def database_url(folder: Path) -> str:
    """The address of the store of the bot in this folder."""
    return f"sqlite+aiosqlite:///{folder}/store.db"


def _is_answer(call: Mapping[str, Any]) -> bool:
    """Whether the call carries an answer to a person who has typed a command."""
    return call["status"] == 200 and call["method"] in ("response_url", "chat.postEphemeral")


def _is_update(call: Mapping[str, Any]) -> bool:
    """Whether the call has updated an open dialog."""
    return (call["status"], call["method"]) == (200, "views.update")
