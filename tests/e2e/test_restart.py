"""The bot dies at the worst moments: every alert is one message, its thread misses and repeats nothing. At random
moments it dies in tests/chaos."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import Control, attempts_in
from tests.e2e.processes import TINY, Sandbox, bot, eventually, kill, lapse, sandbox
from tests.wording import TIMED_OUT

pytestmark = pytest.mark.timeout(1_200)

# How long Slack takes to answer a post that it has carried out at once: time to die in.
SLOW_ANSWER = 5
LOST = 2


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    """Where nobody has been told of anything yet: the bots of these tests go on, one after the other."""
    with sandbox(TINY, tmp_path_factory.mktemp("restart"), store_server, speed=3600) as world:
        yield world


@pytest.fixture
def control(world: Sandbox) -> Control:
    return world.control


def only(control: Control) -> dict[str, Any]:
    """The one alert there is."""
    (alert,) = control.alerts()
    return alert


def attempts_in_thread(control: Control) -> list[int]:
    return attempts_in(control.thread(only(control)))


def tells_another(control: Control) -> None:
    """Wait until an attempt is told that was not before."""
    before = len(attempts_in_thread(control))
    eventually(lambda: len(attempts_in_thread(control)) > before)


def assert_nothing_lost_nothing_doubled(control: Control) -> None:
    attempts = attempts_in_thread(control)
    assert attempts == list(range(1, len(attempts) + 1))
    assert only(control)["text"].startswith(f"toobig on alpha {TIMED_OUT}. ")


def test_a_bot_that_dies_after_posting_the_alert_does_not_post_it_again(
    world: Sandbox, control: Control, tmp_path: Path
) -> None:
    assert control.alerts() == []
    control.fault("slow", method="chat.postMessage", seconds=SLOW_ANSWER)
    with bot(world, tmp_path) as process:
        root = eventually(control.alerts)[0]
        kill(process)
        lapse(world, held_by=process)
    with bot(world, tmp_path):
        eventually(lambda: attempts_in_thread(control))

    assert only(control)["ts"] == root["ts"]
    assert_nothing_lost_nothing_doubled(control)


def test_an_open_alert_goes_on_in_its_thread_after_a_kill(world: Sandbox, control: Control, tmp_path: Path) -> None:
    with bot(world, tmp_path) as process:
        root = eventually(control.alerts)[0]
        tells_another(control)
        kill(process)
        lapse(world, held_by=process)
    with bot(world, tmp_path):
        tells_another(control)

    assert only(control)["ts"] == root["ts"]
    assert_nothing_lost_nothing_doubled(control)


@pytest.mark.chaos
def test_a_bot_that_dies_after_telling_an_attempt_does_not_tell_it_again(
    world: Sandbox, control: Control, tmp_path: Path
) -> None:
    with bot(world, tmp_path) as process:
        eventually(control.alerts)
        tells_another(control)
        before = _arm(control, "slow", seconds=SLOW_ANSWER)
        eventually(lambda: len(attempts_in_thread(control)) > before)
        kill(process)
        lapse(world, held_by=process)
    with bot(world, tmp_path):
        eventually(lambda: len(attempts_in_thread(control)) >= before + 2)

    assert_nothing_lost_nothing_doubled(control)


def test_posts_whose_reply_is_lost_are_not_repeated(tmp_path: Path, store_server: Server | None) -> None:
    with sandbox(TINY, tmp_path, store_server, speed=3600) as untold:
        control = untold.control
        control.fault("lost_reply", method="chat.postMessage", count=LOST)
        with bot(untold, tmp_path):
            eventually(lambda: control.alerts() and len(attempts_in_thread(control)) >= LOST)

        lost = [call for call in control.calls() if call["method"] == "chat.postMessage" and call["status"] is None]
        assert len(lost) == LOST
        assert_nothing_lost_nothing_doubled(control)


def _arm(control: Control, fault: str, **details: Any) -> int:
    """Have the next post meet this fault; the number of attempts told before it."""
    before = len(attempts_in_thread(control))
    control.fault(fault, method="chat.postMessage", **details)
    return before
