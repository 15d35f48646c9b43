"""The line of a key in a TOML file."""

import tomllib
from collections.abc import Sequence

import pytest

from bot.config.toml_lines import line_of

TEXT = '''# first
[campaign]
start = 2026-01-01

[[verify.tables]]
name = "a"
expected = """
name = 1
[volume]
"""
[[verify.tables]]
name = "b"
limits = { rows = 1 }

[clusters."eu 1".temporal]
address = "a=b"
workflow.identity.id = "x"
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("campaign", "start"), 3),
        (("campaign", "end"), 2),
        (("verify", "tables", 0, "name"), 6),
        (("verify", "tables", 0, "expected"), 7),
        (("verify", "tables", 1, "name"), 12),
        (("verify", "tables", 1, "limits", "rows"), 13),
        (("verify", "tables", 1, "nothing"), 11),
        (("clusters", "eu 1", "temporal", "address"), 16),
        (("clusters", "eu 1", "temporal", "workflow", "identity", "id"), 17),
        (("volume",), None),
        ((), None),
    ],
)
def test_a_key_is_on_its_line_or_on_that_of_its_table(key: Sequence[int | str], line: int | None) -> None:
    assert tomllib.loads(TEXT)
    assert line_of(TEXT, key) == line


def test_an_array_over_several_lines_opens_no_table() -> None:
    text = '[workflow]\ninput = [  # [a]\n  ["customer", "a]"],\n  ["days"],\n]\ntask_queue = 5\n'

    assert tomllib.loads(text)
    assert line_of(text, ("workflow", "task_queue")) == 6
