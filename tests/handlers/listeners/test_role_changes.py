"""Events about people and groups drop what is cached about them."""

from typing import Any

import pytest

from tests.fakes.services import TEAM
from tests.handlers.bolt import Edge
from tests.handlers.confirming import eventually


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        ({"type": "user_change", "user": {"id": "U1", "deleted": True}}, "U1"),
        ({"type": "subteam_members_changed", "subteam_id": "S1", "removed_users": ["U1"]}, "S1"),
        ({"type": "subteam_updated", "subteam": {"id": "S1", "date_delete": 1}}, "S1"),
    ],
)
async def test_whoever_has_changed_is_forgotten(edge: Edge, event: dict[str, Any], changed: str) -> None:
    acknowledged = await edge.dispatch({"type": "event_callback", "team_id": TEAM, "event": event})
    await eventually(lambda: edge.world.people.forgotten == [changed])

    assert acknowledged.status == 200


@pytest.mark.parametrize("event", [{"type": "user_change"}, {"type": "user_change", "user": "U1"}])
async def test_news_about_nobody_is_acknowledged(edge: Edge, event: dict[str, Any]) -> None:
    acknowledged = await edge.dispatch({"type": "event_callback", "team_id": TEAM, "event": event})

    assert acknowledged.status == 200
    assert edge.world.people.forgotten == []
