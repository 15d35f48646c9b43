"""DATABASE_URL as hosted databases and other programs write it."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.adapters.store.postgresql_url import CONNECT, LONGEST_CONNECT, read_url
from bot.errors import ConfigError, Refused
from bot.model import JournalEntry
from tests.adapters.store.given import NOW, episode, message
from tests.adapters.store.raw import refusal, sql

BASE = "postgresql://u:marked-secret@h/db"


def mistakes(query: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read_url(f"{BASE}?{query}")
    assert "marked-secret" not in str(caught.value)
    return caught.value.mistakes


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("channel_binding=require", ["channel_binding"]),
        ("connect_timeout=10", []),
        ("keepalives=1&keepalives_idle=30", ["keepalives", "keepalives_idle"]),
        ("gssencmode=disable&client_encoding=utf8", ["client_encoding", "gssencmode"]),
        ("pgbouncer=true", []),
        ("target_session_attrs=read-write&options=-c%20statement_timeout%3D9000", []),
        ("application_name=mine&fallback_application_name=psql", []),
    ],
)
async def test_what_others_write_into_it_is_used_or_left_out_with_a_reason(
    server_url: str, query: str, left_out: list[str]
) -> None:
    with capture_logs() as logs:
        async with open_store(f"{server_url}?{query}") as store:
            await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
            report = await store.journal.check()

    warnings = [line for line in logs if line["event"] == "part of DATABASE_URL not used"]
    assert report.endswith("open episodes: 1")
    assert [line["parameter"] for line in warnings] == left_out
    assert all(line["why"] for line in warnings)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("sslmod=require", "sslmod is no parameter that is known here"),
        ("statement_timeout=5", "settings of the server go into options=-c%20NAME%3DVALUE"),
        ("gssencmode=require", "gssencmode=require cannot be kept"),
        ("requiressl=1", "requiressl cannot be kept: write sslmode=require"),
        ("sslmode", "what follows the ? is not NAME=VALUE&NAME=VALUE"),
        ("connect_timeout=soon", "connect_timeout is no number of seconds"),
        ("pgbouncer=maybe", "pgbouncer is neither true nor false"),
        ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "sslrootcert: there is no file /nowhere/ca.pem"),
        ("sslmode=require&sslrootcert=system", "sslrootcert=system goes with sslmode=verify-full only"),
        (
            "sslrootcert=system&ssl_min_protocol_version=TLSv1.3",
            "ssl_min_protocol_version cannot be kept with sslrootcert=system: name the authorities' file",
        ),
    ],
)
def test_what_cannot_be_kept_is_a_mistake_that_names_it(query: str, named: str) -> None:
    (mistake,) = mistakes(query)

    assert mistake.startswith("DATABASE_URL: ")
    assert named in mistake


def test_every_mistake_is_told() -> None:
    assert len(mistakes("one=1&two=2&hostaddr=::1")) == 3


@pytest.mark.parametrize(
    ("query", "seconds"),
    [("", CONNECT), ("?connect_timeout=2", 2), ("?connect_timeout=600", LONGEST_CONNECT), ("?connect_timeout=0", 10)],
)
def test_a_connection_is_waited_for_as_long_as_it_says_within_bounds(query: str, seconds: int) -> None:
    assert read_url(BASE + query).arguments["timeout"] == seconds


def test_whom_the_machine_trusts_is_trusted_where_that_is_asked_for() -> None:
    address = read_url(f"{BASE}?sslmode=verify-full&sslrootcert=system&application_name=a%20b")

    assert address.arguments["ssl"].check_hostname
    assert address.dsn == BASE
    assert address.arguments["server_settings"] == {"application_name": "a b"}


def test_what_the_driver_takes_is_handed_to_it_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "a & b.pem"
    file.touch()
    address = read_url(f"postgres://h1:1,h2:2/db?sslrootcert={str(file).replace(' ', '%20').replace('&', '%26')}")

    assert address.shown == "postgresql://h1:1,h2:2/db"
    assert address.dsn.endswith("a%20%26%20b.pem")


async def test_behind_a_pooler_of_transactions_no_statement_is_left_to_another_connection(server_url: str) -> None:
    async with open_store(f"{server_url}?pgbouncer=true") as store:
        await asyncio.gather(
            *(store.journal.record(JournalEntry(messages=(message(f"{n}"),)), NOW) for n in range(10))
        )
    async with open_database(f"{server_url}?pgbouncer=true") as database:
        async with database.writing() as connection:
            kept = [
                await connection.scalar(text(f"SELECT {what}"))
                for what in ("count(*) FROM pg_prepared_statements", "current_setting('lock_timeout')")
            ]
        async with database.reading() as connection:
            afterwards = await connection.scalar(text("SELECT current_setting('lock_timeout')"))

    assert kept == [0, "5s"]
    assert afterwards == "0"


async def test_a_pooler_of_transactions_that_nobody_told_of_is_told_of(server_url: str) -> None:
    async with open_store(server_url):
        pass
    with pytest.raises(Refused, match="add pgbouncer=true to DATABASE_URL"):
        await sql(server_url, "EXECUTE prepared_elsewhere")
    refused = await refusal(f"{server_url}?pgbouncer=1")

    assert isinstance(refused, ConfigError)


@pytest.mark.parametrize("hosts", ["h:0", "h:65536", "h:99999", "h:5432,h2:70000", "[::1]:70000", "h:70000,h2"])
def test_a_port_that_cannot_be_one_is_refused_and_not_shown(hosts: str) -> None:
    with pytest.raises(ConfigError, match="not a URL of a database") as caught:
        read_url(f"postgresql://{hosts}/db")

    assert hosts not in str(caught.value)


@pytest.mark.parametrize("hosts", ["h", "h:1", "h:65535", "h:5432,h2:5433", "[::1]:5432", "[fe80::7]"])
def test_hosts_and_ports_are_shown(hosts: str) -> None:
    assert read_url(f"postgresql://u:marked-secret@{hosts}/db").shown == f"postgresql://{hosts}/db"
