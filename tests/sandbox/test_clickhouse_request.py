"""Reading a ClickHouse request: what is statement, what is data, what is a setting."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.clickhouse.request import Request, read_request

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda name: not name.startswith("param_"))


def read(fields: dict[str, str], body: bytes = b"", *, is_get: bool = False) -> Request:
    return read_request(fields, body, user="default", query_id="q", is_get=is_get)


def test_the_statement_may_come_in_the_body() -> None:
    assert read({}, b"SELECT 1").statement == "SELECT 1"


def test_the_body_follows_the_query_field() -> None:
    assert read({"query": "SELECT"}, b"1").statement == "SELECT\n1"


def test_the_format_of_the_statement_wins_over_the_default() -> None:
    assert read({"default_format": "JSON"}, b"SELECT 1 format CSV;").format == "CSV"


def test_without_a_format_the_default_is_taken() -> None:
    assert read({"default_format": "JSON"}, b"SELECT 1").format == "JSON"
    assert read({}, b"SELECT 1").format == "TabSeparated"


def test_rows_after_an_insert_are_data_whatever_their_bytes() -> None:
    request = read({}, b"INSERT INTO db.t (`a`, `b`) FORMAT Native\n\x00\xff\x01")

    assert (request.statement, request.format, request.data) == (
        "INSERT INTO db.t (`a`, `b`)",
        "Native",
        b"\x00\xff\x01",
    )


def test_an_insert_from_a_select_has_no_data() -> None:
    assert read({}, b"INSERT INTO t SELECT 1 FORMAT Null").data is None


def test_an_insert_of_values_has_no_data() -> None:
    assert read({}, b"INSERT INTO t VALUES (' FORMAT CSV ')").data is None


def test_get_may_not_write() -> None:
    assert read({"query": "SELECT 1"}, is_get=True).settings == {"readonly": "2"}
    assert read({"query": "SELECT 1", "readonly": "1"}, is_get=True).settings == {"readonly": "1"}


@given(parameters=st.dictionaries(NAMES, st.text()))
def test_every_bound_parameter_arrives_unchanged(parameters: dict[str, str]) -> None:
    request = read({f"param_{name}": value for name, value in parameters.items()}, b"SELECT 1")

    assert request.parameters == parameters
    assert request.settings == {}


@given(rows=st.binary())
def test_inserted_bytes_arrive_unchanged(rows: bytes) -> None:
    assert read({"query": "INSERT INTO t FORMAT RowBinary"}, rows).data == rows
