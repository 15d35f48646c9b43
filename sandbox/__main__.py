"""`python -m sandbox`: runs a local Slack, Temporal, ClickHouse and the bot on this machine until Ctrl-C. The
command line is explained in docs/sandbox.md."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

import aiohttp
from temporalio.exceptions import TemporalError

from sandbox.data_dir import open_data_dir
from sandbox.errors import SandboxError
from sandbox.leaving import run_and_leave
from sandbox.options import Options, read_options
from sandbox.scenario.load import load_scenario
from sandbox.world import World

# A port in use, a full disk, a part that refused: the terminal shows these in one line, without a traceback.
EXPECTED = (SandboxError, OSError, aiohttp.ClientError, TemporalError)
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    troubles: list[str] = []
    try:
        asyncio.run(_run(options))
    except* EXPECTED as group:
        troubles.append(_first_words(group))
    for words in troubles:
        note(words)
    return 1 if troubles else 0


async def _run(options: Options) -> None:
    stopped = asyncio.Event()
    for number in STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    scenario = load_scenario(options.scenario)
    with open_data_dir(options.data, scenario) as data:
        world = World(options, scenario, data, note)
        # If a process has died, its error is the one to show: other failures are its consequences.
        await _first(_death(world), world.live(ready), _wait(stopped))


async def _first(*works: Coroutine[Any, Any, None]) -> None:
    """Runs all works until the first one ends, then cancels the others and waits for their end. Raises the error of
    the work that has ended first, if it has failed."""
    tasks = [asyncio.create_task(work) for work in works]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    ended = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def _death(world: World) -> None:
    raise await world.death()


async def _wait(stopped: asyncio.Event) -> None:
    await stopped.wait()
    note("stopping: the bot, the worker and the servers are ended in order, which takes a few seconds")


def ready(url: str) -> None:
    print(f"sandbox ready: {url}", flush=True)  # noqa: T201 - callers wait for this line
    note(f"open {url} in a browser; Ctrl-C ends everything")


def note(line: str) -> None:
    print(f"sandbox: {line}", file=sys.stderr, flush=True)  # noqa: T201 - progress for the terminal


def _first_words(group: BaseExceptionGroup[Exception]) -> str:
    """Returns the text of the first error. The sandbox's own errors come first, because they say more than a
    library's."""
    own = group.subgroup(SandboxError)
    first: BaseException = own or group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return str(first) or repr(first)


if __name__ == "__main__":
    run_and_leave(lambda: main(sys.argv[1:]))
