"""The tiny world with a bot in it, for all modules that look at it: started by the first, ended with the last."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import Control
from tests.e2e.processes import LAST_LINES, TINY, Sandbox, bot, sandbox
from tests.e2e.scopes import not_asked_for


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="package")
def tiny(folder: Path, store_server: Server | None) -> Iterator[Sandbox]:
    """The world of tests/scenarios/tiny.toml, where an hour is a second."""
    with sandbox(TINY, folder, store_server, speed=3600) as world:
        yield world


@pytest.fixture(scope="package")
def tiny_bot(tiny: Sandbox, folder: Path) -> Iterator["Popen[str]"]:
    with bot(tiny, folder) as process:
        yield process


@pytest.fixture
def control(tiny: Sandbox, tiny_bot: "Popen[str]", folder: Path) -> Iterator[Control]:
    """Whatever a test does there, the bot goes on and has nothing to hide."""
    log = folder / "bot.log"
    yield tiny.control
    assert tiny_bot.poll() is None, log.read_text()[-LAST_LINES:]
    assert "Traceback" not in log.read_text(), log.read_text()[-LAST_LINES:]
    assert not_asked_for(tiny.control) == []
