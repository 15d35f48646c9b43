"""Many sequences with windows of a second: ``python -m benchmarks.sequences [SEQUENCES [DATABASE_URL [MINUTES]]]``.

It tells windows a second, and how often the bot's log says "locked" and "not known"; both have to be 0. Without a
URL the store is a new SQLite file. Temporal is a dev server; counts fail at once, because there is no ClickHouse.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from structlog.testing import capture_logs
from temporalio.client import Client

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from bot.config import Loaded, load
from bot.errors import DependencyError
from bot.model import OnStuck, SequenceSpec, Sizes, Window
from bot.sequences.worker import working
from bot.services import Services
from bot.usecases.observe.history import catch_up
from bot.usecases.observe.sequences import open_sequences
from bot.wiring import make_client, make_temporals, open_services
from tests.adapters.temporal.server import TemporalServer

CLUSTER = "bench"
QUEUE = "backfill"
SEQUENCES = 1_000
WINDOWS = 3
FIRST_DAY = date(2026, 1, 1)
# Far above what it takes; a run that does not end is reported as it stands.
MINUTES = 10
WORDS = ("locked", "not known")
LEAST_RATE, NONE = Target(50, is_least=True), Target(0)
PASS_EVERY = 5.0
ASK_EVERY = 10.0
BEGIN_TRIES = 20
_CONFIG = """
[campaign]
start = 2026-01-01
end = 2026-02-21
[workflow]
types = ["CustomerBackfill"]
task_queue = "{queue}"
[slack]
channel = "C0BACKFILLS"
[watch]
every = "1s"
[[verify.tables]]
name = "scores"
table = "analytics.scores"
customer_column = "customer"
time_column = "scored_at"
[volume]
query = "SELECT 1"
[clusters.{cluster}]
customers = []
temporal = {{ address = "{address}", namespace = "default" }}
clickhouse = {{ url = "http://127.0.0.1:1" }}
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """The result. Every ten seconds all sequences were asked for their progress: over all these answers, ``queried``
    counts the sequences, and ``known`` those with a progress."""

    windows: int
    seconds: float
    words: Counter[str]
    known: int
    queried: int
    left: int


async def measure(sequences: str = str(SEQUENCES), url: str = "", minutes: str = str(MINUTES)) -> Measuring:
    """The rate, what went wrong, and what is left when it gives up."""
    driven = await drive(int(sequences), url, timedelta(minutes=float(minutes)))
    name = f"{int(sequences):,} sequences"
    rate = Figure.single(driven.windows / driven.seconds)
    yield Result(f"{name}, windows of a second", rate, "/s", LEAST_RATE, note=f"{driven.windows:,} windows")
    for word in WORDS:
        yield Result(f"{name}, “{word}” in the log", Figure.single(driven.words[word]), "", NONE)
    yield Result(f"{name}, left when it gives up", Figure.single(driven.left), "", NONE)
    known = Figure.single(driven.known / driven.queried if driven.queried else 0)
    yield Result(f"{name}, answers that know the progress", known, "of 1")


async def drive(sequences: int, url: str, at_most: timedelta) -> Measured:
    """Run this number of sequences until all have ended, or until the time is over."""
    with tempfile.TemporaryDirectory() as folder, _temporal() as address, capture_logs() as logged:
        loaded = _loaded(Path(folder), address, url or f"sqlite+aiosqlite:///{folder}/store.db")
        async with _bot(loaded) as services:
            began = time.perf_counter()
            customers = [f"customer-{number:04}" for number in range(sequences)]
            for customer in customers:
                await _begin(_spec(customer), services)
            answers: list[tuple[int, int]] = []
            left = await _until_ended(services, began + at_most.total_seconds(), answers)
            seconds = time.perf_counter() - began
            completed = await _completed(address)
    known, queried = (sum(numbers) for numbers in zip(*answers, strict=True)) if answers else (0, 0)
    return Measured(completed, seconds, _words(logged), known, queried, left)


@contextmanager
def _temporal() -> Iterator[str]:
    """A server, and the team's worker."""
    server = TemporalServer()
    server.start()
    worker = subprocess.Popen(  # noqa: S603  (its own program)
        [sys.executable, "-m", "benchmarks.one_second_window", server.address, QUEUE]
    )
    try:
        yield server.address
    finally:
        worker.kill()
        worker.wait(timeout=10)
        server.stop()


def _loaded(folder: Path, address: str, url: str) -> Loaded:
    file = folder / "backfill.toml"
    file.write_text(_CONFIG.format(queue=QUEUE, cluster=CLUSTER, address=address))
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    return load({**tokens, "BACKFILL_CONFIG": str(file), "DATABASE_URL": url})


@asynccontextmanager
async def _bot(loaded: Loaded) -> AsyncIterator[Services]:
    """The bot without Slack: its workers, and passes that keep up the run history."""
    temporals = make_temporals(loaded)

    async def client_of(cluster: str) -> Client:
        return await temporals[cluster].worker_client()

    async with (
        open_services(loaded, make_client(loaded), temporals, lambda _: None) as services,
        working(services, client_of),
    ):
        passes = asyncio.create_task(_passes(services))
        try:
            yield services
        finally:
            passes.cancel()
            await asyncio.gather(passes, return_exceptions=True)


async def _begin(spec: SequenceSpec, services: Services) -> None:
    """Begin a sequence, and try again when a busy server does not answer in time: a repeated request begins no
    second one."""
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
    """Wait until all sequences have ended or the time is over. Returns how many are still open."""
    left = -1
    while left and time.perf_counter() < until:
        await asyncio.sleep(ASK_EVERY)
        answers.append(await _progress_of_all(services))
        with suppress(DependencyError):
            left = len(await services.clusters[CLUSTER].control.sequences())
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
