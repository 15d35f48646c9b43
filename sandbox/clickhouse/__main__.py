"""`python -m sandbox.clickhouse --path DIR --port 0`: serves one cluster on loopback and prints its port once."""

import argparse
import asyncio
import os
import signal
from pathlib import Path

from aiohttp import web

from sandbox.clickhouse.engine import Engine
from sandbox.clickhouse.request import Request
from sandbox.clickhouse.schema import create_statements
from sandbox.clickhouse.server import ClickHouseServer
from sandbox.leaving import run_and_leave
from sandbox.ports import listener

# In bytes, as ClickHouse's http_max_uri_size is by default: parameters of a statement come in the URL.
LONGEST_URL = 1_048_576


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.clickhouse", description=__doc__)
    parser.add_argument("--path", type=Path, required=True, help="directory of the data")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments = parser.parse_args()
    os.environ["TZ"] = "UTC"  # the engine takes its server time zone from here
    engine = Engine(arguments.path)
    try:
        for statement in create_statements():
            engine.run(Request(statement=statement, format="Null", query_id="", user=""))
        asyncio.run(_serve(engine, arguments.port))
    finally:
        engine.close()
    return 0


async def _serve(engine: Engine, port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(
        ClickHouseServer(engine).application(), access_log=None, shutdown_timeout=1, max_line_size=LONGEST_URL
    )
    await runner.setup()
    try:
        listening = listener(port)
        await web.SockSite(runner, listening).start()
        print(listening.getsockname()[1], flush=True)  # noqa: T201 - the parent process waits for this line
        await stopped.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    run_and_leave(main)
