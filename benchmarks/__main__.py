"""``python -m benchmarks``: every ratio, a line each, and how much of Slack's rate the outbox reaches."""

import asyncio

from benchmarks.pairs import Ratio
from benchmarks.past import long_past_to_short_one
from benchmarks.posts import posts_to_allowed_rate
from benchmarks.status import status_to_bare_temporal
from benchmarks.verify import verify_to_bare_final


async def main() -> None:
    """Measure and print."""
    ratios = (await status_to_bare_temporal(), await verify_to_bare_final(), *await long_past_to_short_one())
    for ratio in ratios:
        print(line(ratio))  # noqa: T201  (what it is for)
    print(await posts_to_allowed_rate())  # noqa: T201


def line(ratio: Ratio) -> str:
    """``status   1.23 times its floor (1.10 to 1.41 over 15 pairs; floor 98 ms)``"""
    spread = f"{ratio.lowest:.2f} to {ratio.highest:.2f} over {ratio.pairs} pairs"
    return f"{ratio.name:<9} {ratio.median:.2f} times its floor ({spread}; floor {ratio.floor_ms:.0f} ms)"


if __name__ == "__main__":
    asyncio.run(main())
