"""Numbers in words."""

import pytest

from bot.blocks import words


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (0.4, "under 1 row"), (82_353, "82K rows")]
)
def test_one_row_is_in_the_singular(number: float, text: str) -> None:
    assert words.rows(number) == text
