"""``python -m bot --http`` as a process: signed commands are answered, and it ends as it should."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.manifest import REQUEST_PATH
from handlers.transport.http import HEALTH_PATH
from local_slack import LocalSlack
from tests.local_slack.harness import Control, eventually

ROOT = Path(__file__).parent.parent
ENDS_WITHIN = 10.0  # seconds
STARTS_WITHIN = 60.0

CONFIG = """
[campaign]
start = 2026-01-01
end = 2026-02-21
[workflow]
types = ["CustomerBackfill"]
task_queue = "backfill"
[slack]
channel = "{channel}"
[[verify.tables]]
name = "scores"
table = "analytics.scores"
customer_column = "customer"
time_column = "scored_at"
[volume]
query = "SELECT 1"
[clusters.voice-prod]
customers = ["hilton"]
temporal = {{ address = "127.0.0.1:1", namespace = "voice-prod" }}
clickhouse = {{ url = "http://127.0.0.1:1" }}
"""


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


@pytest.fixture
def environ(slack: LocalSlack, tmp_path: Path) -> dict[str, str]:
    """The environment of a bot in HTTP mode whose cluster is away; without the token that Socket Mode needs."""
    config = tmp_path / "backfill.toml"
    config.write_text(CONFIG.format(channel=slack.channels["backfills"]))
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "BACKFILL_CONFIG": str(config),
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
        "LISTEN_HOST": "127.0.0.1",
        "PORT": str(port),
    }


@asynccontextmanager
async def bot(environ: Mapping[str, str], log: Path) -> AsyncIterator[Process]:
    """Run the bot until the block is left; then it has ended."""
    with log.open("wb") as shown:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "--http", "--env-file", os.devnull, cwd=ROOT, env=environ, stderr=shown
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_it_answers_tells_its_health_and_ends_when_asked(
    slack: LocalSlack, environ: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "bot.log"
    url = f"http://127.0.0.1:{environ['PORT']}"
    async with bot(environ, log) as process, aiohttp.ClientSession(slack.url) as http:
        await slack.deliver_to(url + REQUEST_PATH, STARTS_WITHIN)
        control = Control(http)
        delivery = await control.command("help")

        async def answered() -> bool:
            return any(text.startswith("What you can type") for text in await control.texts())

        await eventually(answered)
        async with http.get(url + HEALTH_PATH) as health:
            healthy = await health.text()
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        after = await control.command("help")

    assert (delivery["http_status"], delivery["error"], healthy, code) == (200, None, "ok\n", 0)
    assert after["error"] == "dispatch_failed"
    assert slack.signing_secret not in log.read_text()
    assert "Traceback" not in log.read_text()


async def test_what_it_has_acknowledged_is_answered_before_it_ends(
    slack: LocalSlack, environ: dict[str, str], tmp_path: Path
) -> None:
    async with bot(environ, tmp_path / "bot.log") as process, aiohttp.ClientSession(slack.url) as http:
        await slack.deliver_to(f"http://127.0.0.1:{environ['PORT']}{REQUEST_PATH}", STARTS_WITHIN)
        control = Control(http)
        await control.fault(fault="slow", method="users.info", seconds=1.5)
        await control.command("help")
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        posted = await control.texts()

    assert code == 0
    assert any(text.startswith("What you can type") for text in posted)


async def test_without_its_signing_secret_it_says_so_and_does_not_start(
    environ: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "bot.log"
    async with bot({**environ, "SLACK_SIGNING_SECRET": " "}, log) as process:
        code = await asyncio.wait_for(process.wait(), STARTS_WITHIN)

    assert code == 2
    (line,) = log.read_text().splitlines()
    assert line.startswith("environment: SLACK_SIGNING_SECRET: missing; HTTP mode expects the signing secret")
