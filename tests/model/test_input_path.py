"""Paths into the arguments of a workflow."""

from typing import Any

import pytest

from bot.model.input_path import parse_path, value_at

ARGUMENTS: Any = [{"tenant": {"slug": "hilton"}, "odd.key": [1, {"x-y": 2}]}, "second"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("[0].tenant.slug", "hilton"),
        ("[1]", "second"),
        ('[0]."odd.key"[1].x-y', 2),
        ('[0]."odd.key"[0]', 1),
        ("[2]", None),
        ("[0].tenant.slug.more", None),
        ("[0].tenant[0]", None),
        ("[1].tenant", None),
    ],
)
def test_a_path_leads_to_a_value_or_nowhere(path: str, value: object) -> None:
    assert value_at(ARGUMENTS, parse_path(path)) == value


@pytest.mark.parametrize("path", ["", "tenant", ".tenant", "[x]", "[0]tenant", "[0].", "[0]..a", "[0].a b", "[-1]"])
def test_another_form_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"no path|number of an argument"):
        parse_path(path)
