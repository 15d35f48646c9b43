"""Several bots on one store: each answers and watches some of the clusters, one posts. When one dies or stops the
others go on, and nothing is told twice or missed."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import Control, attempts_in
from tests.e2e.processes import STOP_LIMIT, TINY, Sandbox, bot, eventually, kill, sandbox

pytestmark = pytest.mark.timeout(1_200)

SLOW_ANSWER = 5
CLUSTERS = {"alpha", "beta", "gamma"}
NOT_GIVEN_BACK = "leases not given back"
BEFORE, UNASKED = "delivered before", "delivery taken unasked"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox(TINY, tmp_path_factory.mktemp("replicas"), None, speed=3600) as world:
        yield world


class Bots:
    """Bots by name on one store, each with a folder for its log."""

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

    def count(self, event: str) -> int:
        """How often the bots have logged that they did this."""
        names = [log.parent.name for log in self._folder.glob("*/bot.log")]
        return sum(line["event"].startswith(event) for name in names for line in self._lines(name))

    def leads(self, name: str) -> bool:
        """Whether it does, as far as it has told: a killed one says nothing of its end."""
        events = [line["event"] for line in self._lines(name)]
        return events.count("leading begins") > events.count("leading ends")

    def watched(self, name: str) -> set[str]:
        """The clusters that it watches, as far as it has told."""
        watched: set[str] = set()
        for line in self._lines(name):
            if line["event"] == "watching begins":
                watched |= {*line["clusters"]}
            elif line["event"] == "watching ends":
                watched -= {*line["clusters"]}
        return watched

    def share(self, *names: str) -> bool:
        """Whether these bots watch all clusters, each of them some, and no cluster is watched by two."""
        shares = [self.watched(name) for name in names]
        return all(shares) and set().union(*shares) == CLUSTERS and sum(map(len, shares)) == len(CLUSTERS)

    def _lines(self, name: str) -> list[dict[str, Any]]:
        """Those that are written to their end."""
        return [json.loads(line) for line in self.log(name).splitlines() if line[:1] + line[-1:] == "{}"]


class Story:
    """What the channel has shown of the one run that struggles since this began. Another store begins another
    alert."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._before = {alert["ts"] for alert in control.alerts()}

    @property
    def alerts(self) -> list[dict[str, Any]]:
        return [alert for alert in self._control.alerts() if alert["ts"] not in self._before]

    @property
    def attempts(self) -> list[int]:
        """The attempts that the thread of the one alert tells, in its order."""
        (alert,) = self.alerts
        return attempts_in(self._control.thread(alert))

    def goes_on(self) -> None:
        """Wait until another attempt is told: all of them so far are, once each and in order."""
        eventually(lambda: self.alerts)
        before = len(self.attempts)
        eventually(lambda: len(self.attempts) > before)
        attempts = self.attempts

        assert attempts == list(range(attempts[0], attempts[0] + len(attempts)))


def with_empty_store(world: Sandbox, folder: Path, server: Server | None) -> Sandbox:
    """The same world for bots with an empty store: a file in ``folder``, or a database of ``server``."""
    url = asyncio.run(server.create_database()) if server else f"sqlite+aiosqlite:///{folder}/bots.db"
    return replace(world, environ={**world.environ, "DATABASE_URL": url})


def test_a_bot_that_dies_while_it_posts_is_followed_and_one_that_stops_hands_over(
    world: Sandbox, tmp_path: Path, postgresql: Server
) -> None:
    # Bots on several machines share a server. tests/chaos kills bots that share a file, and tests/adapters/store
    # holds both kinds to when leases run out.
    world = with_empty_store(world, tmp_path, postgresql)
    bots, story = Bots(world, tmp_path), Story(world.control)
    with ExitStack() as running:
        first, second = (running.enter_context(bots.run(name)) for name in ("one", "two"))
        eventually(lambda: bots.share("one", "two"))
        story.goes_on()
        before = len(story.attempts)
        world.control.fault("slow", method="chat.postMessage", seconds=SLOW_ANSWER)
        eventually(lambda: len(story.attempts) > before)
        kill(first)
        eventually(lambda: bots.leads("two") and bots.watched("two") == CLUSTERS)
        story.goes_on()
        running.enter_context(bots.run("three"))
        eventually(lambda: bots.share("two", "three"))
        second.terminate()
        code = second.wait(STOP_LIMIT)
        eventually(lambda: bots.leads("three") and bots.watched("three") == CLUSTERS)
        story.goes_on()

    assert code == 0
    assert not bots.leads("two")
    assert not bots.watched("two")
    assert len(story.alerts) == 1
    # Whoever gives its leases back lets others have them at once, which tests/adapters/store holds every store to.
    assert NOT_GIVEN_BACK not in bots.log("two")
    assert "Traceback" not in bots.log("one") + bots.log("two") + bots.log("three")


@pytest.fixture(scope="module")
def pair(world: Sandbox, tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Bots]:
    """Two bots on a store of the run's kind."""
    folder = tmp_path_factory.mktemp("pair")
    bots = Bots(with_empty_store(world, folder, store_server), folder)
    with bots.run("one"), bots.run("two"):
        yield bots


def test_every_bot_answers_and_each_watches_some_of_the_clusters(world: Sandbox, pair: Bots) -> None:
    control = world.control
    eventually(lambda: pair.share("one", "two"))
    answers = [control.ask("/backfill help status") for _ in range(4)]
    last = control.get("_control/deliveries")["deliveries"][-4:]

    assert len({delivery["socket"] for delivery in last}) == 2
    assert len(set(answers)) == 1
    # A bot looks at clusters that it does not watch, too.
    assert {name for name in CLUSTERS if name in control.ask_until_known("/backfill status")} == CLUSTERS
    assert (pair.leads("one"), pair.leads("two")) == (True, False)


def ask_both(control: Control, bots: Bots, command: str) -> tuple[dict[str, Any], bool]:
    """The answer to a command that is delivered to both, and whether the store told both in time. Where it is slow, a
    second answer is better than none, and the bot says so."""
    unasked, before = bots.count(UNASKED), bots.count(BEFORE) + bots.count(UNASKED)
    control.fault("duplicate_envelope")
    answer = control.ask_message(command)
    # Who comes second says so, at its own pace.
    eventually(lambda: bots.count(BEFORE) + bots.count(UNASKED) > before)
    return answer, bots.count(UNASKED) == unasked


def test_what_is_delivered_to_both_bots_is_answered_by_one(world: Sandbox, pair: Bots) -> None:
    control = world.control
    for word in ("ack", "snooze", "digest", "audit", "plan"):
        answer, in_time = ask_both(control, pair, f"/backfill help {word}")
        if in_time:
            break
    delivery = control.get("_control/deliveries")["deliveries"][-1]
    # Whoever was second has had time to answer, too.
    control.ask("/backfill help verify")
    answers = [message for message in control.messages() if message["text"] == answer["text"]]

    assert (delivery["copies"], delivery["acked"]) == (2, True)
    assert len(answers) == 1
