"""The store on a PostgreSQL server: how it is named, and when it does not let the bot in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.store import open_store
from bot.adapters.store.postgresql import postgresql_backend
from bot.errors import ConfigError, Refused, Unavailable
from bot.model import JournalEntry
from tests.adapters.store.encrypted import CERTIFICATE, encrypted
from tests.adapters.store.given import NOW, episode
from tests.adapters.store.raw import refusal, sql
from tests.adapters.store.server import PASSWORD, Server

HELD = JournalEntry(episodes=(episode("e1"),))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
@pytest.mark.parametrize("query", ["", "?sslmode=prefer", "?sslmode=disable&application_name=mine"])
async def test_it_is_opened_by_each_form_of_its_url_and_shown_without_the_password(
    server_url: str, scheme: str, query: str
) -> None:
    rest = server_url.partition("://")[2]
    async with open_store(f"{scheme}://{rest}{query}") as store:
        report = await store.journal.check()

    assert report.startswith(f"postgresql://{rest.partition('@')[2]}, schema ")
    assert PASSWORD not in report


@pytest.mark.parametrize(
    ("url", "mistake"),
    [
        ("postgres://u:marked/secret@h/db", "percent-encoded"),
        ("postgres://u:12/marked-secret@h/db", "percent-encoded"),
        ("postgres://u:12#marked-secret@h/db", "percent-encoded"),
        ("postgres://u:12?marked-secret@h/db", "percent-encoded"),
        ("postgres://u:marked-secret@h:port/db", "percent-encoded"),
        ("postgres://u:marked-secret[@h/db", "percent-encoded"),
        ("postgres://u:marked-secret\u2100@h/db", "percent-encoded"),
        ("postgres://u:marked-secret@h", "expected postgresql://USER:PASSWORD@HOST/DATABASE"),
        ("postgres://u:marked-secret@127.0.0.1:1/db?sslmode=perhaps", "`sslmode` parameter must be one of"),
        ("postgresql+psycopg://u:marked-secret@h/db", "expected sqlite+aiosqlite:///PATH or postgresql://"),
    ],
)
async def test_an_unusable_url_is_a_mistake_in_the_configuration_that_repeats_no_secret(
    url: str, mistake: str
) -> None:
    error = await refusal(url)

    assert isinstance(error, ConfigError)
    assert mistake in str(error)
    assert "\n" not in str(error)
    assert "marked" not in str(error)


@given(st.text("0123456789/?#@:[],%&=x", min_size=1))
def test_no_part_of_a_password_is_ever_taken_for_something_that_is_shown(password: str) -> None:
    try:
        shown = postgresql_backend(f"postgres://u:{password}@host:5432/db").shown
    except ConfigError:
        shown = "postgresql://host:5432/db"

    assert shown == "postgresql://host:5432/db"


async def test_one_that_does_not_let_the_bot_in_is_one_clear_error(postgresql: Server) -> None:
    at = f"127.0.0.1:{postgresql.port}"
    password = await refusal(f"postgres://postgres:marked-other@{at}/postgres")
    database = await refusal(f"postgres://{postgresql.address}/nowhere")
    encrypted = await refusal(f"postgres://{postgresql.address}/postgres?sslmode=require")

    assert isinstance(password, Refused)
    assert str(password).startswith(f"store: postgresql://{at}/postgres: it does not accept the password")
    assert isinstance(database, Refused)
    assert "it has no such database" in str(database)
    assert isinstance(encrypted, Unavailable)
    assert "SSL" in str(encrypted)
    assert not any("marked" in str(error) or "\n" in str(error) for error in (password, database, encrypted))


async def test_an_encrypted_server_with_a_certificate_of_its_own_is_used_as_heroku_names_it(
    postgresql: Server, server_url: str
) -> None:
    async with encrypted(postgresql.port) as port:
        url = server_url.replace("postgresql:", "postgres:").replace(f":{postgresql.port}/", f":{port}/")
        async with open_store(f"{url}?sslmode=require") as store:
            await store.journal.record(HELD, NOW)
            known = await store.journal.open_episodes()

    assert len(known) == 1


async def test_a_certificate_is_verified_where_that_is_asked_for(postgresql: Server, server_url: str) -> None:
    async with encrypted(postgresql.port) as port:
        url = server_url.replace(f":{postgresql.port}/", f":{port}/")
        verified = f"{url}?sslmode=verify-full&sslrootcert={CERTIFICATE}"
        async with open_store(verified) as store:
            report = await store.journal.check()
        another_name = await refusal(verified.replace("127.0.0.1", "localhost"))

    assert "open episodes: 0" in report
    assert isinstance(another_name, Refused)
    assert "its certificate cannot be verified" in str(another_name)
    assert PASSWORD not in str(another_name)


async def test_a_user_who_may_not_make_tables_is_told_so(postgresql: Server, server_url: str) -> None:
    async with _user(postgresql, "guest") as url:
        error = await refusal(url(server_url))

    assert isinstance(error, Refused)
    assert "may not do that" in str(error)


async def test_a_server_that_takes_no_more_connections_may_do_so_later(postgresql: Server, server_url: str) -> None:
    async with _user(postgresql, "crowd", "CONNECTION LIMIT 0") as url:
        error = await refusal(url(server_url))

    assert isinstance(error, Unavailable)
    assert "no more connections" in str(error)


@asynccontextmanager
async def _user(server: Server, name: str, limit: str = "") -> AsyncIterator[Any]:
    await server.administer(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {limit}")
    try:
        yield lambda url: url.replace("postgres:", f"{name}:", 1)
    finally:
        await server.administer(f"DROP ROLE {name}")


async def test_what_is_due_is_found_without_reading_all_that_was_said(server_url: str) -> None:
    async with open_store(server_url):
        pass
    waiting = "SELECT * FROM outbox WHERE outbox.said_revision < outbox.revision ORDER BY outbox.turn"
    # Of a few rows it would read all of them.
    await sql(server_url, f"ALTER DATABASE {server_url.rpartition('/')[2]} SET enable_seqscan = off")
    plan = await sql(server_url, f"EXPLAIN {waiting}")

    assert any("ix_outbox_waiting" in str(row) for row in plan)
