"""HTTP mode: Slack sends requests to this process, all of them to one path."""

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
from handlers.transport.http_request import RETRY_NUMBER, RETRY_REASON, RequestRejected, bolt_request, is_ssl_check

HEALTH_PATH = "/healthz"
# A view has at most 250 kB (slack-contract.md §5), a form's escapes treble that, and there is more than the view.
LARGEST_BODY = 2 * 1024 * 1024
# Slack waits this long for an acknowledgement: nobody hears what comes after it.
PATIENCE = 3.0  # seconds

_SERVER = "aiohttp.server"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int


@asynccontextmanager
async def serving(app: AsyncApp, signing_secret: str, place: Place) -> AsyncIterator[int]:
    """Commands and clicks come in until the block is left; what has come in by then is answered first.

    Gives the port. Raises BackfillBotError when the place is not to be had.
    """
    endpoint = Endpoint(app, SignatureVerifier(signing_secret))
    doors = ConnectionLimits()
    application = web.Application(client_max_size=LARGEST_BODY, middlewares=[doors.answering])
    application.add_routes([web.post(REQUEST_PATH, endpoint.take), web.get(HEALTH_PATH, _healthy)])
    logging.getLogger(_SERVER).addFilter(_is_ours)
    # What is signed is what was sent: a body is not unpacked before.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=PATIENCE, auto_decompress=False)
    await runner.setup()
    try:
        async with doors.open(runner, place.host, place.port) as port:
            _log.info("listening for Slack", host=place.host, port=port, path=REQUEST_PATH)
            yield port
    finally:
        await runner.cleanup()


class Endpoint:
    """Takes what is signed by Slack, hands it to Bolt, and sends Bolt's acknowledgement back."""

    def __init__(self, app: AsyncApp, verifier: SignatureVerifier) -> None:
        self._app = app
        self._verifier = verifier

    async def take(self, request: web.Request) -> web.Response:
        """Answer one request; whatever is wrong with it, the answer gives nothing away."""
        try:
            raw = await _read(request)
            if is_ssl_check(raw):
                return web.Response()
            answer = await self._dispatched(raw, request)
        except RequestRejected as exc:
            _log.info("request not taken", status=exc.status, why=str(exc))
            return web.json_response({"error": "invalid request"}, status=exc.status)
        return await to_aiohttp_response(answer)

    async def _dispatched(self, raw: bytes, request: web.Request) -> BoltResponse:
        try:
            accepted = bolt_request(raw, request.headers, self._verifier)
            if RETRY_NUMBER in request.headers:
                _log.info("delivered again", number=_short(request, RETRY_NUMBER), why=_short(request, RETRY_REASON))
            return await self._app.async_dispatch(accepted)
        except (AttributeError, LookupError, TypeError, ValueError) as exc:
            # Listeners' own errors do not come this way: Bolt has stumbled over the body before it found one.
            raise RequestRejected(400, f"nothing that Slack sends ({type(exc).__name__})") from exc


async def _read(request: web.Request) -> bytes:
    """Its body. Who sends one that is too large, or slowly, hears no more than that."""
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


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether an error of the server is one: what is no HTTP at all is refused by it, and worth no traceback."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
