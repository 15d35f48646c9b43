"""The tiny world with a bot in it, started once for all the modules that look at it."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import Control
from tests.e2e.processes import SCENARIOS, TINY, Sandbox, bot, sandbox

LAST_LINES = 3_000  # characters of a log that a failed test shows


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path, store_server: Server | None) -> Iterator[Sandbox]:
    """The world of tests/scenarios/tiny.toml, where an hour is a second."""
    with sandbox(TINY, tiny_folder, store_server, speed=3600) as world:
        yield world


@pytest.fixture(scope="session")
def tiny_bot(tiny: Sandbox, tiny_folder: Path) -> Iterator["Popen[str]"]:
    with bot(tiny, tiny_folder) as process:
        yield process


@pytest.fixture
def control(tiny: Sandbox, tiny_bot: "Popen[str]", tiny_folder: Path) -> Iterator[Control]:
    """Whatever a test does there, the bot goes on and has nothing to hide. Modules with other worlds override it."""
    log = tiny_folder / "bot.log"
    yield tiny.control
    assert tiny_bot.poll() is None, log.read_text()[-LAST_LINES:]
    assert "Traceback" not in log.read_text(), log.read_text()[-LAST_LINES:]


@pytest.fixture(scope="session")
def steered(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    """The world of tests/scenarios/control.toml with a bot in it, for all modules that run backfills there: each
    test has customers of its own."""
    folder = tmp_path_factory.mktemp("control")
    with (
        sandbox(SCENARIOS / "control.toml", folder, store_server, speed=3600) as world,
        bot(world, folder) as process,
    ):
        yield world
        assert process.poll() is None, (folder / "bot.log").read_text()[-LAST_LINES:]
    told = (folder / "bot.log").read_text()
    assert "Traceback" not in told, told[told.index("Traceback") - 200 :][:LAST_LINES]
