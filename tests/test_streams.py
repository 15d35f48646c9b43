"""``python -m bot`` without a terminal, a log or a reader: it works all the same, and its exit code is true."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import PIPE

import aiohttp

from tests.local_slack.harness import eventually
from tests.test_http_process import ROOT, STARTS_WITHIN, environ, slack

__all__ = ["environ", "slack"]

BOT = (sys.executable, "-m", "bot")
SERVE = (*BOT, "--http", "--env-file", os.devnull)
WITHOUT_STREAMS = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")


async def is_up(environ: dict[str, str]) -> bool:
    async with aiohttp.ClientSession() as http:
        try:
            async with http.get(f"http://127.0.0.1:{environ['PORT']}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def test_a_bot_whose_streams_are_closed_serves_and_stops(environ: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(*WITHOUT_STREAMS, *SERVE, cwd=ROOT, env=environ)
    try:
        await eventually(lambda: is_up(environ), STARTS_WITHIN)
    finally:
        process.terminate()
        code = await process.wait()

    assert code == 0


async def test_a_bot_whose_log_nobody_reads_any_more_serves_and_stops(environ: dict[str, str]) -> None:
    reader, writer = os.pipe()
    process = await asyncio.create_subprocess_exec(*SERVE, cwd=ROOT, env=environ, stderr=writer, stdout=writer)
    os.close(writer)
    os.close(reader)
    try:
        await eventually(lambda: is_up(environ), STARTS_WITHIN)
    finally:
        process.terminate()
        code = await process.wait()

    assert code == 0


def test_a_report_that_nobody_takes_is_a_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        ended = subprocess.run([*BOT, "manifest"], cwd=ROOT, stdout=closed, stderr=PIPE, check=False, timeout=60)

    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
