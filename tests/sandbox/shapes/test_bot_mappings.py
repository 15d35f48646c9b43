"""What the bot is told about each shape is enough: it recognises what the team starts, and starts what the team's
worker takes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue
from temporalio.converter import DataConverter

from bot.config import Config, load
from bot.fleet.planning.start_request import start_order
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.input_hints import input_hints
from bot.model import Execution, ExecutionStatus, Ref, Window
from bot.usecases.definitions import recogniser, start_template
from bot.usecases.mapping_mistakes import mapping_mistakes
from sandbox.bot_files import ClusterAddresses, Team, backfill_toml
from sandbox.scenario.load import load_scenario
from sandbox.scenario.model import Shape, State
from sandbox.scenario.runs import Range, Run
from sandbox.worker.shapes import SHAPES
from sandbox.worker.shapes.team import Start

SCENARIO = load_scenario("foreign").scenario
CLUSTERS = list(SCENARIO.clusters)
DAYS = Range(date(2026, 1, 3), date(2026, 1, 8))


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The bot's own reading of the file that the sandbox writes."""
    addresses = {
        name: ClusterAddresses("127.0.0.1:7233", "http://127.0.0.1:8233", "http://127.0.0.1:8123")
        for name in CLUSTERS
    }
    file: Path = tmp_path_factory.mktemp("bot") / "backfill.toml"
    file.write_text(backfill_toml(SCENARIO, addresses, Team("C1", ["U1"], ["S1"]), speed=120))
    environ = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "BACKFILL_CONFIG": str(file)}
    return load(environ, check=mapping_mistakes).config


def test_the_scenario_has_every_shape_but_the_demos() -> None:
    assert {cluster.shape for cluster in SCENARIO.clusters.values()} == set(Shape) - {Shape.DEMO}


def as_json(start: Start) -> list[JsonValue]:
    """The arguments as Temporal has them."""
    payloads = DataConverter.default.payload_converter.to_payloads(start.arguments)
    return [json.loads(payload.data) for payload in payloads]


def as_temporal_tells(cluster: str, start: Start, config: Config) -> Execution:
    """The run as the bot reads it: what is encoded tells nothing."""
    mapping = recogniser(config).mappings[cluster][start.workflow_type]
    shown = {**start.memo, **input_hints(as_json(start), mapping.input.names if mapping.input else ())}
    is_encoded = SCENARIO.clusters[cluster].shape is Shape.CODEC
    return Execution(
        ref=Ref(cluster, start.id, "run-1"),
        workflow_type=start.workflow_type,
        task_queue=start.task_queue,
        status=ExecutionStatus.RUNNING,
        started_at=datetime(2026, 2, 1, tzinfo=UTC),
        hints={**({} if is_encoded else shown), **start.search_attributes},
    )


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_what_a_team_starts_is_recognised(cluster: str, config: Config) -> None:
    start = SHAPES[SCENARIO.clusters[cluster].shape].start(Run(cluster, "orion", DAYS, State.RUNNING, 0))

    known = recogniser(config).identify(as_temporal_tells(cluster, start, config))
    assert known == Identity("orion", Window(DAYS.start, DAYS.end))


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_what_the_bot_starts_is_what_the_team_would_have_started(cluster: str, config: Config) -> None:
    team = SHAPES[SCENARIO.clusters[cluster].shape].start(Run(cluster, "orion", DAYS, State.RUNNING, 0))
    order = start_order(start_template(config, cluster), "orion", Window(DAYS.start, DAYS.end), "")

    assert (order.workflow_type, order.task_queue) == (team.workflow_type, team.task_queue)
    assert dict(team.search_attributes).items() <= order.hints.items()
    assert list(order.arguments) == [without_story(value) for value in as_json(team)][: len(order.arguments)]


def without_story(value: JsonValue) -> JsonValue:
    """Without what only the sandbox sets, to play what is over, and what a run tells its own continuation."""
    if not isinstance(value, dict):
        return value
    own = ("days_before_story", "options", "done_days", "rows")
    return {name: without_story(inner) for name, inner in value.items() if name not in own}
