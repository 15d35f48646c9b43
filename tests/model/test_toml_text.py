"""What is written as TOML is read back as the same."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.toml_text import inline, key

SCALARS = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(SCALARS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=10)


@given(VALUES)
def test_every_value_is_read_back(value: Any) -> None:
    assert tomllib.loads(f"value = {inline(value)}") == {"value": value}


@given(TEXTS)
def test_every_key_is_read_back(name: str) -> None:
    assert tomllib.loads(f"{key(name)} = 1") == {name: 1}


def test_null_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="null"):
        inline([None])
