"""Lookup of typed names."""

import pytest

from bot.errors import UsageError
from bot.fleet.name_lookup import Target, find, resolve

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
    with pytest.raises(UsageError) as caught:
        resolve("vivint", DIRECTORY)

    assert caught.value.problem == "“vivint” is on 2 clusters."
    assert caught.value.hint == "Say which: voice-prod/vivint or us-east-1-prod/vivint."


def test_a_name_with_spaces_is_offered_in_the_quotes_it_has_to_be_typed_in() -> None:
    directory = {"a-prod": ("Big One",), "b-prod": ("Big One",)}

    with pytest.raises(UsageError, match='Say which: "a-prod/Big One" or "b-prod/Big One"'):
        resolve("big one", directory)
    with pytest.raises(UsageError, match='Did you mean "Big One"'):
        resolve("bigone", directory)


def test_every_form_that_is_offered_is_understood() -> None:
    for target in find("vivint", DIRECTORY):
        assert resolve(str(target), DIRECTORY) == target


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("hiltn", "Did you mean hilton?"),
        ("VIVIN", "Did you mean vivint?"),
        ("voice-prod/hiltn", "Did you mean voice-prod/hilton?"),
        ("voice-pord", "Did you mean voice-prod?"),
        ("xxxxxxxx", "/backfill status shows every cluster, and what is open."),
        ("", "/backfill status shows every cluster, and what is open."),
        ("h" * 900, "/backfill status shows every cluster, and what is open."),
        ("voice-prod/xxxxxxxx", "/backfill status voice-prod shows those that are there."),
    ],
)
def test_an_unknown_name_gets_the_nearest_known_ones(typed: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(typed, DIRECTORY)

    assert caught.value.hint == hint
    assert len(caught.value.problem) < 120


def test_at_most_three_names_are_offered() -> None:
    with pytest.raises(UsageError) as caught:
        resolve("tenant-x", {"a": tuple(f"tenant-{n}" for n in range(50))})

    assert caught.value.hint.count("tenant-") == 3


def test_a_customer_unknown_on_a_known_cluster_is_said_so() -> None:
    with pytest.raises(UsageError) as caught:
        resolve("voice-prod/marriott", DIRECTORY)

    assert caught.value.problem == "There is no customer “marriott” on voice-prod."
