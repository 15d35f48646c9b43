"""HTTP mode as a process with few file descriptors, while somebody holds many connections half open."""

import asyncio
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.manifest import REQUEST_PATH
from handlers.transport.http import HEALTH_PATH
from local_slack import LocalSlack
from tests.local_slack.harness import Control, eventually
from tests.test_http_process import ROOT, STARTS_WITHIN, environ, slack

__all__ = ["environ", "slack"]

DESCRIPTORS, ATTACKERS = 128, 200
# Far fewer than one for each connection.
FEW_LINES = 150
UNFINISHED = [
    b"",
    b"POST /slack/events HTTP/1.1\r\nHost: x\r\n",
    b"G",
    b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 2_000,
]


def few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


@asynccontextmanager
async def half_open(port: int, start: bytes) -> AsyncIterator[None]:
    """Open so many connections that send only this, whether they are accepted or not."""
    writers: list[asyncio.StreamWriter] = []
    try:
        for _ in range(ATTACKERS):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(start)
            writers.append(writer)
        yield
    finally:
        for writer in writers:
            writer.close()


@pytest.mark.parametrize("start", UNFINISHED, ids=["nothing", "half a head", "a letter", "a long head"])
async def test_its_health_and_commands_are_answered_and_the_log_stays_short(
    slack: LocalSlack, environ: dict[str, str], tmp_path: Path, start: bytes
) -> None:
    port, log = int(environ["PORT"]), tmp_path / "bot.log"
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as shown:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "--http"), cwd=ROOT, env=environ, stderr=shown, preexec_fn=few_descriptors
        )
    try:
        async with aiohttp.ClientSession(slack.url) as http:
            await slack.deliver_to(url + REQUEST_PATH, STARTS_WITHIN)
            control = Control(http)

            async def is_answered() -> bool:
                return any(text.startswith("What you can type") for text in await control.texts())

            async with half_open(port, start):
                async with http.get(url + HEALTH_PATH, timeout=aiohttp.ClientTimeout(60)) as health:
                    healthy = await health.text()
                delivery = await control.command("help")
                await eventually(is_answered)
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), STARTS_WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert (healthy, delivery["http_status"], code) == ("ok\n", 200, 0)
    assert len(log.read_bytes().splitlines()) < FEW_LINES
