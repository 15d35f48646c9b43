"""Keys of rows that differ follow the answer: for the asker alone, unless the table shows them to everybody."""

from datetime import date

import pytest

from bot.model import DayCount
from bot.model.row_differences import HashedRow, Hour
from tests.fakes.services import FakeWorld, config
from tests.handlers.bolt import Edge, ResponseUrl

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
