"""Measures how many windows a second many sequences run at once. Each window takes a second.

Run ``python -m benchmarks.sequences [SEQUENCES [DATABASE_URL [MINUTES]]]``. It prints windows a second, and how often
the bot's log contains "locked" and "not known"; both have to be 0. Without a URL the store is a new SQLite file.
Temporal is a dev server. Counts fail at once, because there is no ClickHouse.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from structlog.testing import capture_logs
from temporalio.client import Client

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.sequence_histories import notices
from benchmarks.world import CLUSTER, QUEUE, configuration, loaded
from bot.config import Loaded
from bot.errors import DependencyError
from bot.model import OnStuck, SequenceSpec, Sizes, Window
from bot.sequences.worker import working
from bot.services import Services
from bot.usecases.observe.history import catch_up
from bot.usecases.observe.sequences import open_sequences
from bot.wiring import make_client, make_temporals, open_services
from tests.adapters.temporal.server import TemporalServer

SEQUENCES = 1_000
WINDOWS = 3
FIRST_DAY = date(2026, 1, 1)
# Far above what it takes. After this time the open sequences are counted and reported.
MINUTES = 10
WORDS = ("locked", "not known")
LEAST_RATE, NONE = 50, Target(0)
LIMIT_IS = "bare workflows with as many activities"
PASS_EVERY = 5.0
LOOK_EVERY, ASK_EVERY = 1.0, 10.0
BEGIN_TRIES = 20
CONTROL = "[control]\nwindows_at_once = {sequences}\n"
# Of so many sequences the histories are read: they tell when each noticed the ends of its windows.
SAMPLE = 100
NOTICED = Target(2)


@dataclass(frozen=True, slots=True)
class Measured:
    """The result. Every ten seconds the bot asked all open sequences for their progress: over all these answers,
    ``queried`` counts the sequences, and ``known`` those with a progress. ``noticed`` has, for each window of
    ``SAMPLE`` sequences, the seconds from its end until the sequence noticed. ``left`` is how many sequences were
    still open at the end."""

    windows: int
    seconds: float
    words: Counter[str]
    known: int
    queried: int
    left: int
    noticed: Sequence[float]


async def measure(sequences: str = str(SEQUENCES), url: str = "", minutes: str = str(MINUTES)) -> Measuring:
    """Yield windows a second, how late ends of windows are noticed, how often the log complains, how many sequences
    are left open, and the share of answers that know the progress."""
    limit = await _limit_of_server(int(sequences))
    driven = await drive(int(sequences), url, timedelta(minutes=float(minutes)))
    name = f"{int(sequences):,} sequences"
    rate = driven.windows / driven.seconds
    target = Target(min(LEAST_RATE, limit), is_least=True)
    note = (
        f"{driven.windows:,} windows; the target is {LEAST_RATE} a second or what the server allows, if that is less"
    )
    yield Result(
        f"{name}, windows of a second", Figure.single(rate), "/s", target, Figure.single(limit), LIMIT_IS, note=note
    )
    noticed = f"{name}, from a window's end to its notice"
    if driven.noticed:
        yield Result(f"{noticed}, median", Figure.median_of(driven.noticed), "s")
        yield Result(f"{noticed}, p99", Figure.percentile_of(driven.noticed, 99), "s", NOTICED)
    for word in WORDS:
        yield Result(f"{name}, “{word}” in the log", Figure.single(driven.words[word]), "", NONE)
    yield Result(f"{name}, left when it gives up", Figure.single(driven.left), "", NONE)
    known = Figure.single(driven.known / driven.queried if driven.queried else 0)
    yield Result(f"{name}, answers that know the progress", known, "of 1")


async def _limit_of_server(sequences: int) -> float:
    """Windows a second of the bare sequences, on a server of their own."""
    with _temporal() as address:
        words = ("-m", "benchmarks.bare_sequences", address, QUEUE, str(sequences), str(WINDOWS))
        process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
        try:
            out, _ = await asyncio.wait_for(process.communicate(), MINUTES * 60)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
    return float(out)


async def drive(sequences: int, url: str, at_most: timedelta) -> Measured:
    """Run this number of sequences until all have ended, or until the time is over."""
    with tempfile.TemporaryDirectory() as folder, _temporal() as address, capture_logs() as logged:
        text = configuration({CLUSTER: ()}, address) + CONTROL.format(sequences=sequences)
        read = loaded(Path(folder), text, url)
        async with _bot(read) as services:
            began = time.perf_counter()
            customers = [f"customer-{number:04}" for number in range(sequences)]
            for customer in customers:
                await _begin(_spec(customer), services)
            answers: list[tuple[int, int]] = []
            left = await _until_ended(services, began + at_most.total_seconds(), answers)
            seconds = time.perf_counter() - began
            completed = await _completed(address)
            noticed = await notices(await Client.connect(address), SAMPLE)
    known, queried = (sum(numbers) for numbers in zip(*answers, strict=True)) if answers else (0, 0)
    return Measured(completed, seconds, _words(logged), known, queried, left, noticed)


@contextmanager
def _temporal() -> Iterator[str]:
    """Run a server and the team's worker; yields the server's address."""
    server = TemporalServer()
    server.start()
    worker = subprocess.Popen(  # noqa: S603  (the command is this program)
        [sys.executable, "-m", "benchmarks.one_second_window", server.address, QUEUE]
    )
    try:
        yield server.address
    finally:
        worker.kill()
        worker.wait(timeout=10)
        server.stop()


@asynccontextmanager
async def _bot(read: Loaded) -> AsyncIterator[Services]:
    """Run the bot without Slack: its workers, and a loop that keeps the run history up to date."""
    temporals = make_temporals(read)

    async def client_of(cluster: str) -> Client:
        return await temporals[cluster].worker_client()

    async with (
        open_services(read, make_client(read), temporals, lambda _: None) as services,
        working(services, client_of),
    ):
        passes = asyncio.create_task(_passes(services))
        try:
            yield services
        finally:
            passes.cancel()
            await asyncio.gather(passes, return_exceptions=True)


async def _begin(spec: SequenceSpec, services: Services) -> None:
    """Begin a sequence, and try again when a busy server does not answer in time. A repeated request begins no second
    sequence. Raises TimeoutError after ``BEGIN_TRIES``."""
    for _ in range(BEGIN_TRIES):
        with suppress(DependencyError):
            return await services.clusters[CLUSTER].control.begin(spec)
    raise TimeoutError(f"the server has not begun {spec.customer}")


async def _passes(services: Services) -> None:
    while True:
        with suppress(DependencyError):
            await catch_up(CLUSTER, services)
        await asyncio.sleep(PASS_EVERY)


async def _progress_of_all(services: Services) -> tuple[int, int]:
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    standings = (await open_sequences(CLUSTER, until, services)).standings
    return sum(standing.progress is not None for standing in standings), len(standings)


async def _until_ended(services: Services, until: float, answers: list[tuple[int, int]]) -> int:
    """Wait until all sequences have ended or the time is over. Returns how many are still open. Appends the answers
    about progress to ``answers``. Raises TimeoutError if the server never answered, because then nobody knows."""
    left: int | None = None
    asked_at = time.perf_counter()
    while left != 0 and time.perf_counter() < until:
        await asyncio.sleep(LOOK_EVERY)
        if time.perf_counter() - asked_at > ASK_EVERY:
            asked_at = time.perf_counter()
            answers.append(await _progress_of_all(services))
        with suppress(DependencyError):
            left = len(await services.clusters[CLUSTER].control.sequences())
    if left is None:
        raise TimeoutError("the server never told its sequences")
    return left


async def _completed(address: str) -> int:
    client = await Client.connect(address)
    counted = await client.count_workflows("WorkflowType = 'CustomerBackfill' AND ExecutionStatus = 'Completed'")
    return counted.count


def _words(logged: object) -> Counter[str]:
    text = [str(entry) for entry in logged] if isinstance(logged, list) else []
    return Counter(word for entry in text for word in WORDS if word in entry)


def _spec(customer: str) -> SequenceSpec:
    return SequenceSpec(
        id=f"s-{customer}",
        cluster=CLUSTER,
        customer=customer,
        asked="run",
        clear=(),
        adopt=(),
        days=(Window.of_days(FIRST_DAY, WINDOWS),),
        sizes=Sizes(days=1, least=1, most=1, target=timedelta(seconds=1)),
        parallel=1,
        split_after=2,
        on_stuck=OnStuck.STOP,
        cancel_patience=timedelta(minutes=15),
        started_by="U0BENCH",
        started_at=datetime.now(UTC),
        reason="a benchmark",
        plan_digest="",
        thread_key=f"sequence:s-{customer}",
    )


if __name__ == "__main__":
    alone.run(measure)
