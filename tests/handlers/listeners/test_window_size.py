"""The window size in the dialog about one customer: offered with what it leads to, and carried out as shown."""

import json
from dataclasses import replace

import pytest

from bot.model import ExecutionStatus, SequenceSpec
from tests.fakes.services import OPERATOR
from tests.handlers.bolt import Edge, ResponseUrl
from tests.handlers.confirming import CLUSTER, WHY, Desk, action, menu_texts, struggling_world, view_text


@pytest.fixture
def desk(there: ResponseUrl) -> Desk:
    return Desk(Edge(struggling_world(), there))


def begun(desk: Desk) -> SequenceSpec:
    (spec,) = desk.begun
    return spec


@pytest.mark.parametrize("text", ["split hilton", "split hilton windows 3d"])
async def test_every_size_says_how_many_windows_it_makes(desk: Desk, text: str) -> None:
    offered = menu_texts(await desk.ask_confirmation(text), "size")

    assert [option.split(",")[0] for option in offered if " of 3 " in option or " of 5 " in option] == [
        "17 windows of 3 days",
        "11 windows of 5 days",
    ]


async def test_the_chosen_size_is_carried_out(desk: Desk) -> None:
    await desk.submit(await desk.ask_confirmation(), size="2")
    shown = await desk.answer_text()

    assert "26 windows of 2 days run" in shown
    assert (begun(desk).sizes.days, begun(desk).reason) == (2, WHY)


async def test_run_offers_sizes_too(desk: Desk) -> None:
    desk.world.engines[CLUSTER].descriptions.clear()
    await desk.submit(await desk.ask_confirmation("run hilton"), size="10")
    await desk.answer_text()

    assert begun(desk).sizes.days == 10


async def test_without_another_choice_the_suggested_size_is_taken(desk: Desk) -> None:
    await desk.submit(await desk.ask_confirmation())
    await desk.answer_text()

    assert begun(desk).sizes.days == 5


async def test_a_world_that_has_changed_keeps_the_chosen_size_and_the_reason(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    (known,) = desk.world.engines[CLUSTER].descriptions.values()
    over = replace(known.execution, status=ExecutionStatus.TERMINATED, closed_at=desk.world.now)
    desk.world.engines[CLUSTER].put(replace(known, execution=over, activities=()))
    await desk.submit(question, size="2")
    shown = await desk.answer_text()
    anew = desk.views()[-1]
    begun_before = desk.begun
    await desk.submit(anew)
    await desk.answer_text(shown=4)

    assert "the world has changed" in shown
    assert "start 26 windows of 2 days" in shown
    assert begun_before == []
    assert WHY in view_text(anew)
    assert begun(desk).sizes.days == 2


@pytest.mark.parametrize("size", ["4", "0", "-1", "x", "9" * 30])
async def test_a_size_that_was_not_offered_is_refused(desk: Desk, size: str) -> None:
    question = await desk.ask_confirmation()
    values = {
        "reason": {"reason": {"type": "plain_text_input", "value": WHY}},
        "size": {"size": {"type": "static_select", "selected_option": {"value": size}}},
    }
    refused = action(await desk.submit_values(question, values, OPERATOR, "V0001"))

    assert "not understood" in json.dumps(refused["view"])
    assert desk.begun == []
