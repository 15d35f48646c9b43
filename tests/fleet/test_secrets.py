"""What looks like a secret is shown to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.secrets import presentable, without_secrets

LIMIT = 300


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("store: database\n is  locked", "store: database is locked"),
        ("No alert is open for “xoxb-1-secret”.", "No alert is open for “(hidden)”."),
        ("XAPP-1-A0-secret and xoxe.xoxp-1-secret", "(hidden) and (hidden)"),
        ("postgresql://bot:secret@db/x refused", "postgresql://(hidden)@db/x refused"),
        ("no server: password=secret host=db", "no server: password=(hidden) host=db"),
        ("{'Authorization': 'Basic c2VjcmV0'}", "{'Authorization': 'Basic (hidden)'}"),
        (
            "it does not accept the password: check DATABASE_URL",
            "it does not accept the password: check DATABASE_URL",
        ),
        ("from its Basic Information page, password_env = X", "from its Basic Information page, password_env = X"),
        ("x" * 1_000, "x" * (LIMIT - 1) + "…"),
    ],
)
def test_text_is_told_on_one_line_without_secrets_and_not_at_any_length(said: str, kept: str) -> None:
    assert presentable(said, LIMIT) == kept


def test_a_secret_is_hidden_before_the_text_is_cut() -> None:
    assert "secret" not in presentable("y" * (LIMIT - 10) + " xoxb-secret", LIMIT)


@given(before=st.text(), after=st.text())
def test_a_token_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    assert "xoxb-1-2-marked" not in without_secrets(f"{before} xoxb-1-2-marked {after}")


def test_what_is_hidden_stays_as_it_is() -> None:
    once = without_secrets("In scope password = 'secret'. Authorization: Basic c2VjcmV0, x-clickhouse-key: secret")

    assert once.count("(hidden)") == 3
    assert without_secrets(once) == once


def test_lines_stay_lines() -> None:
    assert without_secrets("one\ntwo xapp-1\n") == "one\ntwo (hidden)\n"
