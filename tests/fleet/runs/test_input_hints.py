"""What the arguments of a run tell, as hints."""

from typing import Any

import pytest

from bot.fleet.runs.input_hints import found_nothing, input_hints


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("hilton", "hilton"),
        (7, "7"),
        (1.5, "1.5"),
        (["hilton", "cox"], '["hilton", "cox"]'),
        ({"year": 2026}, '{"year": 2026}'),
        (True, "[]"),
        ("x" * 2_000, "[]"),
        (["x"] * 2_000, "[]"),
        (None, ""),
    ],
)
def test_a_value_is_kept_as_text_and_one_that_can_be_no_name_and_no_day_is_still_something(
    value: Any, text: str
) -> None:
    assert input_hints([{"a": value}], ["[0].a"]) == {"input:[0].a": text}


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ('{"range": {"from": "2026-01-01"}}', "2026-01-01"),
        ({"range": '{"from": "2026-01-01"}'}, "2026-01-01"),
        (' {"range": {"from": null}}', ""),
        ('{"range": {"from": "2026-01-01"', "[]"),
        ("hilton", "[]"),
        ({"range": "2026-01-01/2026-01-06"}, "[]"),
        ({"range": ["2026-01-01", "2026-01-06"]}, "[]"),
        ({"range": None}, ""),
        ({}, ""),
    ],
)
def test_a_path_leads_into_json_in_a_text_and_one_that_ends_at_another_form_is_still_something(
    argument: Any, text: str
) -> None:
    assert input_hints([argument], ["[0].range.from"]) == {"input:[0].range.from": text}


def test_json_that_is_too_long_or_too_deep_is_a_text_like_any_other() -> None:
    for text in ("{" + '"a":' * 20_000, "[" * 60_000, '{"a": "' + "x" * 70_000 + '"}'):
        assert input_hints([text], ["[0].a"]) == {"input:[0].a": "[]"}


def test_a_path_that_leads_nowhere_is_kept_as_read() -> None:
    assert input_hints([], ["[0].a", "[1]"]) == {"input:[0].a": "", "input:[1]": ""}


def test_arguments_that_cannot_be_read_are_not_nothing_and_still_tell_nothing() -> None:
    hints = input_hints([None, None], ["[0].a", "[1]", "[2]"])

    assert {*hints.values()} == {"[]"}
    assert found_nothing(hints.values())
    assert found_nothing(["", ""])
    assert not found_nothing(["", "hilton"])
