"""``verify`` over every kind of object that a team may name: what it says is what a data engineer would sign."""

import uuid
from dataclasses import dataclass
from datetime import date

import pytest

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.blocks.verify import render
from bot.commands import Verify
from bot.config.verify import TableConfig
from bot.fleet.verification.verdict import Outcome
from bot.model import Window
from bot.services import Services
from bot.usecases.verify import verify
from tests.adapters.clickhouse.conftest import config
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.clickhouse.test_verify import services

DAYS = Window(date(2026, 1, 1), date(2026, 1, 11))
ROWS = 240
EXPECTED = "SELECT toDate('2026-01-01') + number AS day, toUInt64(24) AS rows FROM numbers(10)"
COLUMNS = "id UInt64, customer String, at DateTime('UTC')"
# A row an hour, so many of them, from this one on.
HOURS = "number AS id, 'hilton' AS customer, toDateTime('2026-01-01', 'UTC') + number * 3600 AS at"

KEYED = ("id",)


@dataclass(frozen=True)
class Case:
    """An object, how it is filled, and what is to be said of it."""

    create: str
    fill: tuple[str, ...]
    outcome: Outcome
    says: str
    keyed: Outcome
    keyed_says: str


def rows(more: str = "", where: str = "1") -> str:
    return f"SELECT {HOURS}{more} FROM numbers({ROWS}) WHERE {where}"


COPIES = ("INSERT INTO {t} " + rows(where="number % 3 = 0"),) * 3
ONCE = ("INSERT INTO {t} " + rows(),)
MATCHES = "hilton on voice-prod matches: 240 scores, 10 days."
SEEMS = (
    "hilton on voice-prod is not proven, but holds as many rows as expected: 240 scores, 10 days. In scores a "
    "duplicate counts like any other row, so rows may be missing all the same."
)
BROKEN = (
    "hilton on voice-prod does not match its source. scores: 160 rows missing (Jan 1–10), 160 duplicates (Jan 1–10)."
)
REPLACING = "CREATE TABLE {t} (" + COLUMNS + ") ENGINE = ReplacingMergeTree ORDER BY (customer, id)"


def plain(engine: str) -> str:
    return "CREATE TABLE {t} (" + COLUMNS + f") ENGINE = {engine}"


def over(view: str, table: str = REPLACING) -> str:
    """A view over a table {t}_base."""
    return table.replace("{t}", "{t}_base") + ";" + view


VIEW = "CREATE VIEW {t} AS SELECT * FROM {t}_base"
INTO_BASE = tuple(statement.replace("{t}", "{t}_base") for statement in COPIES)
ALL_BASE = tuple(statement.replace("{t}", "{t}_base") for statement in ONCE)
DELETED = (
    "INSERT INTO {t} " + rows(", 1 AS version, 0 AS deleted"),
    "INSERT INTO {t} SELECT number + 1000, 'hilton', toDateTime('2026-01-05', 'UTC'), 1, 0 FROM numbers(30)",
    "INSERT INTO {t} SELECT number + 1000, 'hilton', toDateTime('2026-01-05', 'UTC'), 2, 1 FROM numbers(30)",
)
CANCELLED = (
    "INSERT INTO {t} " + rows(", 1 AS sign"),
    "INSERT INTO {t} SELECT number + 1000, 'hilton', toDateTime('2026-01-05', 'UTC'), 1 FROM numbers(30)",
    "INSERT INTO {t} SELECT number + 1000, 'hilton', toDateTime('2026-01-05', 'UTC'), -1 FROM numbers(30)",
    # Cancels what has never arrived.
    "INSERT INTO {t} SELECT number + 2000, 'hilton', toDateTime('2026-01-06', 'UTC'), -1 FROM numbers(5)",
)
VERSIONED = (
    "INSERT INTO {t} " + rows(", 1 AS sign, 1 AS version"),
    "INSERT INTO {t} SELECT number + 1000, 'hilton', toDateTime('2026-01-05', 'UTC'), 1, 1 FROM numbers(30)",
    "INSERT INTO {t} SELECT number + 1000, 'hilton', toDateTime('2026-01-05', 'UTC'), -1, 1 FROM numbers(30)",
)
SUMMED = ("INSERT INTO {t} " + rows(", 1 AS value"),) * 2
WITH_DELETED = (
    "CREATE TABLE {t} (" + COLUMNS + ", version UInt8, deleted UInt8)"
    " ENGINE = ReplacingMergeTree(version, deleted) ORDER BY (customer, id)"
)
INNER = "CREATE MATERIALIZED VIEW {t} ENGINE = ReplacingMergeTree ORDER BY (customer, id) AS SELECT * FROM {t}_base"

