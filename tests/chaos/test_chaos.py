"""A short day in which everything fails that can; ``make chaos`` lives a long one."""

from pathlib import Path

import pytest

from tests.adapters.store.server import Server
from tests.chaos.day import Day, live
from tests.e2e.processes import SCENARIOS

SPLIT = {"bigtop": "east", "twins": "east", "seen": "west"}


@pytest.mark.timeout(400)
def test_a_day_of_kills_loses_and_doubles_nothing(tmp_path: Path, store_server: Server | None) -> None:
    day = Day(str(SCENARIOS / "chaos.toml"), 3600, seed=2, kills=8, bots=2, split=SPLIT, done_within=150)
    outcome = live(day, tmp_path, store_server)

    assert outcome.wrong == ()
    assert outcome.numbers["sequences"] >= len(SPLIT)
    assert outcome.numbers["alerts"] >= len(SPLIT)
