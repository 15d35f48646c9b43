"""The whole day: a world, bots in it that are killed, people at work, troubles; then peace, and the verdict."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.adapters.store.server import Server
from tests.chaos.bots import Bots
from tests.chaos.channel import ChannelMessage, read_channel
from tests.chaos.memory import Memory, read_memory, waits
from tests.chaos.people import People
from tests.chaos.plan import planned, standing
from tests.chaos.troubles import happen
from tests.chaos.truth import Truth, read_truth
from tests.chaos.verdict import DIGESTS_APART, differences
from tests.e2e.processes import DEFAULT_PATIENCE, Sandbox, eventually, sandbox, settled

DIGESTS = f"*/{DIGESTS_APART // timedelta(minutes=1)} * * * *"


@dataclass(frozen=True)
class Day:
    """What is to happen, on which world. ``split`` are the customers that people split, each with its cluster."""

    scenario: str
    speed: float
    seed: int
    kills: int
    bots: int
    split: Mapping[str, str]
    done_within: float
    """Seconds after the troubles."""


@dataclass(frozen=True)
class Outcome:
    """How it went: what differs from what should have been, and numbers that say how much was tried."""

    wrong: tuple[str, ...]
    numbers: Mapping[str, int]


def live(day: Day, folder: Path, store: Server | None) -> Outcome:
    """Bounded in kills and in time; leaves no process behind. ``store`` as for ``sandbox``."""
    with sandbox(day.scenario, folder, store, speed=day.speed, patience=DEFAULT_PATIENCE) as world:
        begun_at = datetime.now(UTC)
        with _bots(day, world, folder) as bots:
            _through_the_day(day, world, bots)
            url = world.environ["DATABASE_URL"]
            eventually(lambda: not waits(url), limit=day.done_within)
            settled(lambda: _shown(world), limit=day.done_within)
            codes = bots.stop()
            seen = read_channel(world.control), read_memory(url), read_truth(world.control, begun_at)
            wrong = (*differences(*seen), *_of_processes(bots, codes))
            return Outcome(wrong, _numbers(*seen, bots))


@contextmanager
def _bots(day: Day, world: Sandbox, folder: Path) -> Iterator[Bots]:
    config = folder / "chaos.toml"
    standard = Path(world.environ["BACKFILL_CONFIG"]).read_text("utf-8")
    config.write_text(re.sub(r"(?m)^cron = .*$", f'cron = "{DIGESTS}"', standard), "utf-8")
    bots = Bots(world, folder, day.bots, BACKFILL_CONFIG=str(config))
    try:
        yield bots
    finally:
        bots.end()


def _through_the_day(day: Day, world: Sandbox, bots: Bots) -> None:
    control = world.control
    clusters = sorted(control.get("_control/world")["clusters"])
    for fault in standing(day.seed):
        control.post("_control/faults", **fault)
    troubles = planned(day.seed, day.kills, day.bots, sorted(set(day.split.values())) or clusters)
    people = People(control, day.split, begun_within=day.done_within * 2, done_within=day.done_within * 2)
    with ThreadPoolExecutor() as at_work:
        work = at_work.submit(people.work)
        happen(troubles, bots, control)
        bots.revive()
        work.result()


def _shown(world: Sandbox) -> list[tuple[str, str]]:
    return [(posted.ts, posted.text) for posted in read_channel(world.control)]


def _of_processes(bots: Bots, codes: list[int]) -> Iterator[str]:
    yield from bots.own_ends
    for code in codes:
        if code != 0:
            yield f"a bot that was asked to stop ended with {code}"
    yield from errors_in(bots.logs)


def errors_in(logs: str) -> Iterator[str]:
    """The lines of errors. Slack's own client takes a lost socket for an error, and Temporal's takes a workflow for
    deadlocked if the machine leaves its thread no time for two seconds: the server then gives it the task again."""
    for entry in re.split(r"\n(?=\d{4}-\d\d-\d\dT)", logs):
        line = entry.partition("\n")[0]
        if "[error" in line and "Failed to " not in line and "TMPRL1101" not in entry:
            yield line


def _numbers(channel: tuple[ChannelMessage, ...], memory: Memory, truth: Truth, bots: Bots) -> Mapping[str, int]:
    return {
        "messages": len(channel),
        "threads": len({posted.thread for posted in channel} - {""}),
        "left out": sum(bool(each.left_out) for each in memory.messages),
        "digests": sum(posted.key.startswith("digest:") for posted in channel),
        "alerts": sum(bool(re.fullmatch(r"episode:\w+", posted.key)) for posted in channel),
        "lines of sequences": sum(len(each.lines) for each in truth.sequences),
        "sequences": len(truth.sequences),
        "runs": len(truth.runs),
        "bots connected": bots.lives,
    }
