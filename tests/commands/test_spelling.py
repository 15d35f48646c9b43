"""A name is understood although Slack, a keyboard or the parser changes it on the way."""

import pytest

from bot.commands.spelling import spells, spells_exactly
from bot.commands.words import typed, words_of

# Customers as they are named, and as their names arrive when somebody types them in Slack.
ARRIVING = [
    ("O’Brien", "O'Brien"),
    ("acme  corp", "acme corp"),
    ("acme\ncorp", "acme corp"),
    ("acme\u00a0corp", "acme corp"),
    ("می\u200cخواهم", "میخواهم"),
    ("שלום\u200f", "שלום"),
    ("Cafe\u0301", "Caf\u00e9"),
    ("acme--eu", "acme—eu"),
    ("acme...eu", "acme…eu"),
    ("“acme”", "acme"),
    ('say "hi"', "say 'hi'"),
    ("🚀 corp", ":rocket: corp"),
    ("👨\u200d👩\u200d👧 corp", ":man-woman-girl: corp"),
    ("👍🏽", ":+1::skin-tone-4:"),
    (":rocket: corp", ":rocket: corp"),
]


@pytest.mark.parametrize(("name", "arriving"), ARRIVING)
def test_what_is_lost_on_the_way_makes_no_difference(name: str, arriving: str) -> None:
    assert spells_exactly(arriving, name)
    assert spells(arriving.upper() if ":" not in arriving else arriving, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hilton", "hiltn"),
        ("Hilton", "hilton"),
        ("acme-eu", "acme--eu"),
        ("a:eu:1", "a:us:1"),
        ("🚀 corp", "corp"),
        ("acme ❄", "acme 🔥"),
    ],
)
def test_other_names_are_other_names(name: str, text: str) -> None:
    assert not spells_exactly(text, name)


OTHERS = ["it's'", "`tick`", "2026-01-01", "voice-prod/acme–2024", "tab\tname", "in"]


@pytest.mark.parametrize("name", [*(name for name, _ in ARRIVING), *OTHERS])
def test_what_is_suggested_for_typing_is_one_name_and_means_it(name: str) -> None:
    (word,) = words_of(typed(name))

    assert spells_exactly(word, name)
