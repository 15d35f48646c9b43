"""``python -m tests.chaos``: the day of the operations log with so many kills of the bot, and what went wrong."""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.adapters.store.server import running_server
from tests.chaos.day import Day, live
from tests.stores import StoreKind

# The four that were too big for one run, on their clusters.
FOUR = {
    "marriott": "us-east-1-prod",
    "united-east": "us-east-1-prod",
    "spirit": "us-east-1-prod",
    "hilton": "voice-prod",
}
# 61 hours of windows last a quarter of an hour, as two hundred kills do.
SPEED = 240.0
DONE_WITHIN = 900.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--bots", type=int, default=1, help="so many on one store")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=StoreKind, choices=list(StoreKind), default=StoreKind.SQLITE)
    options = parser.parse_args()
    day = Day("morning", SPEED, options.seed, options.kills, options.bots, FOUR, DONE_WITHIN)
    begun = time.monotonic()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="backfill-chaos-"))
        is_file = options.store is StoreKind.SQLITE
        outcome = live(day, Path(folder), None if is_file else stack.enter_context(running_server()))
    _print_line(
        f"{options.kills} kills of {options.bots} bot(s), seed {options.seed}, {time.monotonic() - begun:.0f} s:"
    )
    for name, number in outcome.numbers.items():
        _print_line(f"  {number:>6,} {name}")
    for each in outcome.wrong:
        _print_line(f"WRONG: {each}")
    _print_line(f"{len(outcome.wrong)} things wrong")
    return 1 if outcome.wrong else 0


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
