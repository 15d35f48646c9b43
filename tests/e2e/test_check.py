"""``python -m bot check`` in a world that stands: all well, or the right lines for what is not."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters.store.server import PASSWORD, Server
from tests.e2e.processes import ROOT, Sandbox, bot, sandbox
from tests.loaded_bot import loaded_bot

pytestmark = pytest.mark.timeout(1_200)

TINY = ROOT / "tests" / "scenarios" / "tiny.toml"
PROBES = [
    "Slack",
    "Slack app token",
    "operators",
    "clock",
    "store",
    "outbox",
    "bots",
    "proof",
    *(
        f"{cluster} {system}"
        for cluster in ("alpha", "beta", "gamma")
        for system in ("Temporal", "runs", "ClickHouse")
    ),
]
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    with sandbox(TINY, tmp_path_factory.mktemp("check"), store_server, speed=3600) as world:
        yield world


def check(world: Sandbox, **changes: str) -> "subprocess.CompletedProcess[str]":
    """One check, which must show none of its secrets whatever it finds."""
    environ = {**world.environ, **changes}
    ended = loaded_bot().run(["check", "--env-file", os.devnull], ROOT, environ)
    secrets = [PASSWORD, *(environ[name] for name in TOKENS)]
    assert [secret for secret in secrets if secret in ended.stdout + ended.stderr] == []
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def failed(ended: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    """What was told of each probe that failed, its advice included."""
    shown: dict[str, str] = {}
    probe = ""
    for line in ended.stdout.splitlines()[:-1]:
        if not line.startswith(" "):
            word, rest = line[:6].strip(), line[6:]
            probe = rest[: max(map(len, PROBES))].strip() if word == "FAIL" else ""
        if probe:
            shown[probe] = f"{shown.get(probe, '')}{line}\n"
    return shown


@contextmanager
def cut(world: Sandbox, cluster: str, part: str) -> Iterator[None]:
    world.control.relay(cluster, part, "cut")
    try:
        yield
    finally:
        world.control.relay(cluster, part, "ok")


def with_line(world: Sandbox, key: str, value: str, folder: Path) -> str:
    """The path of a configuration whose first line of this key is another."""
    text = Path(world.environ["BACKFILL_CONFIG"]).read_text()
    before, _, rest = text.partition(f"\n{key} = ")
    copy = folder / "backfill.toml"
    copy.write_text(f"{before}\n{key} = {value}\n{rest.partition(chr(10))[2]}")
    return str(copy)


def test_all_is_well_in_a_world_that_stands(world: Sandbox) -> None:
    ended = check(world)

    # What is below a finding belongs to it.
    lines = [line for line in ended.stdout.splitlines() if not line.startswith(" ")]
    assert [line[6:].startswith(probe) for line, probe in zip(lines, PROBES, strict=False)] == [True] * len(PROBES)
    assert {line[:6] for line in lines[:-1]} == {"ok    "}
    assert lines[-1] == f"All {len(PROBES)} checks are ok."
    assert ended.returncode == 0


def test_a_cluster_that_is_away_fails_alone(world: Sandbox) -> None:
    with cut(world, "beta", "both"):
        ended = check(world)

    shown = failed(ended)
    assert ended.returncode == 1
    assert set(shown) == {"beta Temporal", "beta ClickHouse"}
    assert "[clusters.beta.temporal]" in shown["beta Temporal"]
    assert "[clusters.beta.clickhouse]" in shown["beta ClickHouse"]
    assert ended.stdout.splitlines()[-1] == f"2 of {len(PROBES)} checks failed, 1 not made."


@pytest.mark.parametrize(
    ("variable", "token", "probe"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-of-yesterday", "Slack"),
        ("SLACK_APP_TOKEN", "xapp-of-yesterday", "Slack app token"),
    ],
)
def test_a_wrong_token_is_named_by_its_variable(world: Sandbox, variable: str, token: str, probe: str) -> None:
    ended = check(world, **{variable: token})

    shown = failed(ended)
    assert ended.returncode == 1
    assert set(shown) == {probe}
    assert "invalid_auth" in shown[probe]
    assert variable in shown[probe]


def test_a_channel_that_is_not_there_says_where_to_name_another(world: Sandbox, tmp_path: Path) -> None:
    ended = check(world, BACKFILL_CONFIG=with_line(world, "channel", '"C0NOWHERE"', tmp_path))

    shown = failed(ended)
    assert ended.returncode == 1
    assert set(shown) == {"Slack"}
    assert "channel_not_found" in shown["Slack"]
    assert "[slack] channel" in shown["Slack"]


@pytest.mark.parametrize(
    ("key", "value", "told_of_alpha"),
    [
        ("types", '["CustomerBackfil"]', "no run of type CustomerBackfil is known to Temporal:"),
        ("task_queue", '"backfil"', "no worker polls task queue backfil:"),
    ],
)
def test_a_name_that_the_teams_code_does_not_know_fails_each_cluster_that_has_runs(
    world: Sandbox, tmp_path: Path, key: str, value: str, told_of_alpha: str
) -> None:
    ended = check(world, BACKFILL_CONFIG=with_line(world, key, value, tmp_path))

    shown = failed(ended)
    assert ended.returncode == 1
    assert set(shown) == {"alpha Temporal", "beta Temporal"}
    assert told_of_alpha in shown["alpha Temporal"]
    assert "[workflow]" in shown["alpha Temporal"]


def test_operators_whom_slack_does_not_know_are_told_before_anybody_needs_one(world: Sandbox, tmp_path: Path) -> None:
    config = Path(with_line(world, "operators", '["U0NOBODY"]', tmp_path))
    config.write_text(config.read_text().replace("operator_groups = [", 'operator_groups = ["S0NOBODY"] # ['))

    ended = check(world, BACKFILL_CONFIG=str(config))

    shown = failed(ended)
    assert ended.returncode == 1
    assert set(shown) == {"operators"}
    assert all(name in shown["operators"] for name in ("U0NOBODY", "S0NOBODY", "[slack] operators"))


def test_a_store_that_cannot_be_opened_is_one_line_beside_all_the_others(world: Sandbox, tmp_path: Path) -> None:
    ended = check(world, DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/bot.db")

    shown = failed(ended)
    assert ended.returncode == 1
    assert set(shown) == {"store"}
    assert "cannot be opened" in shown["store"]
    assert "DATABASE_URL" in shown["store"]
    assert ended.stdout.splitlines()[-1] == f"1 of {len(PROBES) - 3} checks failed."


def test_a_bot_that_connects_logs_its_own_events_and_not_those_of_its_libraries(
    world: Sandbox, tmp_path: Path
) -> None:
    with bot(world, tmp_path, LOG_LEVEL="info", LOG_FORMAT="json"):
        pass

    log = (tmp_path / "bot.log").read_text()
    assert '"connected to Slack"' in log
    assert "A new session" not in log
    assert [line for line in log.splitlines() if '"logger": "slack' in line] == []
