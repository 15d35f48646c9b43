"""An answer that the response_url does not take goes to the asker in private; if that fails too, it is logged."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import AccessDenied, DependencyError, RateLimited, Refused
from bot.message import Message
from bot.model import Address
from handlers.listeners.private_notice import notify_privately, with_retries
from tests.fakes.modals import FakeModals
from tests.fakes.services import CHANNEL, OPERATOR, FakeWorld
from tests.handlers.bolt import Edge, ResponseUrl
from tests.handlers.confirming import eventually
from tests.handlers.local import open_scene

WHOLE = Message("x" * 3_000)


@pytest.mark.parametrize("status", [404, 410, 500])
async def test_a_command_whose_response_url_is_over_is_answered_to_the_asker(
    edge: Edge, there: ResponseUrl, status: int
) -> None:
    there.statuses.extend([status] * 5)
    await edge.type("struggling", channel_id=CHANNEL)
    await eventually(lambda: bool(edge.world.modals.whispers))

    ((user, _message),) = edge.world.modals.whispers
    assert user == OPERATOR


async def test_a_click_whose_response_url_is_over_is_answered_to_who_clicked(edge: Edge, there: ResponseUrl) -> None:
    there.statuses.extend([404, 404])
    await edge.click("button")
    await eventually(lambda: bool(edge.world.modals.whispers))

    ((user, message),) = edge.world.modals.whispers
    assert user == OPERATOR
    assert "acknowledged" in message.text


class Busy(FakeModals):
    """Rate limited for the first call."""

    calls = 0

    async def whisper(self, user_id: str, message: Message, channel: str = "", thread: Address | None = None) -> None:
        self.calls += 1
        if self.calls == 1:
            raise RateLimited("slack", "chat.postEphemeral: rate limited", timedelta(0))
        await super().whisper(user_id, message, channel, thread)


async def test_a_busy_slack_is_asked_again() -> None:
    world = FakeWorld()
    world.modals = Busy()
    await notify_privately(OPERATOR, world.services, WHOLE)

    assert world.modals.whispers == [(OPERATOR, WHOLE)]


@pytest.mark.parametrize(("retry_after", "waits", "is_done"), [(30, [30], True), (60, [60], True), (61, [], False)])
async def test_the_wait_that_slack_asks_for_is_kept_if_people_have_that_much_patience(
    retry_after: int, waits: list[int], is_done: bool
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def act() -> None:
        if sum(slept) < retry_after:
            raise RateLimited("slack", "chat.postEphemeral: rate limited", timedelta(seconds=retry_after))

    with nullcontext() if is_done else pytest.raises(RateLimited):
        await with_retries(act, sleep)
    assert slept == waits


class Particular(FakeModals):
    """Takes no blocks."""

    async def whisper(self, user_id: str, message: Message, channel: str = "", thread: Address | None = None) -> None:
        if message.blocks:
            raise Refused("slack", "chat.postMessage: invalid_blocks")
        await super().whisper(user_id, message, channel, thread)


async def test_blocks_that_slack_refuses_are_followed_by_the_plain_text() -> None:
    world = FakeWorld()
    world.modals = Particular()
    await notify_privately(OPERATOR, world.services, Message("done", ({"type": "divider"},)))

    assert world.modals.whispers == [(OPERATOR, Message("done"))]


@pytest.mark.parametrize(
    "problem",
    [AccessDenied("slack", "messages_tab_disabled"), RateLimited("slack", "rate limited", timedelta(0))],
)
async def test_what_reaches_nobody_is_in_the_log_whole_by_its_reference(problem: DependencyError) -> None:
    world = FakeWorld()
    world.modals.away = problem
    with capture_logs() as logs:
        await notify_privately(OPERATOR, world.services, WHOLE)

    (line,) = logs
    assert (line["event"], line["user"], line["text"]) == ("outcome not told", OPERATOR, WHOLE.text)
    assert len(line["reference"]) == 8


async def test_on_a_real_slack_the_answer_after_a_dead_response_url_is_for_the_asker_alone() -> None:
    async with open_scene() as scene:
        await scene.control.fault(fault="dead_response_url", count=2)
        delivery = await scene.control.command("struggling")
        (answer,) = await scene.posted_messages(ephemeral_to=delivery["user"])

    assert answer["blocks"]
