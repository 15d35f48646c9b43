"""Clicks through Bolt: acknowledged always, carried out for whoever clicks and may."""

import json
from typing import Any

import pytest

from bot.model import ActiveSnooze
from tests.fakes.services import NOW, OPERATOR, VIEWER
from tests.handlers.bolt import Edge, ResponseUrl

HILTON = "id-voice-prod-hilton"


async def test_acknowledge_is_carried_out_for_who_clicks(edge: Edge, there: ResponseUrl) -> None:
    acknowledged = await edge.click("button")
    (answer,) = await there.answers()

    assert (acknowledged.status, acknowledged.body) == (200, "")
    assert edge.world.journal.episodes[HILTON].acked_by == OPERATOR
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False


async def test_the_snooze_menu_is_carried_out_with_its_choice(edge: Edge, there: ResponseUrl) -> None:
    await edge.click("menu")
    (answer,) = await there.answers()

    assert edge.world.journal.episodes[HILTON].quiet == ActiveSnooze(OPERATOR, NOW.replace(hour=11))
    assert answer["text"].startswith("You have snoozed hilton on voice-prod, until 2026-02-22 11:00 UTC")


async def test_a_button_that_is_clicked_twice_changes_once(edge: Edge, there: ResponseUrl) -> None:
    await edge.click("button")
    await there.answers()
    posted = dict(edge.world.outbox.messages)
    await edge.click("button")
    _, second = await there.answers(2)

    assert "acknowledged already" in second["text"]
    assert edge.world.outbox.messages == posted


async def test_permission_is_asked_for_at_the_click(edge: Edge, there: ResponseUrl) -> None:
    await edge.click("button", user=VIEWER)
    (answer,) = await there.answers()

    assert "Only operators may ack." in answer["text"]
    assert edge.world.journal.episodes[HILTON].acked_by == ""


async def test_a_refused_click_is_in_the_audit_for_everybody_who_may_look(edge: Edge, there: ResponseUrl) -> None:
    await edge.click("button", user=VIEWER)
    await there.answers()
    await edge.type("audit hilton", user_id=VIEWER)
    _, answer = await there.answers(2)

    assert answer["text"].splitlines()[1:] == [
        "2026-02-22 09:00 UTC, Victor: ack hilton on voice-prod: refused. Only operators may ack."
    ]


async def test_a_link_is_only_acknowledged(edge: Edge, there: ResponseUrl) -> None:
    acknowledged = await edge.click("button", action_id="alert.open", value=None, url="https://temporal.test/")

    assert acknowledged.status == 200
    assert there.received == []


@pytest.mark.parametrize(
    "element",
    [
        {"action_id": "alert.split", "value": json.dumps({"episode": HILTON})},
        {"value": "not JSON"},
        {"value": None},
        {"action_id": "alert.snooze"},
        {"action_id": "alert.snooze", "value": None, "selected_option": None},
    ],
)
async def test_a_button_that_is_not_understood_is_answered(
    edge: Edge, there: ResponseUrl, element: dict[str, Any]
) -> None:
    acknowledged = await edge.click("button", **element)
    (answer,) = await there.answers()

    assert acknowledged.status == 200
    assert "not understood" in answer["text"]


async def test_the_next_page_of_an_answer_is_for_everybody_who_may_look(edge: Edge, there: ResponseUrl) -> None:
    page = {"part": "lines", "after": 0}
    value = json.dumps({"command": {"kind": "status", "target": "voice-prod", "page": page}})
    await edge.click("button", action_id="show.next#3", value=value, user=VIEWER)
    (answer,) = await there.answers()

    assert answer["text"].startswith("voice-prod: line")
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False


@pytest.mark.parametrize(
    "command", [{"kind": "cancel", "target": "hilton"}, {"kind": "status", "page": {"after": -1}}]
)
async def test_a_page_of_what_has_none_is_not_understood(
    edge: Edge, there: ResponseUrl, command: dict[str, Any]
) -> None:
    await edge.click("button", action_id="show.next", value=json.dumps({"command": command}))
    (answer,) = await there.answers()

    assert "not understood" in answer["text"]
