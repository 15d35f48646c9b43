"""HTTP mode: an HTTP server that takes all of Slack's requests on one path (docs/decisions/http-mode.md)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.manifest import REQUEST_PATH
from handlers.transport.http_connections import ConnectionLimits
from handlers.transport.request_verification import (
    RETRY_NUMBER,
    RETRY_REASON,
    RequestRejected,
    bolt_request,
    is_ssl_check,
)

HEALTH_PATH = "/healthz"
# In bytes. A view has at most 250 kB (docs/slack-facts.md#limits), the escapes of a form make it up to three times as
# long, and a payload contains more than the view.
LARGEST_BODY = 2 * 1024 * 1024
# Slack waits this long for an acknowledgement, and ignores a later one.
PATIENCE = 3.0  # seconds

_SERVER = "aiohttp.server"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where to listen. Port 0 takes a free port."""

    host: str
    port: int


@asynccontextmanager
async def serve_http(app: AsyncApp, signing_secret: str, address: ListenAddress) -> AsyncIterator[int]:
    """Accept requests until the block is left; those that have arrived by then are answered first.

    Yields the port. Raises BackfillBotError if it cannot listen there.
    """
    endpoint = Endpoint(app, SignatureVerifier(signing_secret))
    connections = ConnectionLimits()
    application = web.Application(client_max_size=LARGEST_BODY, middlewares=[connections.middleware])
    application.add_routes([web.post(REQUEST_PATH, endpoint.handle), web.get(HEALTH_PATH, _healthy)])
    logging.getLogger(_SERVER).addFilter(_is_own_error)
    # The signature covers the bytes as sent, so they must not be decompressed before it is checked.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=PATIENCE, auto_decompress=False)
    await runner.setup()
    try:
        async with connections.listen(runner, address.host, address.port) as port:
            _log.info("listening for Slack", host=address.host, port=port, path=REQUEST_PATH)
            yield port
    finally:
        await runner.cleanup()


class Endpoint:
    """Verifies each request, hands it to Bolt, and returns Bolt's acknowledgement. Slack's check of the TLS
    certificate is answered here, without Bolt."""

    def __init__(self, app: AsyncApp, verifier: SignatureVerifier) -> None:
        self._app = app
        self._verifier = verifier

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request. The reason of a rejection is only logged; all rejections have the same body."""
        try:
            raw = await _read(request)
            if is_ssl_check(raw):
                return web.Response()
            ack = await self._dispatch(raw, request)
        except RequestRejected as exc:
            _log.info("request not taken", status=exc.status, why=str(exc))
            return web.json_response({"error": "invalid request"}, status=exc.status)
        return await to_aiohttp_response(ack)

    async def _dispatch(self, raw: bytes, request: web.Request) -> BoltResponse:
        try:
            verified = bolt_request(raw, request.headers, self._verifier)
            if RETRY_NUMBER in request.headers:
                _log.info("delivered again", number=_short(request, RETRY_NUMBER), why=_short(request, RETRY_REASON))
            return await self._app.async_dispatch(verified)
        except (AttributeError, LookupError, TypeError, ValueError) as exc:
            # Bolt failed on an odd body before it found a listener; errors in listeners do not reach this point.
            raise RequestRejected(400, f"nothing that Slack sends ({type(exc).__name__})") from exc


async def _read(request: web.Request) -> bytes:
    """Read the body. Raises RequestRejected for one that is too large, too slow or incomplete."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.read()
    except TimeoutError as exc:
        raise RequestRejected(408, "its body did not come in time") from exc
    except web.HTTPRequestEntityTooLarge as exc:
        raise RequestRejected(413, "too large") from exc
    except (web.RequestPayloadError, ConnectionError) as exc:
        raise RequestRejected(400, "its body did not come whole") from exc


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def _short(request: web.Request, header: str) -> str:
    return request.headers.get(header, "")[:50]


def _is_own_error(record: logging.LogRecord) -> bool:
    """A log filter that drops aiohttp's tracebacks about input that is not valid HTTP: False for such a record."""
    exc = record.exc_info[1] if record.exc_info else None
    return not isinstance(exc, HttpProcessingError)
