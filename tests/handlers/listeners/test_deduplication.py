"""A delivery that comes twice, to one bot or to two, is carried out once and acknowledged twice."""

import asyncio
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import DependencyError, Refused, Unavailable
from bot.in_flight import InFlight
from handlers.listeners.deduplication import PATIENCE, is_new_delivery
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.episodes import episode
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import OPERATOR, FakeWorld
from tests.handlers.bolt import Edge, ResponseUrl, payload
from tests.handlers.confirming import Desk, action, view_text

HILTON = episode().id


@pytest.fixture
def other(edge: Edge, there: ResponseUrl) -> Edge:
    """Another bot on the same store."""
    return Edge(edge.world, there)


async def test_a_command_that_two_bots_get_is_answered_once(edge: Edge, other: Edge, there: ResponseUrl) -> None:
    typed = {**payload("slash"), "text": "help"}
    acknowledged = [await bot.dispatch(dict(typed)) for bot in (edge, other, edge)]
    await edge.type("help status")
    answers = await there.answers(2)

    assert [(each.status, each.body) for each in acknowledged] == [(200, "")] * 3
    assert sorted("/backfill status voice-prod" in answer["text"] for answer in answers) == [False, True]


async def test_a_click_that_two_bots_get_is_carried_out_and_answered_once(
    edge: Edge, other: Edge, there: ResponseUrl
) -> None:
    await asyncio.gather(*(bot.dispatch(payload("button")) for bot in (edge, other)))
    await other.type("help")
    answers = await there.answers(2)

    assert edge.world.journal.episodes[HILTON].acked_by == OPERATOR
    assert sorted(answer["text"].split()[0] for answer in answers) == ["What", "You"]


@pytest.mark.parametrize("trigger", [{}, {"trigger_id": ""}])
async def test_deliveries_that_name_no_trigger_are_told_from_each_other(
    edge: Edge, there: ResponseUrl, trigger: dict[str, str]
) -> None:
    bare = {key: value for key, value in payload("slash").items() if key != "trigger_id"} | trigger
    for text in ("help status", "help verify"):
        await edge.dispatch({**bare, "text": text})
    answers = await there.answers(2)

    assert sorted("/backfill verify" in answer["text"] for answer in answers) == [False, True]


async def test_a_refused_click_that_two_bots_get_is_in_the_audit_once(
    edge: Edge, other: Edge, there: ResponseUrl
) -> None:
    click = payload("button")
    click["user"]["id"] = "U0VICTOR"
    await asyncio.gather(*(bot.dispatch(dict(click)) for bot in (edge, other)))
    await there.answers()

    assert len(edge.world.journal.audited) == 1


async def test_a_submission_that_two_bots_get_is_carried_out_once_and_the_other_says_where_to_look(
    desk: Desk, there: ResponseUrl
) -> None:
    other = Desk(Edge(desk.world, there))
    question = await desk.ask_confirmation()
    first, second = action(await desk.submit(question)), action(await other.submit(question))
    shown = await desk.answer_text()
    await other.edge.in_flight.end(timedelta(seconds=5))

    assert "Working" in str(first["view"])
    assert "`/backfill audit` tell" in str(second["view"])
    assert len(desk.begun) == 1
    assert "11 windows of 5 days run" in shown
    assert view_text(desk.views()[-1]) == shown
    assert len(desk.views()) == 3
    assert len(desk.world.journal.audited) == 1


async def test_the_same_words_typed_again_are_answered_again(edge: Edge, there: ResponseUrl) -> None:
    await edge.type("help")
    await edge.type("help")
    first, second = await there.answers(2)

    assert first["text"] == second["text"]


class Away(FakeDeliveries):
    """A store that refuses."""

    def __init__(self, why: DependencyError) -> None:
        super().__init__()
        self.why = why

    async def first_time(self, delivery: str, now: datetime) -> bool:  # noqa: ARG002
        raise self.why


@pytest.mark.parametrize("why", [Unavailable("store", "locked"), Refused("store", "the file may not be written")])
async def test_a_store_that_cannot_tell_keeps_nobody_from_an_answer(there: ResponseUrl, why: DependencyError) -> None:
    world = FakeWorld()
    world.deliveries = Away(why)
    with capture_logs() as logs:
        await Edge(world, there).type("help")
        (answer,) = await there.answers()

    assert answer["text"].startswith("What you can type")
    assert str(why) in [line.get("reason") for line in logs]


class Slow(FakeDeliveries):
    """A store that answers only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_tell = asyncio.Event()
        self.ask_confirmation = 0

    async def first_time(self, delivery: str, now: datetime) -> bool:
        self.ask_confirmation += 1
        await self.may_tell.wait()
        return await super().first_time(delivery, now)


@on_idle_clock
async def test_a_slow_store_is_waited_for_within_what_an_acknowledgement_allows() -> None:
    world, slow, in_flight = FakeWorld(), Slow(), InFlight()
    world.deliveries = slow
    clock = asyncio.get_running_loop().time
    began = clock()
    taken = await is_new_delivery("trigger 1", world.services, in_flight)
    took = clock() - began
    # A store must not be closed under what it still does.
    ending = asyncio.create_task(in_flight.end(timedelta(minutes=1)))
    await asyncio.sleep(1)
    waited = not ending.done()
    slow.may_tell.set()
    await ending

    assert taken
    assert took == PATIENCE.total_seconds()
    assert waited
    assert list(slow.seen) == ["trigger 1"]


async def test_a_dialog_does_not_ask_the_store_at_all(desk: Desk) -> None:
    desk.world.deliveries = slow = Slow()
    await desk.ask_confirmation()

    assert slow.ask_confirmation == 0
