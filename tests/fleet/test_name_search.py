"""Searching customers by a part of their name."""

import pytest

from bot.fleet.name_lookup import Target
from bot.fleet.name_search import LONGEST_VALUE, MOST_OPTIONS, option_value, search

HILTON, HILTON_EAST, VIVINT = Target("voice", "hilton"), Target("voice", "east-Hilton"), Target("chat", "vivint")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", [HILTON_EAST, HILTON, VIVINT]),
        (" HIL ", [HILTON, HILTON_EAST]),
        ("east", [HILTON_EAST]),
        ("voice/", [HILTON_EAST, HILTON]),
        ("chat/viv", [VIVINT]),
        ("nobody", []),
    ],
)
def test_whose_name_begins_so_comes_first(typed: str, found: list[Target]) -> None:
    assert search(typed, [HILTON_EAST, HILTON, VIVINT]) == found


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("o’br", "O'Brien"),
        ("o'br", "O’Brien"),
        (":rocket: c", "🚀 corp"),
        (":rocket:", ":rocket: corp"),
        ("a—b", "a--b"),
    ],
)
def test_a_name_that_a_keyboard_or_slack_changes_is_found(typed: str, name: str) -> None:
    assert search(typed, [HILTON, Target("voice", name)]) == [Target("voice", name)]


@pytest.mark.parametrize("typed", ['"', "\u200b"])
def test_what_is_no_part_of_any_name_finds_nobody(typed: str) -> None:
    assert search(typed, [HILTON, Target("voice", "O’Brien")]) == []


def test_a_menu_gets_as_many_as_it_takes() -> None:
    assert len(search("c", [Target("voice", f"c-{n}") for n in range(5_000)])) == MOST_OPTIONS


def test_a_long_name_has_a_value_of_its_own_that_fits() -> None:
    one, other = Target("voice", "x" * 400), Target("voice", "x" * 401)

    assert option_value(HILTON) == "voice/hilton"
    assert len({option_value(one), option_value(other)}) == 2
    assert len(option_value(one)) <= LONGEST_VALUE
