"""``python -m benchmarks``: every ratio, a line each, and how much of Slack's rate the outbox reaches."""

import asyncio

from benchmarks.full_pass import full_pass_to_bare_client
from benchmarks.pairs import line
from benchmarks.past import long_past_to_short_one
from benchmarks.posts import posts_to_allowed_rate
from benchmarks.status import status_to_bare_temporal
from benchmarks.verify import verify_lines


async def main() -> None:
    """Measure and print."""
    lines: list[str] = [
        line(await status_to_bare_temporal()),
        line(await full_pass_to_bare_client()),
        *await verify_lines(),
        *map(line, await long_past_to_short_one()),
        str(await posts_to_allowed_rate()),
    ]
    print("\n".join(lines))  # noqa: T201  (what it is for)


if __name__ == "__main__":
    asyncio.run(main())
