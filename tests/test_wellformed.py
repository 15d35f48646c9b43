"""Text from outside becomes text that every system takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wellformed import well_formed


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_text_that_is_well_formed_stays_as_it_is(text: str) -> None:
    assert well_formed(text) == text


@given(st.text(st.characters(), max_size=50))
def test_whatever_it_was_it_can_be_written_and_stays_so(text: str) -> None:
    shown = well_formed(text)

    assert shown.encode().decode() == shown == well_formed(shown)
    assert "\0" not in shown


@pytest.mark.parametrize(
    ("odd", "replaced"),
    [("a\0b", "a\ufffdb"), ("\ud83d", "\ufffd"), ("\ud83d\ude00", "😀"), ("\ude00\ud83d", "\ufffd\ufffd")],
)
def test_only_what_is_no_character_is_replaced(odd: str, replaced: str) -> None:
    assert well_formed(odd) == replaced
