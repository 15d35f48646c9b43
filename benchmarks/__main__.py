"""``python -m benchmarks``: every ratio, a line each."""

import asyncio

from benchmarks.pairs import Ratio
from benchmarks.status import status_to_bare_temporal
from benchmarks.verify import verify_to_bare_final


async def main() -> None:
    """Measure and print."""
    for ratio in (await status_to_bare_temporal(), await verify_to_bare_final()):
        print(line(ratio))  # noqa: T201  (what it is for)


def line(ratio: Ratio) -> str:
    """``status  1.23 times its floor (1.10 to 1.41 over 15 pairs; floor 98 ms)``"""
    spread = f"{ratio.lowest:.2f} to {ratio.highest:.2f} over {ratio.pairs} pairs"
    return f"{ratio.name:<8} {ratio.median:.2f} times its floor ({spread}; floor {ratio.floor_ms:.0f} ms)"


if __name__ == "__main__":
    asyncio.run(main())
