"""A standing world: what it tells, what is in it, and its relays."""

import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values

from tests.sandbox.processes import Sandbox, rows, sandbox


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox(tmp_path_factory.mktemp("world") / "env") as started:
        yield started


def test_the_environment_file_leads_a_bot_to_this_world(world: Sandbox) -> None:
    variables = dotenv_values(world.env_file)

    assert list(variables) == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "BACKFILL_CONFIG",
        "DATABASE_URL",
        "LOG_FORMAT",
    ]
    assert variables["SLACK_API_URL"] == f"{world.url}api/"
    assert Path(str(variables["BACKFILL_CONFIG"])).is_file()


def test_the_world_tells_what_it_is(world: Sandbox) -> None:
    answer = world.get("_control/world")

    assert answer["scenario"] == "tiny"
    assert answer["campaign"] == {"start": "2026-01-01", "end": "2026-01-11", "timezone": "UTC"}
    assert {name: cluster["customers"] for name, cluster in answer["clusters"].items()} == {
        "alpha": ["done-1", "windowed-2025-01-pilot", "partial", "toobig"],
        "beta": ["done-1", "steady", "idle", "nothing"],
        "gamma": [],
    }
    assert set(answer["processes"]) == {"temporal", "worker", *(f"clickhouse-{name}" for name in answer["clusters"])}


def test_complete_customers_have_every_row_and_cancelled_ones_what_they_had_done(world: Sandbox) -> None:
    alpha = world.get("_control/world")["clusters"]["alpha"]["clickhouse"]["relay"]
    counted = "SELECT customer, count() FROM {} WHERE customer != 'toobig' GROUP BY customer ORDER BY customer"

    assert rows(alpha, counted.format("source.scores")) == [
        ["done-1", 240],
        ["partial", 90],
        ["windowed-2025-01-pilot", 90],
    ]
    assert rows(alpha, counted.format("analytics.scores")) == [
        ["done-1", 240],
        ["partial", 36],  # 2 of 10 days, copied twice
        ["windowed-2025-01-pilot", 90],
    ]
    assert rows(alpha, counted.format("analytics.scores FINAL"))[1] == ["partial", 18]


def test_one_cluster_can_be_cut_off_alone(world: Sandbox) -> None:
    clusters = world.get("_control/world")["clusters"]
    status, answer = world.post("_control/relay", {"cluster": "alpha", "part": "clickhouse", "mode": "cut"})
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        rows(clusters["alpha"]["clickhouse"]["relay"], "SELECT 1")
    others = rows(clusters["beta"]["clickhouse"]["relay"], "SELECT 1")
    direct = rows(clusters["alpha"]["clickhouse"]["direct"], "SELECT 1")
    world.post("_control/relay", {"cluster": "alpha", "part": "both", "mode": "ok"})

    assert status == 200
    assert [relay["mode"] for relay in answer["relays"]] == ["ok", "cut", "ok", "ok", "ok", "ok"]
    assert others == direct == rows(clusters["alpha"]["clickhouse"]["relay"], "SELECT 1") == [[1]]


@pytest.mark.parametrize(
    ("order", "status", "error"),
    [
        (
            {"cluster": "omega", "part": "both", "mode": "cut"},
            404,
            "there is no cluster 'omega'; there are alpha, beta",
        ),
        ({"cluster": "alpha", "part": "both", "mode": "melt"}, 400, "mode: Input should be 'ok', 'cut', 'freeze' or"),
        ({"cluster": "alpha", "part": "both", "mode": "slow"}, 400, "delay_ms belongs to mode slow"),
        ({"cluster": "alpha", "part": "both", "mode": "ok", "delay_ms": 5}, 400, "delay_ms belongs to mode slow"),
        ([], 400, "body: Input should be an object"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(world: Sandbox, order: Any, status: int, error: str) -> None:
    answered, body = world.post("_control/relay", order)

    assert answered == status
    assert body["error"].startswith(error)
