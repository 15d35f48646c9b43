"""``python -m tests.fuzz``: many inputs for each target, and a line for each thing that became of them."""

import argparse
import asyncio
import logging
import sys
import time

import structlog

from tests.fuzz.inputs import Inputs
from tests.fuzz.targets import Tally, clicked, requested, typed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=100_000, help="for each of the three targets")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name, target in (("parser", typed), ("values", clicked), ("endpoint", _requested)):
        begun = time.monotonic()
        tally = target(Inputs(options.seed), options.inputs)
        _print_line(f"{name}: {tally.total():,} inputs of seed {options.seed} in {time.monotonic() - begun:.0f} s")
        for outcome, count in sorted(tally.items()):
            _print_line(f"  {count:>9,}  {outcome}")
    return 0


def _requested(inputs: Inputs, count: int) -> Tally:
    return asyncio.run(requested(inputs, count))


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
