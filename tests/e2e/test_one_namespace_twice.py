"""A configuration in which two clusters are one namespace, by two addresses of it: told before, and survived."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import attempts_in
from tests.e2e.processes import TINY, Sandbox, bot, eventually, sandbox
from tests.e2e.test_check import check, failed
from tests.wording import TIMED_OUT

pytestmark = pytest.mark.timeout(1_200)

SAME = "twin and alpha are the same namespace of the same Temporal"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    with sandbox(TINY, tmp_path_factory.mktemp("twice"), store_server, speed=3600) as world:
        yield world


@pytest.fixture(scope="module")
def twice(world: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The world's configuration, and alpha once more as ``twin``, under another address."""
    text = Path(world.environ["BACKFILL_CONFIG"]).read_text()
    alpha = tomllib.loads(text)["clusters"]["alpha"]
    host, _, port = alpha["temporal"]["address"].partition(":")
    assert host == "127.0.0.1"
    copy = tmp_path_factory.mktemp("config") / "backfill.toml"
    copy.write_text(f"""{text}
[clusters.twin]
customers = ["toobig"]
temporal = {{ address = "localhost:{port}", namespace = "{alpha["temporal"]["namespace"]}" }}
clickhouse = {{ url = "{alpha["clickhouse"]["url"]}", username = "{alpha["clickhouse"].get("username", "default")}" }}
""")
    return str(copy)


def test_check_names_both_and_says_what_to_do(world: Sandbox, twice: str) -> None:
    ended = check(world, BACKFILL_CONFIG=twice)

    shown = failed(ended)
    assert ended.returncode == 1
    assert [probe for probe in shown if probe.endswith("Temporal")] == ["twin Temporal"]
    assert SAME in shown["twin Temporal"]
    assert "take one of the two out of backfill.toml" in shown["twin Temporal"]


def test_a_bot_that_runs_so_alerts_once_and_tells_why_it_does_not_watch_the_other(
    world: Sandbox, twice: str, tmp_path: Path
) -> None:
    with bot(world, tmp_path, BACKFILL_CONFIG=twice):
        control = world.control
        eventually(lambda: control.alerts() and len(attempts_in(control.thread(control.alerts()[0]))) >= 3)
        shown = control.ask("/backfill status twin")

        assert [alert["text"].partition(f" {TIMED_OUT}")[0] for alert in control.alerts()] == ["toobig on alpha"]
        assert SAME in shown

    log = (tmp_path / "bot.log").read_text()
    assert log.count("two clusters are one namespace") == 1
    assert "sequences are not carried on" in log
