"""Sends payloads to a remote codec by Temporal's protocol for codec servers: POST {endpoint}/encode or /decode, with
Payloads as JSON (https://docs.temporal.io/codec-server).

The size and the time of an answer are limited. Redirects are not followed, because requests carry data and
credentials.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum

from aiohttp import ClientError, ClientResponse, ClientSession, TCPConnector
from aiohttp.http_exceptions import HttpProcessingError
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from bot.adapters.no_connection import connection_problem
from bot.computing import compute
from bot.errors import Unavailable, Unreachable
from bot.redaction import beginning, redact

LARGEST_ANSWER = 16 * 1024 * 1024
LARGEST_ERROR = 2 * 1024
LONGEST_WHY = 200
MAX_CONNECTIONS = 8
# After a failure the codec gets no request for this long. Otherwise every call would wait for the time limit.
REST = timedelta(seconds=5)
# With these statuses a codec refuses the data. A server that does not catch its own errors answers 500 for bad data
# too.
ABOUT_DATA = frozenset({400, 413, 422, 500})


class CodecPath(StrEnum):
    """What a codec server is asked to do."""

    ENCODE = "encode"
    DECODE = "decode"


class DataRefused(Exception):
    """The codec refuses this request, and may accept another one. ``is_certain`` is False for a status that a broken
    codec returns as well."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.is_certain = status != 500


class CodecServer:
    """The codec server of one cluster. ``auth`` is the whole Authorization header, "" for none. ``namespace`` is
    called for each request, because a profile may name the namespace, which is then known only after connecting."""

    def __init__(
        self, cluster: str, endpoint: str, auth: str, limit: timedelta, namespace: Callable[[], str | None]
    ) -> None:
        self.system = f"Codec of {cluster}"
        self.endpoint = endpoint
        self._advice = f"see codec in [clusters.{cluster}]"
        self._auth = auth
        self._limit = limit
        self._namespace = namespace
        self._session: ClientSession | None = None
        self._failure: Unavailable | None = None
        self._rests_until = 0.0

    async def ask(self, path: CodecPath, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads as the codec returns them. Raises DataRefused and Unavailable."""
        clock = asyncio.get_running_loop().time
        if self._failure and clock() < self._rests_until:
            raise type(self._failure)(self.system, self._failure.why)
        try:
            answer = await self._post(path, payloads)
        except Unavailable as exc:
            self._failure, self._rests_until = exc, clock() + REST.total_seconds()
            raise
        self._failure = None
        return answer

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def _post(self, path: CodecPath, payloads: Sequence[Payload]) -> list[Payload]:
        # In a thread, because converting megabytes would block the event loop.
        body = await compute(lambda: json_format.MessageToJson(Payloads(payloads=payloads)).encode())
        namespace = self._namespace() or ""
        url = f"{self.endpoint.replace('{namespace}', namespace)}/{path}"
        try:
            async with (
                asyncio.timeout(self._limit.total_seconds()),
                self._opened().post(
                    url, data=body, headers=self._headers(namespace), allow_redirects=False
                ) as response,
            ):
                raw = await self._read(response)
        except TimeoutError as exc:
            raise self._unavailable(f"no answer within {self._limit.total_seconds():g} s") from exc
        # aiohttp does not wrap the errors of its parsers and of the socket.
        except (ClientError, HttpProcessingError, OSError, ValueError, EOFError) as exc:
            raise self._no_connection(exc) from exc
        return await compute(self._parsed, raw, len(payloads))

    def _headers(self, namespace: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "backfill-bot"}
        if namespace:
            headers["X-Namespace"] = namespace
        if self._auth:
            headers["Authorization"] = self._auth
        return headers

    async def _read(self, response: ClientResponse) -> bytes:
        if response.status == 200:
            raw = await _read_up_to(response, LARGEST_ANSWER + 1)
            if len(raw) > LARGEST_ANSWER:
                raise self._unavailable(f"its answer has over {LARGEST_ANSWER // 1024 // 1024} MB")
            return raw
        text = (await _read_up_to(response, LARGEST_ERROR)).decode(errors="replace")
        reply = redact(beginning(" ".join(text.split())))[:LONGEST_WHY]
        why = f"it answers HTTP status {response.status}{f': {reply}' if reply else ''}"
        if response.status in ABOUT_DATA:
            raise DataRefused(response.status, why)
        # Status 429 and most of 5xx are temporary. A wrong path, a redirect or missing rights stay until somebody
        # changes them.
        is_transient = response.status == 429 or response.status >= 500
        raise self._unavailable(why) if is_transient else Unreachable(self.system, f"{why}; {self._advice}")

    def _parsed(self, raw: bytes, number: int) -> list[Payload]:
        try:
            answer = json_format.Parse(raw, Payloads(), ignore_unknown_fields=True)
        except (json_format.ParseError, UnicodeDecodeError, RecursionError) as exc:
            raise self._unavailable(f"its answer is not Temporal's Payloads as JSON; {self._advice}") from exc
        if len(answer.payloads) != number:
            raise self._unavailable(f"it answers with {len(answer.payloads)} payloads for {number}")
        return list(answer.payloads)

    def _no_connection(self, error: Exception) -> Unavailable:
        problem = connection_problem(error)
        if problem is None:
            return self._unavailable(f"no usable answer: {redact(beginning(str(error)))[:LONGEST_WHY]}")
        kind = Unavailable if problem.is_transient else Unreachable
        return kind(self.system, f"no connection to {self.endpoint}: {problem.value}")

    def _unavailable(self, why: str) -> Unavailable:
        return Unavailable(self.system, why)

    def _opened(self) -> ClientSession:
        """The session. The first call creates it, because a session belongs to a running event loop."""
        if self._session is None:
            tls = ssl.create_default_context() if self.endpoint.startswith("https:") else False
            self._session = ClientSession(
                connector=TCPConnector(limit=MAX_CONNECTIONS, ssl=tls), auto_decompress=False, trust_env=True
            )
        return self._session


async def _read_up_to(response: ClientResponse, size: int) -> bytes:
    """At most ``size`` bytes; the rest is not read."""
    body = bytearray()
    while len(body) < size and (chunk := await response.content.read(size - len(body))):
        body += chunk
    return bytes(body)
