"""The message of many alerts of one cluster that open at once."""

import json
from datetime import UTC, datetime

import pytest

from bot.blocks.notifications import draw
from bot.fleet.notifications import notification
from tests.blocks.gate import action_ids, taken_by_slack

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)


def test_a_storm_names_everybody_and_says_where_to_look_first() -> None:
    names = tuple(f"customer-{n}" for n in range(12))
    message = draw(notification.StormCard("voice-prod", names, over=3, opened_at=NOW))

    assert message.text.startswith("12 backfills on voice-prod timed out on heartbeat at once. 3 of them have ended.")
    assert "customer-11" in message.text


@pytest.mark.parametrize(
    ("over", "completed", "expected"),
    [
        (1, 0, "3 backfills on voice-prod timed out on heartbeat at once. 1 of them has ended. "),
        (3, 3, "voice-prod: all 3 backfills that timed out on heartbeat together are complete."),
        (3, 1, "voice-prod: all 3 backfills that timed out on heartbeat together are over, 1 of them complete."),
        (3, 0, "voice-prod: all 3 backfills that timed out on heartbeat together are over, none of them complete."),
    ],
)
def test_a_storm_that_passes_is_green_only_where_everything_completed(
    over: int, completed: int, expected: str
) -> None:
    message = draw(notification.StormCard("voice-prod", ("a", "b", "c"), over, NOW, completed))

    assert message.text.startswith(expected)
    assert (":large_green_circle:" in json.dumps(message.blocks)) == (completed == 3)


def test_a_storm_names_a_customer_with_several_runs_once_and_says_how_many() -> None:
    names = ("marriott", "marriott", "marriott", "spirit", "united-east", "united-east")

    assert draw(notification.StormCard("voice-prod", names, over=0, opened_at=NOW)).text.endswith(
        "marriott (3), spirit, united-east (2)"
    )


@pytest.mark.parametrize(
    ("is_large", "over", "shown"), [(True, 0, ["control.split_all"]), (True, 12, []), (False, 0, [])]
)
def test_a_large_group_that_is_not_over_has_a_button_that_splits_them_all(
    is_large: bool, over: int, shown: list[str]
) -> None:
    names = tuple(f"customer-{n}" for n in range(12))
    card = notification.StormCard("voice-prod", names, over, opened_at=NOW, is_large=is_large)

    assert action_ids(taken_by_slack(draw(card))) == shown
