"""A bot whose clock goes through the night in which the clocks of its digest are set back: it answers every command,
posts one digest, and stops when it is asked to.

Only the bot's clock is moved, by libfaketime: servers written in Go read the time without the C library.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import Control
from tests.e2e.processes import TINY, Sandbox, bot, eventually, sandbox

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("/usr/lib/faketime/libfaketime.so.1"))

pytestmark = [
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(not LIBRARY.exists(), reason="needs libfaketime (apt-get install libfaketime)"),
]

DIGEST = '\n[digest]\ncron = "30 1 * * *"\ntimezone = "America/New_York"\n'
# The clocks show this time at both, with an hour in between.
FIRST_HALF_PAST_ONE = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
SECOND_HALF_PAST_ONE = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
# A bot tells nothing of digests from before it saw the fleet first: it is to have seen it in time.
WHILE_IT_STARTS = timedelta(hours=1)
JUST_BEFORE = timedelta(seconds=5)
COMMANDS = ("help", "status", "status alpha", "struggling", "verify done-1", "plan toobig", "digest", "audit")


class Clock:
    """What the bot takes for the time, which may be set while it runs."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faketime"
        self._off = timedelta(0)

    def set(self, to: datetime) -> None:
        """It goes on from there."""
        self._off = to - datetime.now(UTC)
        self._file.write_text(f"{self._off.total_seconds():+.3f}")

    def now(self) -> datetime:
        """What the bot takes for the time."""
        return datetime.now(UTC) + self._off

    @property
    def environ(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def world(tmp_path: Path, store_server: Server | None) -> Iterator[Sandbox]:
    """One where no digest has been posted yet, with the digest at half past one in New York."""
    with sandbox(TINY, tmp_path, store_server, speed=3600) as world:
        config = Path(world.environ["BACKFILL_CONFIG"])
        without = config.read_text().partition("\n[digest]")
        rest = without[2].partition("\n[")
        config.write_text(without[0] + DIGEST + rest[1] + rest[2])
        yield world


def _digests(control: Control) -> list[dict[str, Any]]:
    metadata = [(message, message.get("metadata") or {}) for message in control.messages()]
    return [message for message, found in metadata if "digest:" in str(found)]


def _is_past(clock: Clock, moment: datetime) -> bool:
    return clock.now() > moment + timedelta(seconds=5)


def test_through_the_night_every_command_is_answered_and_one_digest_posted(world: Sandbox, tmp_path: Path) -> None:
    control, clock = world.control, Clock(tmp_path)
    clock.set(FIRST_HALF_PAST_ONE - WHILE_IT_STARTS)
    with bot(world, tmp_path, **clock.environ):
        # The bot watches: it has seen the fleet.
        eventually(control.alerts)
        clock.set(FIRST_HALF_PAST_ONE - JUST_BEFORE)
        eventually(lambda: _digests(control))
        clock.set(SECOND_HALF_PAST_ONE - JUST_BEFORE)
        answers = [control.ask(command) for command in COMMANDS]
        while not _is_past(clock, SECOND_HALF_PAST_ONE):
            answers.append(control.ask("status"))
        answers += [control.ask(command) for command in COMMANDS]
    # One that is started while the second half past one is not long ago.
    clock.set(SECOND_HALF_PAST_ONE + timedelta(minutes=15))
    with bot(world, tmp_path, **clock.environ):
        answers += [control.ask(command) for command in COMMANDS]

    assert all(answers)
    assert len(_digests(control)) == 1