TRIPLED_SEEMS = (Outcome.UNPROVEN, SEEMS, Outcome.DIFFERS, BROKEN)
RIGHT_SEEMS = (Outcome.UNPROVEN, SEEMS, Outcome.MATCHES, MATCHES)
TRIPLED_SHOWS = (Outcome.DIFFERS, BROKEN, Outcome.DIFFERS, BROKEN)
RIGHT = (Outcome.MATCHES, MATCHES, Outcome.MATCHES, MATCHES)

CASES = {
    "a ReplacingMergeTree with every third row three times": Case(REPLACING, COPIES, *TRIPLED_SHOWS),
    "a ReplacingMergeTree": Case(REPLACING, ONCE, *RIGHT),
    "a view over every third row three times": Case(over(VIEW), INTO_BASE, *TRIPLED_SEEMS),
    "a view": Case(over(VIEW), ALL_BASE, *RIGHT_SEEMS),
    "a view of a view": Case(
        over("CREATE VIEW {t}_one AS SELECT * FROM {t}_base;CREATE VIEW {t} AS SELECT * FROM {t}_one"),
        INTO_BASE,
        *TRIPLED_SEEMS,
    ),
    "a view with FINAL": Case(over("CREATE VIEW {t} AS SELECT * FROM {t}_base FINAL"), ALL_BASE, *RIGHT_SEEMS),
    "a materialized view with a table of its own": Case(over(INNER, plain("Null")), INTO_BASE, *TRIPLED_SHOWS),
    "a materialized view into a table": Case(
        over(
            REPLACING.replace("{t}", "{t}_to") + ";CREATE MATERIALIZED VIEW {t} TO {t}_to AS SELECT * FROM {t}_base",
            plain("Null"),
        ),
        ALL_BASE,
        *RIGHT,
    ),
    "a materialized view into a MergeTree": Case(
        over("CREATE MATERIALIZED VIEW {t} ENGINE = MergeTree ORDER BY id AS SELECT * FROM {t}_base", plain("Null")),
        INTO_BASE,
        *TRIPLED_SEEMS,
    ),
    "an alias": Case(over("CREATE TABLE {t} ENGINE = Alias({t}_base)"), INTO_BASE, *TRIPLED_SHOWS),
    "a Buffer": Case(
        over("CREATE TABLE {t} AS {t}_base ENGINE = Buffer({db}, {name}_base, 1, 10, 100, 10, 100, 10, 100)"),
        ALL_BASE,
        *RIGHT_SEEMS,
    ),
    "a Merge": Case(
        over("CREATE TABLE {t} AS {t}_base ENGINE = Merge({db}, '^{name}_base$')"), ALL_BASE, *RIGHT_SEEMS
    ),
    "a remote table": Case(
        over("CREATE TABLE {t} AS remote('127.0.0.1', {db}, {name}_base)"), ALL_BASE, *RIGHT_SEEMS
    ),
    # Each server behind it merges for itself.
    "a materialized view into a remote table": Case(
        over(
            REPLACING.replace("{t}", "{t}_to")
            + ";CREATE TABLE {t}_remote AS remote('127.0.0.1', {db}, {name}_to)"
            + ";CREATE MATERIALIZED VIEW {t} TO {t}_remote AS SELECT * FROM {t}_base",
            plain("Null"),
        ),
        ALL_BASE,
        *RIGHT_SEEMS,
    ),
    "a MergeTree": Case(plain("MergeTree ORDER BY id"), ONCE, *RIGHT_SEEMS),
    "a MergeTree with every third row three times": Case(plain("MergeTree ORDER BY id"), COPIES, *TRIPLED_SEEMS),
    "a Log": Case(plain("Log"), COPIES, *TRIPLED_SEEMS),
    "a Memory": Case(plain("Memory"), ONCE, *RIGHT_SEEMS),
    "a ReplacingMergeTree with is_deleted": Case(WITH_DELETED, DELETED, *RIGHT),
    "a CollapsingMergeTree": Case(
        "CREATE TABLE {t} (" + COLUMNS + ", sign Int8) ENGINE = CollapsingMergeTree(sign) ORDER BY (customer, id)",
        CANCELLED,
        *RIGHT,
    ),
    "a VersionedCollapsingMergeTree": Case(
        "CREATE TABLE {t} (" + COLUMNS + ", sign Int8, version UInt8)"
        " ENGINE = VersionedCollapsingMergeTree(sign, version) ORDER BY (customer, id)",
        VERSIONED,
        *RIGHT_SEEMS,
    ),
    "a SummingMergeTree": Case(
        "CREATE TABLE {t} (" + COLUMNS + ", value UInt64) ENGINE = SummingMergeTree ORDER BY (customer, id, at)",
        SUMMED,
        *RIGHT_SEEMS,
    ),
    "an AggregatingMergeTree": Case(
        "CREATE TABLE {t} (" + COLUMNS + ") ENGINE = AggregatingMergeTree ORDER BY (customer, id, at)",
        ONCE,
        *RIGHT_SEEMS,
    ),
    "a CoalescingMergeTree": Case(
        "CREATE TABLE {t} (" + COLUMNS + ", value Nullable(UInt8))"
        " ENGINE = CoalescingMergeTree ORDER BY (customer, id, at)",
        SUMMED,
        *RIGHT,
    ),
}


