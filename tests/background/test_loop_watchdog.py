"""The watchdog logs whatever blocks the event loop, with its stack and its end, and nothing else."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.background.loop_watchdog import FRAMES, watched_loop
from tests.handlers.confirming import eventually

ROOT = Path(__file__).parents[2]
SPAN = timedelta(milliseconds=200)
LIMIT = 30.0

Lines = list[Any]


def blocks_until(condition: Callable[[], bool]) -> None:
    """Keep the loop's thread busy, as an endless step would."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        sum(range(1_000))


def blocked(lines: Lines) -> Lines:
    return [line for line in lines if line["event"] == "event loop blocked"]


def over(lines: Lines) -> Lines:
    return [line for line in lines if line["event"] == "event loop goes on"]


async def test_a_step_that_does_not_end_is_told_with_its_stack_while_it_goes_on() -> None:
    with capture_logs() as lines, watched_loop(SPAN):
        blocks_until(lambda: bool(blocked(lines)))
        (line,) = blocked(lines)

    assert line["log_level"] == "warning"
    assert "in blocks_until" in line["stack"]
    assert "test_loop_watchdog.py" in line["stack"]


async def test_when_it_is_over_the_log_says_how_long_it_took() -> None:
    with capture_logs() as lines, watched_loop(SPAN):
        blocks_until(lambda: bool(blocked(lines)))
        await eventually(lambda: bool(over(lines)))

    assert over(lines)[0]["was_blocked_for_s"] >= SPAN.total_seconds()


def _block_for_long(lines: Lines) -> int:
    """Block the loop, and go on for a while after that was logged; returns how often it was logged."""
    before = len(blocked(lines))
    blocks_until(lambda: len(blocked(lines)) > before)
    told_at = time.monotonic()
    blocks_until(lambda: time.monotonic() - told_at > 4 * SPAN.total_seconds())
    return len(blocked(lines)) - before


async def test_one_block_is_told_once_however_long_it_takes_and_the_next_one_again() -> None:
    with capture_logs() as lines, watched_loop(SPAN):
        first = _block_for_long(lines)
        await eventually(lambda: len(over(lines)) == len(blocked(lines)))
        second = _block_for_long(lines)

    assert (first, second) == (1, 1)


async def test_a_loop_that_waits_or_has_much_to_do_in_short_steps_is_not_blocked() -> None:
    span = timedelta(seconds=10)
    with capture_logs() as lines, watched_loop(span):
        await asyncio.sleep(1)
        for _ in range(10_000):
            await asyncio.sleep(0)

    assert lines == []


async def test_a_stack_without_end_is_told_by_its_innermost_part() -> None:
    with capture_logs() as lines, watched_loop(SPAN):

        def deep(levels: int) -> None:
            if levels:
                deep(levels - 1)
            else:
                blocks_until(lambda: bool(blocked(lines)))

        deep(5 * FRAMES)

    line = blocked(lines)[0]
    assert line["stack"].count("  File ") <= FRAMES
    assert "in blocks_until" in line["stack"]


async def test_its_thread_ends_with_the_block_and_leaves_nothing_behind() -> None:
    before = set(threading.enumerate())
    with watched_loop():
        during = set(threading.enumerate()) - before

    assert [thread.name for thread in during] == ["watchdog"]
    assert set(threading.enumerate()) == before


async def test_an_error_in_the_block_passes_through_and_ends_the_watch() -> None:
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError), watched_loop():
        raise ZeroDivisionError

    assert set(threading.enumerate()) == before


FROZEN = """
import asyncio
from datetime import timedelta
from bot.background.loop_watchdog import watched_loop

def freezes():
    while True:
        pass

async def main():
    with watched_loop(timedelta(milliseconds=200)):
        freezes()

asyncio.run(main())
"""


def test_a_loop_that_never_comes_back_is_told_too() -> None:
    with subprocess.Popen([sys.executable, "-c", FROZEN], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        shown = next((line for line in lines if "in freezes" in line), "")
        still_runs = process.poll() is None
        process.kill()

    assert shown
    assert still_runs
