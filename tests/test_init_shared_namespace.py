"""``backfill-bot init`` where several clusters share a namespace: it proposes each with a filter that finds its runs
and no others, and what it writes passes ``check``."""

import asyncio
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.temporal import TemporalCluster, TemporalEngine
from bot.config import Config
from bot.fleet.diagnostics.mapping_reading import run_with_input
from bot.model import Window
from bot.usecases.check_runs import read_arguments
from bot.usecases.definitions import recogniser
from local_slack import LocalSlack
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.temporal.server import TemporalServer
from tests.test_init_command import check, flags, tokens
from tests.world_of_init import CUSTOMERS, Start, bot, every_run, fill_tables, running

LIMIT = timedelta(seconds=15)
# The first two customers are on one cluster, and the last two on the other: one of them is on both.
OF_CLUSTER = {"eu": CUSTOMERS[:2], "us": CUSTOMERS[1:]}


@pytest.fixture(scope="module")
def temporal() -> Iterator[TemporalServer]:
    server = TemporalServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    server = ClickHouseServer(tmp_path_factory.mktemp("clickhouse") / "data")
    server.start()
    fill_tables(server)
    yield server
    server.stop()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


def argument(name: str, days: Window, **more: Any) -> list[Any]:
    return [{"tenant": name, "from": str(days.start), "to": str(days.last), **more}]


SHAPES: dict[str, Callable[[int, str, str, Window], Start]] = {
    "by-attribute": lambda n, cluster, name, days: Start(
        f"{cluster}-job-{n}", argument(name, days, bucket=f"s3://{cluster}-data/raw"), attributes={"Region": cluster}
    ),
    "by-queue": lambda n, cluster, name, days: Start(
        f"fill-{name}-{days.start}-{days.last}-{n}", argument(name, days), queue=f"fill-{cluster}-v2"
    ),
    "by-id": lambda _n, cluster, name, days: Start(
        f"bf/{cluster}/{name}/{days.start}..{days.last}", argument(name, days, region=cluster)
    ),
    "by-id-that-tells-everything": lambda n, cluster, name, days: Start(
        f"{cluster}:{name}:{days.start:%Y%m%d}:{days.end:%Y%m%d}", [{"dry_run": False, "n": n % 2}]
    ),
}
FILTERS = {
    "by-attribute": "Region = '{0}'",
    "by-queue": "TaskQueue = 'fill-{0}-v2'",
    "by-id": "WorkflowId STARTS_WITH 'bf/{0}/'",
    "by-id-that-tells-everything": "WorkflowId STARTS_WITH '{0}:'",
}
IDS = {
    "by-attribute": "backfill-{cluster}-{customer}-{start}-{end}",
    "by-queue": "backfill-{cluster}-{customer}-{start}-{end}",
    "by-id": "bf/{cluster}/{customer}/{start}..{last}",
    "by-id-that-tells-everything": None,
}


def runs() -> Iterator[tuple[int, str, str, Window]]:
    """The number, cluster, customer and days of each run."""
    pairs = [(cluster, run) for cluster, names in OF_CLUSTER.items() for run in every_run() if run[1] in names]
    yield from ((number, cluster, name, days) for number, (cluster, (_, name, days)) in enumerate(pairs))


@pytest.mark.parametrize("shape", SHAPES)
async def test_each_cluster_of_a_namespace_gets_a_filter_and_every_run_is_read_rightly(
    shape: str, temporal: TemporalServer, clickhouse: ClickHouseServer, slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(temporal, shape, [SHAPES[shape](*run) for run in runs()]):
        ended = await bot(tmp_path, *flags(temporal, clickhouse, slack, shape), **tokens(slack))
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
        written = tomllib.loads(await asyncio.to_thread((tmp_path / "backfill.toml").read_text))
        read = await read_by_cluster(Config.model_validate(written))
        checked = await check(tmp_path, slack)

    assert {name: cluster["filter"] for name, cluster in written["clusters"].items()} == {
        name: FILTERS[shape].format(name) for name in OF_CLUSTER
    }
    assert {name: tuple(cluster["customers"]) for name, cluster in written["clusters"].items()} == {
        name: tuple(sorted(names)) for name, names in OF_CLUSTER.items()
    }
    assert written["workflow"].get("start", {}).get("id") == IDS[shape]
    assert read == Counter((cluster, name, days) for _, cluster, name, days in runs())
    assert checked.returncode == 0, checked.stdout


async def read_by_cluster(config: Config) -> Counter[tuple[str, str, Window] | None]:
    """What the written file takes each run for, on the cluster whose filter finds it."""
    known, found = recogniser(config), Counter[tuple[str, str, Window] | None]()
    for name, cluster in config.clusters.items():
        temporal = TemporalCluster(name, cluster.temporal, LIMIT).select(cluster.filter or "")
        engine = TemporalEngine(temporal, lambda: datetime.now(UTC))
        for sample in await read_arguments(await engine.latest_executions((), 1_000), engine):
            mapping = known.mapping_of(sample.execution)
            identity = known.identify(run_with_input(mapping, sample)) if mapping else None
            found[(name, identity.customer, identity.window) if identity else None] += 1
    return found
