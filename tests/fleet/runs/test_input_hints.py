"""What the arguments of a run tell, as hints."""

from typing import Any

import pytest

from bot.fleet.runs.input_hints import input_hints


@pytest.mark.parametrize(
    ("value", "text"),
    [("hilton", "hilton"), (7, "7"), (1.5, "1.5"), (None, ""), (True, ""), ({}, ""), ([], ""), ("x" * 2_000, "")],
)
def test_texts_and_numbers_are_kept_and_anything_else_is_nothing(value: Any, text: str) -> None:
    assert input_hints([{"a": value}], ["[0].a"]) == {"input:[0].a": text}


def test_a_path_that_leads_nowhere_is_kept_as_read() -> None:
    assert input_hints([], ["[0].a", "[1]"]) == {"input:[0].a": "", "input:[1]": ""}