def made(server: ClickHouseServer, case: Case) -> str:
    """The object of a case, filled; its name."""
    name = f"objects_{uuid.uuid4().hex[:10]}"
    names = {"{t}": f"analytics.{name}", "{name}": name, "{db}": "analytics"}
    script = ";".join((*case.create.split(";"), *case.fill))
    for mark, value in names.items():
        script = script.replace(mark, value)
    for statement in script.split(";"):
        server.run(statement)
    return f"analytics.{name}"


def verifying(url: str, warehouse: ClickHouseWarehouse, table: str, key: tuple[str, ...] = ()) -> Services:
    configured = config(url)
    first = TableConfig(
        name="scores", table=table, customer_column="customer", time_column="at", key=key, expected=EXPECTED
    )
    only = configured.model_copy(update={"verify": configured.verify.model_copy(update={"tables": (first,)})})
    return services(only, warehouse, "hilton")


async def verified(world: Services) -> tuple[Outcome, str, str]:
    """The verdict, the sentence, and the whole answer."""
    result = await verify(Verify(target="hilton", range=DAYS), world)
    text = render(result, Verify(target="hilton")).text
    return result.clusters[0].customers[0].outcome, text.splitlines()[0], text


@pytest.mark.parametrize("what", CASES)
async def test_each_kind_of_object_is_judged_by_what_it_can_tell(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, what: str
) -> None:
    case = CASES[what]
    table = made(server, case)

    outcome, sentence, _ = await verified(verifying(server.url, warehouse, table))
    keyed, keyed_sentence, _ = await verified(verifying(server.url, warehouse, table, KEYED))

    assert (outcome, sentence) == (case.outcome, case.says)
    assert (keyed, keyed_sentence) == (case.keyed, case.keyed_says)


