"""Lookup of typed names."""

import pytest

from bot.fleet.name_lookup import SeveralClusters, Target, UnknownCustomer, UnknownName, find, resolve

DIRECTORY = {
    "voice-prod": ("hilton", "vivint", "Sunbit"),
    "us-east-1-prod": ("marriott", "vivint", "chat-prod", "acme/eu"),
    "chat-prod": ("sunbit",),
    "empty-prod": (),
}


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("voice-prod", Target("voice-prod")),
        ("VOICE-Prod", Target("voice-prod")),
        ("empty-prod", Target("empty-prod")),
        ("hilton", Target("voice-prod", "hilton")),
        ("Hilton", Target("voice-prod", "hilton")),
        ("voice-prod/vivint", Target("voice-prod", "vivint")),
        ("US-east-1-prod/VIVINT", Target("us-east-1-prod", "vivint")),
        ("acme/eu", Target("us-east-1-prod", "acme/eu")),
        ("us-east-1-prod/acme/eu", Target("us-east-1-prod", "acme/eu")),
        ("Sunbit", Target("voice-prod", "Sunbit")),
        ("sunbit", Target("chat-prod", "sunbit")),
    ],
)
def test_a_name_is_found_whatever_its_case_and_an_exact_one_before_others(typed: str, target: Target) -> None:
    assert resolve(typed, DIRECTORY) == target


def test_a_name_of_a_cluster_and_a_customer_means_the_cluster() -> None:
    assert resolve("chat-prod", DIRECTORY) == Target("chat-prod")
    assert resolve("us-east-1-prod/chat-prod", DIRECTORY) == Target("us-east-1-prod", "chat-prod")


def test_a_customer_on_two_clusters_is_asked_back_with_both_forms() -> None:
    assert resolve("vivint", DIRECTORY) == SeveralClusters("vivint", ("voice-prod/vivint", "us-east-1-prod/vivint"))


def test_every_form_that_is_offered_is_understood() -> None:
    for target in find("vivint", DIRECTORY):
        assert resolve(str(target), DIRECTORY) == target


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("hiltn", "hilton"),
        ("VIVIN", "vivint"),
        ("voice-pord", "voice-prod"),
        ("xxxxxxxx", ""),
        ("", ""),
        ("h" * 900, ""),
    ],
)
def test_an_unknown_name_gets_the_nearest_known_ones(typed: str, nearest: str) -> None:
    assert resolve(typed, DIRECTORY) == UnknownName(typed, "", (nearest,) if nearest else ())


def test_at_most_three_names_are_offered() -> None:
    unknown = resolve("tenant-x", {"a": tuple(f"tenant-{n}" for n in range(50))})

    assert isinstance(unknown, UnknownName)
    assert len(unknown.nearest) == 3


def test_a_customer_unknown_on_a_known_cluster_gets_the_nearest_names_of_that_cluster() -> None:
    assert resolve("voice-prod/hiltn", DIRECTORY) == UnknownCustomer("hiltn", "voice-prod", ("voice-prod/hilton",))
    assert resolve("voice-prod/xxxxxxxx", DIRECTORY) == UnknownCustomer("xxxxxxxx", "voice-prod", ())


@pytest.mark.parametrize(
    ("typed", "name"),
    [("O'Brien", "O’Brien"), ("o'brien", "O’Brien"), ("acme corp", "acme\ncorp"), (":rocket: corp", "🚀 corp")],
)
def test_a_name_that_nobody_can_type_as_it_is_is_found_by_what_arrives(typed: str, name: str) -> None:
    directory = {"voice-prod": ("hilton", name)}

    assert resolve(typed, directory) == resolve(f"voice-prod/{typed}", directory) == Target("voice-prod", name)


def test_a_name_that_is_the_same_comes_before_one_that_is_typed_alike() -> None:
    assert resolve("O'Brien", {"voice-prod": ("O’Brien", "O'Brien")}) == Target("voice-prod", "O'Brien")
    assert resolve("O'Brien", {"voice-prod": ("O’Brien",), "O'Brien": ()}) == Target("O'Brien")


def test_names_that_are_typed_alike_are_asked_back() -> None:
    assert resolve("acme corp", {"a": ("acme  corp",), "b": ("acme\tcorp",)}) == SeveralClusters(
        "acme corp", ("a/acme  corp", "b/acme\tcorp")
    )
