"""Searching customers by a part of their name."""

import pytest

from bot.fleet.name_lookup import Target
from bot.fleet.name_search import (
    LONGEST_VALUE,
    MOST_OPTIONS,
    name_of,
    option_value,
    search,
    search_names,
    targets_in,
    value_of,
)

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


def test_a_value_leads_back_to_its_name_however_long_it_is() -> None:
    names = ["march", "x" * 400]

    assert [name_of(value_of(name), names) for name in names] == names
    assert name_of("gone", names) == "gone"


def test_all_customers_are_sorted_by_name_below_the_clusters() -> None:
    directory = {"voice": ("hilton", "Amc"), "chat": ("hilton",)}

    assert list(map(str, targets_in(directory, with_clusters=True))) == [
        "voice",
        "chat",
        "voice/Amc",
        "chat/hilton",
        "voice/hilton",
    ]
    assert Target("voice") not in targets_in(directory, with_clusters=False)


def test_a_cluster_comes_before_the_customers_that_it_only_has() -> None:
    targets = [HILTON, Target("voice"), VIVINT]

    assert search("voi", targets) == [Target("voice"), HILTON]
    assert search_names("mar", ["default", "March"]) == ["March"]
