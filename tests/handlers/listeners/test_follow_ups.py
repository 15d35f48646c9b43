"""What follows an answer: its picture, however the command was given, and the keys of rows that differ, for the
asker alone unless the table shows them to everybody."""

from datetime import date, timedelta

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.fleet.notifications.notification import EpisodeCard, dump
from bot.model import Address, DayCount, OutboxMessage
from bot.model.row_differences import HashedRow, Hour
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, NOW, FakeWorld, config
from tests.fleet.builders import execution
from tests.handlers.bolt import Edge, ResponseUrl, payload

JAN_7 = date(2026, 1, 7)
PLACE = ("scores", "hilton")


def differing_world(*, show_keys: bool) -> FakeWorld:
    """hilton has one row on Jan 7, with other contents than in the source."""
    table = {
        "name": "scores",
        "table": "analytics.scores",
        "customer_column": "customer",
        "time_column": "scored_at",
        "key": ["id"],
        "expected": "SELECT day, rows, checksum",
        "checksum": "cityHash64(id, value)",
        "expected_rows": "SELECT key, moment, checksum",
        "show_keys": show_keys,
    }
    world = FakeWorld(config=config({"voice-prod": ("hilton",)}, verify={"tables": [table]}))
    warehouse = world.warehouses["voice-prod"]
    warehouse.source[PLACE], warehouse.checksums[PLACE] = {JAN_7: 1}, {JAN_7: 5}
    warehouse.stored[PLACE] = {JAN_7: DayCount(1, 1, checksum=6)}
    warehouse.source_rows[PLACE] = [HashedRow(1, "('call-42')", Hour(JAN_7, 14), 5)]
    warehouse.rows[PLACE] = [HashedRow(1, "('call-42')", Hour(JAN_7, 14), 6)]
    return world


@pytest.mark.parametrize(("show_keys", "seen_by"), [(False, "ephemeral"), (True, "in_channel")])
async def test_in_the_team_channel_keys_go_to_those_who_may_see_them(
    there: ResponseUrl, show_keys: bool, seen_by: str
) -> None:
    await Edge(differing_world(show_keys=show_keys), there).type("verify hilton 2026-01-07..2026-01-08")
    # A picture may follow.
    answer, keys = (await there.answers(2))[:2]

    assert answer["response_type"] == "in_channel"
    assert "call-42" not in str(answer)
    assert keys["response_type"] == seen_by
    assert "call-42" in keys["text"]


async def test_a_click_on_the_button_that_counts_shows_the_keys_too(there: ResponseUrl) -> None:
    edge = Edge(differing_world(show_keys=False), there)
    await edge.click("button", action_id="show.verify", value='{"target": "hilton"}')
    # A picture may follow.
    answer, keys = (await there.answers(2))[:2]

    assert "call-42" not in str(answer)
    assert (keys["response_type"], "call-42" in keys["text"]) == ("ephemeral", True)


@pytest.mark.parametrize("action_id", ["show.status", "show.verify"])
async def test_the_picture_follows_the_answer_to_a_button_for_whoever_clicks(
    there: ResponseUrl, action_id: str
) -> None:
    edge = Edge(differing_world(show_keys=True), there)
    edge.world.engines["voice-prod"].add(execution("hilton"))
    await edge.click("button", action_id=action_id, value='{"target": "hilton"}')
    await edge.in_flight.end(timedelta(minutes=1))

    answer, *_, picture = there.received
    assert picture["blocks"] == [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": picture["text"]}]
    assert (answer["response_type"], picture["response_type"]) == ("ephemeral", "ephemeral")


async def test_the_picture_follows_the_answer_to_the_shortcut_verify(there: ResponseUrl) -> None:
    edge = Edge(differing_world(show_keys=True), there)
    card, address = episode(), Address(CHANNEL, "1600000000.000001")
    edge.world.outbox.enqueue(OutboxMessage(card.root_key, dump(EpisodeCard(card))), NOW)
    edge.world.outbox.messages[card.root_key].address = address
    await edge.shortcut("message.verify", address)
    await edge.in_flight.end(timedelta(minutes=1))

    (block,) = there.received[-1]["blocks"]
    assert block["type"] == "image"


async def test_no_picture_is_drawn_for_a_click_on_the_home_tab(there: ResponseUrl) -> None:
    edge = Edge(differing_world(show_keys=True), there)
    body = payload("button") | {"container": {"type": "view", "view_id": "V1"}}
    body["actions"][0] |= {"action_id": "show.verify", "value": '{"target": "hilton"}'}
    del body["response_url"], body["channel"], body["message"]
    await edge.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    await edge.in_flight.end(timedelta(minutes=1))

    assert "scores" in str(edge.world.modals.whispers)
    assert edge.world.files.uploaded == {}
