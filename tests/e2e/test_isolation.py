"""One cluster's Temporal or ClickHouse goes away alone: what is said of it, and of all the others, meanwhile."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.store.server import Server
from tests.e2e.asking import BETWEEN_COMMANDS
from tests.e2e.control import Control, attempts_in
from tests.e2e.processes import TINY, Sandbox, bot, eventually, sandbox, settled

pytestmark = pytest.mark.timeout(1_200)

# In seconds. Long enough for several passes of the watcher, each of which finds nobody there.
AWAY = 6.0
# Long enough for the clusters that do answer on a busy machine.
PATIENCE = 6


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("isolation")
    with sandbox(TINY, folder, store_server, speed=3600, patience=PATIENCE) as world, bot(world, folder):
        yield world


@pytest.fixture
def control(world: Sandbox) -> Iterator[Control]:
    """With everything mended again afterwards, whatever a test has cut."""
    yield world.control
    world.control.relay("alpha", "both", "ok")
    eventually(lambda: "unknown" not in world.control.ask("/backfill status"), rest=BETWEEN_COMMANDS)


def shown(control: Control, alert: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The texts of all alerts, and the thread of one. Its picture may still be on its way."""
    return [each["text"] for each in control.alerts()], control.thread(alert)


@pytest.mark.parametrize("mode", ["cut", "freeze"])
def test_a_cluster_without_temporal_is_unknown_and_no_alert_opens_or_resolves(control: Control, mode: str) -> None:
    (alert,) = eventually(control.alerts)
    control.relay("alpha", "temporal", mode)
    eventually(lambda: "did not answer" in control.ask("/backfill status"), rest=BETWEEN_COMMANDS)
    # What was seen before it went away is still said.
    before = settled(lambda: shown(control, alert))
    until = time.monotonic() + AWAY
    answers = [control.ask_message("/backfill status")]
    while time.monotonic() < until:
        answers.append(control.ask_message("/backfill status"))
        time.sleep(0.5)

    for answer in answers:
        lines = answer["text"].splitlines()
        assert lines[0].startswith("At least 2 of 8 customers complete · ")
        assert lines[0].endswith(" · 4 unknown.")
        assert lines[2].startswith("alpha did not answer (")
        assert lines[4].startswith("steady on beta: running, full range. Attempt 1, healthy")
        assert lines[6].startswith("alpha unknown: did not answer (")
        assert ", last seen " in lines[6]
        assert lines[6].endswith(" ago")
        assert lines[7:9] == ["beta 2/4 complete, 2 open", "gamma: nothing to backfill"]
        assert "toobig" not in answer["text"]
    assert len(before[0]) == 1
    assert shown(control, alert) == before


def test_a_customer_there_is_unknown_and_struggling_names_who_was_not_looked_at(control: Control) -> None:
    eventually(control.alerts)
    control.relay("alpha", "temporal", "cut")
    eventually(lambda: "did not answer" in control.ask("/backfill status"), rest=BETWEEN_COMMANDS)
    customer = control.ask("/backfill status toobig")
    struggling = control.ask("/backfill struggling").splitlines()

    assert customer.startswith("toobig on alpha: unknown, alpha did not answer (")
    assert struggling[0] == "Nothing struggles: 1 open run, healthy, 1 cluster did not answer."
    assert struggling[1].startswith("alpha did not answer (")
    assert struggling[1].endswith(" ago: not looked at.")


def test_after_mending_the_cluster_is_right_again_and_its_alert_goes_on(control: Control) -> None:
    (alert,) = eventually(control.alerts)
    control.relay("alpha", "temporal", "freeze")
    eventually(lambda: "did not answer" in control.ask("/backfill status"), rest=BETWEEN_COMMANDS)
    shown = len(attempts_in(control.thread(alert)))
    control.relay("alpha", "temporal", "ok")

    eventually(lambda: "alpha 2/4 complete, 2 open" in control.ask("/backfill status"), rest=BETWEEN_COMMANDS)
    eventually(lambda: len(attempts_in(control.thread(alert))) > shown)
    attempts = attempts_in(control.thread(alert))
    assert attempts == list(range(1, len(attempts) + 1))
    assert len(control.alerts()) == 1


def test_verify_says_which_cluster_has_no_clickhouse_and_counts_the_rest(control: Control) -> None:
    control.relay("alpha", "clickhouse", "cut")
    answer = control.ask_message("/backfill verify all")

    lines = answer["text"].splitlines()
    assert lines[0] == "All clusters: 2 of 8 customers match, 1 differs, 1 not finished, 4 not verified."
    assert lines[2].startswith("alpha stopped answering (")
    assert lines[2].endswith("4 customers not verified: done-1, windowed-2025-01-pilot, partial, toobig.")
    assert control.ask_until_known("/backfill verify beta/done-1").startswith(
        "done-1 on beta matches: 40 scorecards and 80 scores, 10 days."
    )
    assert control.ask_until_known("/backfill status").startswith("4 of 8 customers complete · ")
    control.relay("alpha", "clickhouse", "ok")
    assert control.ask_until_known("/backfill verify alpha/done-1").startswith(
        "done-1 on alpha matches: 60 scorecards and 240 scores"
    )
