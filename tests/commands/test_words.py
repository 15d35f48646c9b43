"""Typed text becomes plain words, however Slack or an editor has changed it."""

import pytest

from bot.commands.words import MAX_ECHO, MAX_TEXT, Quoted, shown, typed, words_of
from bot.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  status \t voice-prod\n", ["status", "voice-prod"]),
        ("status\u00a0voice-prod", ["status", "voice-prod"]),
        ("status “hilton”", ["status", "hilton"]),
        ("status ‘hilton’", ["status", "hilton"]),
        ("status `hilton`", ["status", "hilton"]),
        ("status macy’s", ["status", "macy's"]),
        ("status “acme   corp” x", ["status", "acme corp", "x"]),
        ('status "unbalanced', ["status", "unbalanced"]),
        ('status ""', ["status"]),
        ("status <https://voice-prod|voice-prod>", ["status", "voice-prod"]),
        ("status <https://example.com/a>", ["status", "https://example.com/a"]),
        ("status <#C024BE91L|hilton>", ["status", "hilton"]),
        ("status <#C024BE91L|>", ["status", "C024BE91L"]),
        ("status <@U1|olivia> <!subteam^S1|@oncall> <!here>", ["status", "olivia", "@oncall", "!here"]),
        ("status at&amp;t", ["status", "at&t"]),
        ("status &amp;lt;x&amp;gt;", ["status", "&lt;x&gt;"]),
        ("status &lt;!channel&gt;", ["status", "<!channel>"]),
        ("status hil\u200bton\u202e\x00", ["status", "hilton"]),
        ("status cox\u2011retention", ["status", "cox-retention"]),
        ("status \ud800", ["status"]),
    ],
)
def test_oddities_of_typing_are_understood(typed: str, words: list[str]) -> None:
    assert words_of(typed) == words


def test_only_double_quotes_make_a_name_of_a_word() -> None:
    words = words_of("run “all” \"all\" 'all' `all` all")

    assert [isinstance(word, Quoted) for word in words] == [False, True, True, False, False, False]


@pytest.mark.parametrize(("name", "as_typed"), [("hilton", "hilton"), ("big one", '"big one"'), ("All", '"All"')])
def test_a_name_is_quoted_where_it_has_to_be(name: str, as_typed: str) -> None:
    assert typed(name) == as_typed


def test_a_text_over_the_limit_is_refused_and_only_its_beginning_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        words_of("status " + "x" * MAX_TEXT)

    assert "1,007 characters" in refused.value.problem
    assert len(str(refused.value)) < 250


def test_a_text_at_the_limit_is_read() -> None:
    assert words_of("x" * MAX_TEXT) == ["x" * MAX_TEXT]


def test_an_echo_is_quoted_and_clipped() -> None:
    assert shown("hilton") == "“hilton”"
    assert len(shown("x" * 500)) == MAX_ECHO + 2
