"""Expressions for workflow ids: their groups, and that none of them takes long."""

import pytest

from bot.model.id_regex import LONGEST_ID, check_id_regex, groups_of

EXPRESSION = r"^tenant/(?P<customer>[^/]+)/(?P<start>\d{8})(?:-(?P<end>\d{8}))?"


@pytest.mark.parametrize(
    ("workflow_id", "groups"),
    [
        ("tenant/a/20260101-20260106", {"customer": "a", "start": "20260101", "end": "20260106"}),
        ("tenant/a/20260101", {"customer": "a", "start": "20260101"}),
        ("tenant/ä/20260101/more", {"customer": "ä", "start": "20260101"}),
        ("other", {}),
        (f"tenant/{'a' * LONGEST_ID}/20260101", {}),
    ],
)
def test_the_groups_of_an_id_are_those_that_took_part(workflow_id: str, groups: dict[str, str]) -> None:
    assert groups_of(EXPRESSION, workflow_id) == groups


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("(?P<customer>", "no expression that RE2 reads"),
        (r"(?P<customer>a)(?=b)", "no expression that RE2 reads"),
        (r"(?P<customer>a)\1", "no expression that RE2 reads"),
        (r"(?P<client>.+)", "its group client is not one of customer, start"),
        (r".+", "has no group"),
        (r"(?P<customer>a)(?P<end>b)(?P<days>c)", "more than once"),
    ],
)
def test_an_expression_without_the_right_groups_is_refused(expression: str, mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        check_id_regex(expression)


def test_an_expression_that_would_backtrack_for_ages_is_answered() -> None:
    assert groups_of(r"^(?P<customer>(a+)+)+$", "a" * 900 + "!") == {}
