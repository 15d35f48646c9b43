"""DATABASE_URL: which stores there are, and that the password in it is repeated nowhere."""

import pytest
from pydantic import ValidationError

from bot.config import Settings

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def settings(url: str) -> Settings:
    return Settings.from_env({**TOKENS, "DATABASE_URL": url})


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:///backfill-bot.db",
        "postgresql://u:p@host/db",
        "postgresql+asyncpg://u:p@host:5432/db",
        "postgres://u:p@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d1?sslmode=require",
    ],
)
def test_a_store_is_named_as_sqlite_postgresql_and_heroku_name_it(url: str) -> None:
    assert settings(url).database_url == url


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///store.db",
        "mysql://u:marked-secret@host/db",
        "postgresql+psycopg2://u:marked-secret@host/db",
        "POSTGRES://u:marked-secret@host/db",
        " postgres://u:marked-secret@host/db",
        "marked-secret",
    ],
)
def test_any_other_is_a_mistake_that_does_not_repeat_it(url: str) -> None:
    with pytest.raises(ValidationError, match="not a URL of a supported store") as caught:
        settings(url)

    assert "marked-secret" not in str(caught.value)


def test_the_password_is_not_shown_with_the_settings() -> None:
    assert "marked-secret" not in f"{settings('postgres://u:marked-secret@host/db')!r}"
