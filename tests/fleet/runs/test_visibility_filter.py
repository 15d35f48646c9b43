"""Whether a filter would find what the bot starts."""

import pytest

from bot.fleet.runs.visibility_filter import is_found_by

ATTRIBUTES = {"Region": "emea", "TaskQueue": "backfill"}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Region = 'emea'", True),
        ('Region = "emea"', True),
        ("`Region` = 'emea' AND TaskQueue='backfill'", True),
        ("Region IN ('apac', 'emea')", True),
        ("Region = 'apac'", False),
        ("Region in ('apac')", False),
        ("Tier = 'gold'", False),
        ("Region = 'apac' AND WorkflowId STARTS_WITH 'x'", False),
        ("WorkflowId STARTS_WITH 'x'", None),
        ("Region = 'emea' AND WorkflowId STARTS_WITH 'x'", None),
        ("Region = 'emea' OR Region = 'apac'", None),
        ("", None),
    ],
)
def test_equality_and_membership_are_read_and_nothing_else_is_guessed(text: str, is_found: bool | None) -> None:
    assert is_found_by(text, ATTRIBUTES) is is_found
