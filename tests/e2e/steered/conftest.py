"""A world to run backfills in, with a bot, for all modules that do: each test has customers of its own."""

from collections.abc import Iterator

import pytest

from tests.adapters.store.server import Server
from tests.e2e.confirming import close, do
from tests.e2e.processes import LAST_LINES, SCENARIOS, Sandbox, bot, sandbox
from tests.e2e.scopes import not_asked_for


@pytest.fixture(scope="package")
def steered(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    """The world of tests/scenarios/control.toml: started by the first module, ended with the last."""
    folder = tmp_path_factory.mktemp("control")
    with (
        sandbox(SCENARIOS / "control.toml", folder, store_server, speed=3600) as world,
        bot(world, folder) as process,
    ):
        yield world
        assert not_asked_for(world.control) == []
        assert process.poll() is None, (folder / "bot.log").read_text()[-LAST_LINES:]
    shown = (folder / "bot.log").read_text()
    assert "Traceback" not in shown, shown[shown.index("Traceback") - 200 :][:LAST_LINES]


@pytest.fixture(scope="package", autouse=True)
def halved(steered: Sandbox) -> None:
    """Begun before anything else, since it takes longest; nobody looks after it."""
    do(steered.control, "/backfill run halved")
    close(steered.control)
