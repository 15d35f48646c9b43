"""Whether a filter would find what the bot starts."""

import pytest

from bot.fleet.runs.visibility_filter import is_found_by

ATTRIBUTES = {"Region": "emea", "TaskQueue": "backfill", "Team": "two  spaces"}


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
        ("Region = 'emea' OR Region = 'apac' AND Tier = 'gold'", None),
        ("Tier = 'gold' and Region = 'apac' or Region = 'emea'", None),
        ("NOT (Tier = 'gold' AND Region = 'apac' AND TaskQueue = 'slow')", None),
        ("(Region = 'emea' OR Tier = 'gold' AND Tier = 'gold')", None),
        ("(Tier = 'gold' OR Region = 'emea') AND TaskQueue = 'slow'", False),
        ("NOT Region = 'apac' AND TaskQueue = 'backfill'", None),
        ("Tier IS NOT NULL AND TaskQueue = 'slow'", False),
        ("Note != 'a AND Region = \"apac\" AND b'", None),
        (r"Note != 'it\'s AND Region = \"apac\" AND b'", None),
        ('Note != \'a AND Region = "apac" AND b', None),
        ("Tier = 'gold' AND Note != 'a\\", None),
        ("Tier = 'gold' AND `Note", None),
        ("Region = 'emea') AND Tier = 'gold' AND (Region = 'emea'", None),
        ("Region\n  = 'emea'\nAND\nTaskQueue IN(\n'backfill' )", True),
        ("Team = 'two  spaces'", True),
        (r"Tier = 'g\'old'", None),
        ("ExecutionStatus = 'Running'", None),
        ("BuildIds IN ('unversioned')", None),
        ("`TemporalScheduledById` = 'nightly'", None),
        ("ExecutionStatus = 'Running' AND Region = 'emea'", None),
        ("ExecutionStatus = 'Running' AND Region = 'apac'", False),
        ("TaskQueue = 'slow' AND ParentWorkflowId = 'x'", False),
        ("", None),
    ],
)
def test_equality_and_membership_are_read_and_nothing_else_is_guessed(text: str, is_found: bool | None) -> None:
    assert is_found_by(text, ATTRIBUTES) is is_found
