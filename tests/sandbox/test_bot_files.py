"""The files a bot of this world is configured by."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bot_files import ClusterAddresses, Team, backfill_toml, database_url, environment_file
from sandbox.scenario.load import load_scenario
from sandbox.scenario.model import Scenario
from sandbox.scenario.pace import world_pace
from sandbox.worker.contract import TASK_QUEUE, WORKFLOW_TYPE, Backfill

TEAM = Team(channel="C1", operators=["U1"], operator_groups=["S1"])
TINY = Path(__file__).parents[1] / "scenarios" / "tiny.toml"


def config_of(scenario: Scenario, speed: float) -> dict[str, Any]:
    addresses = {
        name: ClusterAddresses(
            f"127.0.0.1:{7000 + number}", "http://127.0.0.1:8233", f"http://127.0.0.1:{8000 + number}"
        )
        for number, name in enumerate(scenario.clusters)
    }
    return tomllib.loads(backfill_toml(scenario, addresses, TEAM, speed))


def test_every_cluster_has_its_customers_and_addresses() -> None:
    config = config_of(load_scenario(str(TINY)).scenario, speed=120)

    assert list(config["clusters"]) == ["alpha", "beta", "gamma"]
    assert config["clusters"]["gamma"]["customers"] == []
    assert config["clusters"]["beta"] == {
        "customers": ["done-1", "steady", "idle", "nothing"],
        "temporal": {"address": "127.0.0.1:7001", "namespace": "beta", "ui": "http://127.0.0.1:8233"},
        "clickhouse": {"url": "http://127.0.0.1:8001", "username": "default"},
    }


def test_campaign_and_team_are_those_of_the_world() -> None:
    config = config_of(load_scenario(str(TINY)).scenario, speed=120)

    assert config["campaign"] == {"start": date(2026, 1, 1), "end": date(2026, 1, 11), "timezone": "UTC"}
    assert config["slack"] == {"channel": "C1", "operators": ["U1"], "operator_groups": ["S1"]}


def test_patience_is_shortened_by_the_speed_down_to_its_floors() -> None:
    scenario = load_scenario(str(TINY)).scenario
    slow, fast = config_of(scenario, speed=2), config_of(scenario, speed=10_000)

    assert (slow["watch"]["stalled_after"], slow["watch"]["no_worker_after"]) == ("1800s", "300s")
    assert (fast["watch"]["stalled_after"], fast["watch"]["no_worker_after"]) == ("60s", "15s")
    assert (slow["alerts"]["remind_after"], fast["alerts"]["remind_after"]) == ("7200s", "300s")


def test_expectations_are_counted_in_the_source_tables() -> None:
    config = config_of(load_scenario(str(TINY)).scenario, speed=120)

    assert [table["table"] for table in config["verify"]["tables"]] == ["analytics.scorecards", "analytics.scores"]
    assert "FROM source.scores\n" in config["verify"]["tables"][1]["expected"]
    assert "{start:Date}" in config["volume"]["query"]


def test_sizes_are_told_in_scaled_rows_and_shortened_hours() -> None:
    sizing = config_of(load_scenario("morning").scenario, speed=120)["sizing"]

    assert sizing["target"] == "90s"
    assert sizing["tiers"] == [{"up_to": 50, "days": 10}, {"up_to": 250, "days": 5}, {"days": 1}]
    assert sizing["overrides"] == {"cvs": 1}
    assert sizing["baselines"][0] == {"name": "hilton", "scorecards": 82, "days": 5, "took": "68s"}
    assert sizing["baselines"][-1] == {"name": "cvs", "scorecards": 95, "days": 1}


def test_a_scenario_that_says_nothing_of_sizes_leaves_them_to_the_bot_in_times_of_this_world() -> None:
    sizing = config_of(load_scenario(str(TINY)).scenario, speed=120)["sizing"]

    assert sizing == {"target": "90s", "shortest": "15s"}


def test_times_that_windows_are_measured_by_have_floors() -> None:
    sizing = config_of(load_scenario("morning").scenario, speed=10_000)["sizing"]

    assert (sizing["target"], sizing["shortest"]) == ("10s", "15s")


def test_the_bot_runs_windows_one_at_a_time_and_waits_for_a_cancel_longer_than_a_silent_attempt_lasts() -> None:
    scenario = load_scenario("morning").scenario
    slow, fast = config_of(scenario, speed=2)["control"], config_of(scenario, speed=10_000)["control"]

    assert (slow["parallel"], slow["split_after"], slow["on_stuck"]) == (1, 2, "stop")
    assert (slow["cancel_patience"], fast["cancel_patience"]) == ("450s", "30s")
    assert world_pace(scenario.pace, speed=10_000).heartbeat_timeout * 3 < timedelta(seconds=30)


def test_what_the_bot_starts_is_what_the_worker_takes() -> None:
    workflow = config_of(load_scenario(str(TINY)).scenario, speed=120)["workflow"]

    assert (workflow["types"], workflow["task_queue"]) == ([WORKFLOW_TYPE], TASK_QUEUE)
    assert Backfill(**workflow["input"]) == Backfill("{customer}", "{start}", "{end}")


@given(customer=st.text(min_size=1).filter(str.isprintable).filter(lambda name: name == name.strip()))
def test_any_name_a_scenario_may_hold_survives_the_file(customer: str) -> None:
    scenario = Scenario.model_validate(
        {
            "campaign": {"start": "2026-01-01", "end": "2026-01-02"},
            "clusters": {"one": {"customers": {customer[:100].strip(): {"scorecards": 1, "scores": 1, "hours": 1}}}},
        }
    )

    assert config_of(scenario, speed=1)["clusters"]["one"]["customers"] == [customer[:100].strip()]


def test_the_environment_file_is_read_back_by_dotenv(tmp_path: Path) -> None:
    variables = {"PLAIN": "xoxb-1", "SPACED": "/a b/backfill.toml", "URL": "sqlite+aiosqlite:////a/b.db"}
    (tmp_path / "env").write_text(environment_file(variables))

    assert dotenv_values(tmp_path / "env") == variables


def test_the_database_url_is_absolute() -> None:
    assert database_url(Path("/world/bot.db")) == "sqlite+aiosqlite:////world/bot.db"
