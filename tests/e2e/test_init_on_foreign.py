"""``backfill-bot init`` for each team of the foreign world: what it proposes reads every run rightly, or it asks.

The sandbox knows what each run is for, because it has started it. Only what a person who knows the team would answer
is answered here.
"""

import asyncio
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from bot.adapters.temporal import TemporalCluster, TemporalEngine
from bot.config import Config
from bot.fleet.diagnostics.mapping_reading import run_with_input
from bot.fleet.runs.identity import Identity
from bot.model import Window
from bot.usecases.check_runs import read_arguments
from bot.usecases.definitions import recogniser
from sandbox.scenario.model import Shape, State
from sandbox.scenario.runs import Range, Run
from sandbox.worker.shapes import SHAPES
from sandbox.worker.shapes.regional import REGION
from tests.adapters.store.server import Server
from tests.e2e.processes import Sandbox, sandbox
from tests.e2e.test_check import failed
from tests.loaded_bot import loaded_bot

pytestmark = pytest.mark.timeout(1_200)

CAMPAIGN = Window(date(2026, 1, 1), date(2026, 1, 11))
# The team's windows for the customer that had not begun.
WINDOWS = (
    Window.of_days(date(2026, 1, 1), 3),
    Window.of_days(date(2026, 1, 4), 4),
    Window.of_days(date(2026, 1, 8), 3),
)
CLUSTERS = ("children", "continued", "input", "parallel", "codec", "catches-cancel", "emea")
REGIONS = ("emea", "apac")
RIGHT_SHARE = 0.95
Known = tuple[str, Window] | None
NOT_RECOGNISED = None
LIMIT = timedelta(seconds=15)
EVERY_RUN = 1_000


@dataclass(frozen=True)
class Team:
    """One namespace of the world with its clusters, and the folder in which ``init`` runs. ``cluster`` is the
    first of them."""

    name: str
    cluster: Mapping[str, Any]
    folder: Path

    clusters: Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    with sandbox("foreign", tmp_path_factory.mktemp("init"), store_server, speed=3600) as world:
        teams = world.control.get("_control/world")["clusters"]
        asyncio.run(run_windows(teams))
        yield world


async def run_windows(teams: Mapping[str, Any]) -> None:
    """Each team runs windows of the customer that had not begun, and of the one that is complete."""
    await asyncio.gather(*(run_windows_of(name, cluster) for name, cluster in teams.items()))


async def run_windows_of(name: str, cluster: Mapping[str, Any]) -> None:
    shape = SHAPES[Shape(cluster["shape"])]
    address, namespace = cluster["temporal"]["direct"], cluster["namespace"]
    client = await Client.connect(address, namespace=namespace, data_converter=shape.data_converter)
    for customer in cluster["customers"][1:]:
        for window in WINDOWS:
            start = shape.start(Run(name, customer, Range(window.start, window.end), State.COMPLETE, 0))
            attributes = [
                SearchAttributePair(SearchAttributeKey.for_keyword(key), value)
                for key, value in start.search_attributes.items()
            ]
            await client.execute_workflow(
                start.workflow_type,
                args=start.arguments,
                id=start.id,
                task_queue=start.task_queue,
                search_attributes=TypedSearchAttributes(attributes),
                memo=start.memo,
            )


@pytest.fixture(scope="module", params=CLUSTERS)
def team(request: pytest.FixtureRequest, world: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Team:
    every = world.control.get("_control/world")["clusters"]
    cluster = every[request.param]
    clusters = [other for other in every.values() if other["namespace"] == cluster["namespace"]]
    return Team(request.param, cluster, tmp_path_factory.mktemp(request.param), clusters)


def init(team: Team, world: Sandbox) -> "subprocess.CompletedProcess[str]":
    """Without a terminal and without an answer to anything that the runs may leave open."""
    slack = tomllib.loads(Path(world.environ["BACKFILL_CONFIG"]).read_text())["slack"]
    where = {
        "--temporal": team.cluster["temporal"]["direct"],
        "--namespaces": team.cluster["namespace"],
        "--clickhouse": team.cluster["clickhouse"]["direct"],
        "--channel": slack["channel"],
        "--operators": ",".join(slack["operators"]),
    }
    return bot(team, world, "init", *(word for pair in where.items() for word in pair))


def bot(team: Team, world: Sandbox, *arguments: str) -> "subprocess.CompletedProcess[str]":
    own = {"BACKFILL_CONFIG": "backfill.toml", "DATABASE_URL": "sqlite+aiosqlite:///bot.db"}
    return loaded_bot().run(arguments, team.folder, {**world.environ, **own, "CLICKHOUSE_PASSWORD": ""})


def expected(team: Team) -> Counter[Known]:
    """The runs of this namespace: two of the scenario over the whole campaign, and the windows."""
    return Counter(run for cluster in team.clusters for run in [*_of_scenario(cluster), *_of_windows(cluster)])


def _of_scenario(cluster: Mapping[str, Any]) -> list[tuple[str, Window]]:
    return [(customer, CAMPAIGN) for customer in cluster["customers"][:2]]


def _of_windows(cluster: Mapping[str, Any]) -> list[tuple[str, Window]]:
    return [(customer, window) for customer in cluster["customers"][1:] for window in WINDOWS]


def filters(team: Team) -> set[str]:
    """The filters of the clusters, if they share their namespace: the sandbox tells regions apart."""
    return {f"{REGION} = '{name}'" for name in REGIONS} if len(team.clusters) > 1 else set()


async def read(team: Team) -> Counter[Known]:
    """What the written file takes each logical run for. Runs that others have started are their parts."""
    path = team.folder / "backfill.toml"
    config = Config.model_validate(tomllib.loads(path.read_text()))
    known, identities = recogniser(config), list[Identity | None]()
    for name, cluster in config.clusters.items():
        temporal = TemporalCluster(name, cluster.temporal, LIMIT).select(cluster.filter or "")
        engine = TemporalEngine(temporal, lambda: datetime.now(UTC))
        listed = [run for run in await engine.latest_executions((), EVERY_RUN) if not run.parent_run_id]
        by_id = {sample.execution.ref.workflow_id: sample for sample in await read_arguments(listed, engine)}
        for sample in by_id.values():
            mapping = known.mapping_of(sample.execution)
            identities.append(known.identify(run_with_input(mapping, sample)) if mapping else None)
    return Counter((found.customer, found.window) if found else NOT_RECOGNISED for found in identities)


def test_it_asks_nothing_reads_every_run_rightly_and_what_it_writes_passes_check(team: Team, world: Sandbox) -> None:
    proposed = init(team, world)
    assert proposed.returncode == 0, proposed.stdout + proposed.stderr
    written = tomllib.loads((team.folder / "backfill.toml").read_text())["clusters"]
    truth, found = expected(team), asyncio.run(read(team))
    wrong = [known for known in (found - truth).elements() if known is not NOT_RECOGNISED]
    right = (truth & found).total()

    assert {cluster["filter"] for cluster in written.values() if "filter" in cluster} == filters(team)
    assert not wrong
    assert right >= RIGHT_SHARE * truth.total(), f"{right} of {truth.total()} runs are read rightly"
    checked = bot(team, world, "check")
    assert failed(checked) == {}, checked.stdout
