"""ClickHouse's HTTP interface over the engine, as far as clickhouse-connect, curl and a browser use it."""

import asyncio
import base64
import binascii
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import lz4.frame  # type: ignore[import-untyped]
from aiohttp import web

from sandbox.clickhouse.engine import Answer, Engine, StatementFailed
from sandbox.clickhouse.journal import Journal
from sandbox.clickhouse.request import Request, read_request

LARGEST_BODY = 256 * 1024 * 1024
AT_ONCE = 8
USER = "default"
AUTHENTICATION_FAILED = 516
CANNOT_DECOMPRESS = 271

# The statuses that ClickHouse itself returns for these error codes; every other code is a 500.
_STATUS = {
    AUTHENTICATION_FAILED: 403,
    46: 404,  # UNKNOWN_FUNCTION
    47: 404,  # UNKNOWN_IDENTIFIER
    60: 404,  # UNKNOWN_TABLE
    81: 404,  # UNKNOWN_DATABASE
    115: 404,  # UNKNOWN_SETTING
    62: 400,  # SYNTAX_ERROR
    456: 400,  # UNKNOWN_QUERY_PARAMETER
}
_CONTENT_TYPES = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
}


class ClickHouseServer:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._journal = Journal()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="statement")

    def application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/ping", self._ping)
        app.router.add_get("/_log", self._log)
        app.router.add_route("*", "/", self._statement)
        return app

    async def _ping(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _log(self, http: web.Request) -> web.Response:
        since = http.query.get("since", "0")
        return web.json_response({"statements": self._journal.since(int(since) if since.isdecimal() else 0)})

    async def _statement(self, http: web.Request) -> web.Response:
        try:
            fields, body = await _fields_and_body(http)
        except RuntimeError as error:  # the error of the lz4 library
            raise web.HTTPBadRequest(text=f"Code: {CANNOT_DECOMPRESS}. DB::Exception: {error}\n") from error
        user = _user(http, fields)
        query_id = fields.get("query_id") or str(uuid.uuid4())
        if not body and not fields.get("query"):
            return web.Response(text="Ok.\n")
        request = read_request(fields, body, user=user, query_id=query_id, is_get=http.method == "GET")
        return await self._run(request)

    async def _run(self, request: Request) -> web.Response:
        began = datetime.now(UTC)
        error, read_rows = "", 0
        try:
            _check_user(request.user)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._threads, self._engine.run, request)
        except StatementFailed as failure:
            error = str(failure)
            return _failed(request, failure)
        else:
            read_rows = answer.read_rows
            return _answered(request, answer, datetime.now(UTC) - began)
        finally:
            self._journal.add(request, began, datetime.now(UTC), error, read_rows)


async def _fields_and_body(http: web.Request) -> tuple[dict[str, str], bytes]:
    """The fields of the query string and of a multipart form, and the body. A body in lz4 is decompressed here,
    because aiohttp does not know lz4.

    A body whose content type is urlencoded is not parsed, as in ClickHouse: curl gives plain bodies this type.
    """
    fields = dict(http.query)
    if http.content_type == "multipart/form-data":
        form = await http.post()
        fields.update({name: value for name, value in form.items() if isinstance(value, str)})
        return fields, b""
    body = await http.read()
    if http.headers.get("Content-Encoding") == "lz4":
        body = lz4.frame.decompress(body)
    return fields, body


def _user(http: web.Request, fields: dict[str, str]) -> str:
    """The user named by a header, a field or basic authentication, in ClickHouse's order; the default user when none
    is named."""
    named = http.headers.get("X-ClickHouse-User") or fields.get("user")
    if named:
        return named
    scheme, _, credentials = http.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return USER
    try:
        return base64.b64decode(credentials).decode().partition(":")[0] or USER
    except (binascii.Error, UnicodeDecodeError):
        return USER


def _check_user(user: str) -> None:
    if user != USER:
        raise StatementFailed(
            f"Code: {AUTHENTICATION_FAILED}. DB::Exception: {user}: Authentication failed: password is incorrect, "
            "or there is no user with such name. (AUTHENTICATION_FAILED)"
        )


def _headers(request: Request) -> dict[str, str]:
    return {
        "X-ClickHouse-Query-Id": request.query_id,
        "X-ClickHouse-Server-Display-Name": "sandbox",
        "X-ClickHouse-Timezone": "UTC",
        "X-ClickHouse-Format": request.format,
    }


def _answered(request: Request, answer: Answer, elapsed: timedelta) -> web.Response:
    summary = {
        "read_rows": str(answer.read_rows),
        "written_rows": str(answer.written_rows),
        "elapsed_ns": str(int(elapsed.total_seconds() * 1e9)),
    }
    headers = _headers(request) | {
        "X-ClickHouse-Summary": json.dumps(summary),
        "Content-Type": _CONTENT_TYPES.get(request.format, "application/octet-stream"),
    }
    return web.Response(body=answer.body, headers=headers)


def _failed(request: Request, failure: StatementFailed) -> web.Response:
    headers = _headers(request) | {
        "X-ClickHouse-Exception-Code": str(failure.code),
        "Content-Type": "text/plain; charset=UTF-8",
    }
    return web.Response(status=_STATUS.get(failure.code, 500), text=f"{failure}\n", headers=headers)
