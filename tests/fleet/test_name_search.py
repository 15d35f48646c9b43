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


def test_a_menu_gets_as_many_as_it_takes() -> None:
    assert len(search("c", [Target("voice", f"c-{n}") for n in range(5_000)])) == MOST_OPTIONS


def test_a_long_name_has_a_value_of_its_own_that_fits() -> None:
    one, other = Target("voice", "x" * 400), Target("voice", "x" * 401)

    assert option_value(HILTON) == "voice/hilton"
    assert len({option_value(one), option_value(other)}) == 2
    assert len(option_value(one)) <= LONGEST_VALUE
