"""``--version``, ``--help`` and ``manifest`` against Python's own start, as whoever types them waits.

Run alone, ``python -m benchmarks.start_up``.
"""

import asyncio
import sys

from benchmarks.pairs import compare, line

COMMANDS = ("--version", "--help", "manifest")


async def main() -> None:
    """Measure and print."""
    for command in COMMANDS:
        ratio = await compare(command, lambda c=command: _run("-m", "bot", c), lambda: _run("-c", "pass"))  # type: ignore[misc]
        print(line(ratio), flush=True)  # noqa: T201


async def _run(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0


if __name__ == "__main__":
    asyncio.run(main())
