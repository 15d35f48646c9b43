"""Several bots on one store: each answers, one leads; when it dies or stops another one goes on, and nothing is told
twice or missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.e2e.control import Control, attempts_told
from tests.e2e.processes import STOP_LIMIT, TINY, Sandbox, bot, eventually, kill, sandbox
from tests.stores import StoreKind

pytestmark = pytest.mark.timeout(600)

SLOW_ANSWER = 5
BEGINS, ENDS, NOT_GIVEN_BACK = '"leading begins"', '"leading ends"', "lease not given back"
BEFORE, UNASKED = '"delivered before"', "delivery taken unasked"


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Its bots have a store of the kind that is the parameter."""
    server = request.getfixturevalue("postgresql") if request.param is StoreKind.POSTGRESQL else None
    with sandbox(TINY, tmp_path_factory.mktemp("replicas"), server, speed=3600) as world:
        yield world


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Who does not say on which stores is tested on the run's."""
    is_told = any("world" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "world" in metafunc.fixturenames and not is_told:
        metafunc.parametrize("world", [metafunc.config.getoption("--store")], indirect=True)


@pytest.fixture
def control(world: Sandbox) -> Control:
    return world.control


class Bots:
    """Bots by name, each with a folder for its log."""

    def __init__(self, world: Sandbox, folder: Path) -> None:
        self._world = world
        self._folder = folder

    @contextmanager
    def run(self, name: str) -> Iterator["Popen[str]"]:
        """One that is connected, until the block is left."""
        folder = self._folder / name
        folder.mkdir()
        with bot(self._world, folder, LOG_FORMAT="json") as process:
            yield process

    def log(self, name: str) -> str:
        return (self._folder / name / "bot.log").read_text()

    def count(self, words: str) -> int:
        """How often the bots have logged that."""
        return sum(log.read_text().count(words) for log in self._folder.glob("*/bot.log"))

    def leads(self, name: str) -> bool:
        """Whether it does, as far as it has told: a killed one says nothing of its end."""
        return self.log(name).count(BEGINS) > self.log(name).count(ENDS)


@pytest.fixture
def bots(world: Sandbox, tmp_path: Path) -> Bots:
    return Bots(world, tmp_path)


def attempts_in_thread(control: Control) -> list[int]:
    """The attempts that the thread of the one alert tells, in its order."""
    (alert,) = control.alerts()
    return attempts_told(control.thread(alert))


def goes_on(control: Control) -> None:
    """Wait until another attempt is told: all of them so far are, once each and in order."""
    eventually(control.alerts)
    before = len(attempts_in_thread(control))
    eventually(lambda: len(attempts_in_thread(control)) > before)
    attempts = attempts_in_thread(control)

    assert attempts == list(range(1, len(attempts) + 1))


def test_every_bot_answers_and_only_one_leads(control: Control, bots: Bots) -> None:
    with bots.run("one"), bots.run("two"):
        eventually(lambda: bots.leads("one"))
        goes_on(control)
        answers = [control.ask("/backfill help status") for _ in range(4)]
        last = control.get("_control/deliveries")["deliveries"][-4:]

        assert len({delivery["socket"] for delivery in last}) == 2
        assert len(set(answers)) == 1
        assert not bots.leads("two")


def ask_both(control: Control, bots: Bots, command: str) -> tuple[dict[str, Any], bool]:
    """The answer to a command that is delivered to both, and whether the store told both in time. Where it is slow, a
    second answer is better than none, and the bot says so."""
    unasked, before = bots.count(UNASKED), bots.count(BEFORE) + bots.count(UNASKED)
    control.fault("duplicate_envelope")
    answer = control.ask_message(command)
    # Who comes second says so, at its own pace.
    eventually(lambda: bots.count(BEFORE) + bots.count(UNASKED) > before)
    return answer, bots.count(UNASKED) == unasked


def test_what_is_delivered_to_both_bots_is_answered_by_one(control: Control, bots: Bots) -> None:
    with bots.run("one"), bots.run("two"):
        for word in ("ack", "snooze", "digest", "audit", "plan"):
            answer, in_time = ask_both(control, bots, f"/backfill help {word}")
            if in_time:
                break
        delivery = control.get("_control/deliveries")["deliveries"][-1]
        # Whoever was second has had time to answer, too.
        control.ask("/backfill help status")
        answers = [message for message in control.messages() if message["text"] == answer["text"]]

        assert (delivery["copies"], delivery["acked"]) == (2, True)
        assert len(answers) == 1


@pytest.mark.parametrize("world", list(StoreKind), indirect=True)
def test_a_leader_that_dies_while_it_posts_is_followed_and_nothing_told_twice(control: Control, bots: Bots) -> None:
    with bots.run("one") as first, bots.run("two"):
        goes_on(control)
        before = len(attempts_in_thread(control))
        control.fault("slow", method="chat.postMessage", seconds=SLOW_ANSWER)
        eventually(lambda: len(attempts_in_thread(control)) > before)
        kill(first)
        eventually(lambda: bots.leads("two"))
        goes_on(control)
        goes_on(control)

    assert len(control.alerts()) == 1


@pytest.mark.parametrize("world", list(StoreKind), indirect=True)
def test_a_leader_that_is_asked_to_stop_hands_over(control: Control, bots: Bots) -> None:
    with bots.run("one") as first, bots.run("two"):
        goes_on(control)
        first.terminate()
        code = first.wait(STOP_LIMIT)
        eventually(lambda: bots.leads("two"))
        goes_on(control)

    assert code == 0
    assert not bots.leads("one")
    # Whoever gives it back lets the other one lead at once, which tests/adapters/store holds every store to.
    assert NOT_GIVEN_BACK not in bots.log("one")
    assert "Traceback" not in bots.log("one") + bots.log("two")