async def test_rows_that_cancel_or_delete_others_are_told_as_rows_that_merge_away(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    table = made(server, CASES["a ReplacingMergeTree with is_deleted"])

    _, _, text = await verified(verifying(server.url, warehouse, table))

    assert "scores: expected 240, found 240, difference 0, 0 duplicates." in text
    assert "scores: 60 stored rows that merge away when ClickHouse merges, not counted." in text


async def test_a_table_that_was_exchanged_since_is_judged_by_what_it_is_now(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    table = made(server, CASES["a ReplacingMergeTree"])
    other = made(server, CASES["a MergeTree with every third row three times"])
    world = verifying(server.url, warehouse, table)
    before, _, _ = await verified(world)

    server.run(f"EXCHANGE TABLES {table} AND {other}")
    after, _, _ = await verified(world)
    server.run(f"EXCHANGE TABLES {table} AND {other}")
    again, _, _ = await verified(world)

    assert (before, after, again) == (Outcome.MATCHES, Outcome.UNPROVEN, Outcome.MATCHES)


async def test_the_target_of_a_materialized_view_may_be_exchanged_too(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    view = made(server, CASES["a materialized view into a table"])
    other = made(server, CASES["a MergeTree"])
    world = verifying(server.url, warehouse, view)
    before, _, _ = await verified(world)

    server.run(f"EXCHANGE TABLES {view}_to AND {other}")
    after, _, _ = await verified(world)

    assert (before, after) == (Outcome.MATCHES, Outcome.UNPROVEN)


async def test_an_engine_is_looked_up_once_for_many_counts(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    world = verifying(server.url, warehouse, made(server, CASES["a materialized view into a table"]))
    await verified(world)
    before = server.last_id()
    await verified(world)

    assert len(server.log(before)) == 2


async def test_a_key_that_the_table_does_not_have_is_named_with_the_table(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse
) -> None:
    table = made(server, CASES["a view"])

    outcome, sentence, _ = await verified(verifying(server.url, warehouse, table, ("id", "idd")))

    assert outcome is Outcome.NOT_ANSWERED
    assert f"key names idd, and {table} has no such column; it has id, customer, at" in sentence


OF_NO_USE = {
    "a parameterised view": (
        over("CREATE VIEW {t} AS SELECT * FROM {t}_base WHERE id > {low:UInt64}"),
        "is a view with parameters, which verify has no values for",
    ),
    "a materialized view that hides the sign": (
        over(
            "CREATE TABLE {t}_to (" + COLUMNS + ", sign Int8) ENGINE = CollapsingMergeTree(sign) ORDER BY id"
            ";CREATE MATERIALIZED VIEW {t} TO {t}_to (" + COLUMNS + ") AS SELECT * FROM {t}_base",
            "CREATE TABLE {t} (" + COLUMNS + ", sign Int8) ENGINE = Null",
        ),
        "does not show the column sign, which tells rows that cancel others",
    ),
    "a Set": ("CREATE TABLE {t} (" + COLUMNS + ") ENGINE = Set", "Method read is not supported by storage Set"),
}


@pytest.mark.parametrize("what", OF_NO_USE)
async def test_what_cannot_be_counted_says_why(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, what: str
) -> None:
    create, why = OF_NO_USE[what]
    table = made(server, Case(create, (), *RIGHT))

    outcome, _, text = await verified(verifying(server.url, warehouse, table))

    assert outcome is Outcome.NOT_ANSWERED
    assert why in text


@pytest.mark.parametrize("what", ["a Log", "a Memory", "a remote table", "a Merge", "an alias"])
async def test_a_wrong_key_is_named_whatever_the_table_is(
    server: ClickHouseServer, warehouse: ClickHouseWarehouse, what: str
) -> None:
    table = made(server, CASES[what])

    _, sentence, _ = await verified(verifying(server.url, warehouse, table, ("idd",)))

    assert f"key names idd, and {table} has no such column" in sentence


async def test_keys_with_a_null_in_them_are_keys(server: ClickHouseServer, warehouse: ClickHouseWarehouse) -> None:
    nullable = Case(
        "CREATE TABLE {t} (id Nullable(UInt64), customer String, at DateTime('UTC')) ENGINE = MergeTree ORDER BY at",
        (
            "INSERT INTO {t} " + rows(where="number % 24 > 0"),
            "INSERT INTO {t} SELECT NULL, 'hilton', toDateTime('2026-01-01') + number * 86400 FROM numbers(10)",
        ),
        Outcome.MATCHES,
        "",
        Outcome.MATCHES,
        "",
    )

    assert (await verified(verifying(server.url, warehouse, made(server, nullable), KEYED)))[:2] == (
        Outcome.MATCHES,
        MATCHES,
    )
