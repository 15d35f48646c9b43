"""A remote codec: Temporal's codec server protocol over the sandbox's codec, for programs that have only HTTP.

`POST /encode` and `POST /decode` take and return `{"payloads": [...]}` in proto3's JSON, where all bytes are base64
(https://docs.temporal.io/codec-server). Requests from other origins are allowed, because Temporal's web UI sends them
from the browser.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Self

from aiohttp import web
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload, Payloads

from sandbox.codec import SealingCodec
from sandbox.ports import HOST, listener

Recode = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]
_FOR_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Namespace",
    "Access-Control-Allow-Methods": "POST",
}


class CodecServer:
    """Listens while the context is open."""

    def __init__(self) -> None:
        self._runner = web.AppRunner(codec_app())
        self._socket = listener(0)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def codec_app() -> web.Application:
    """The two routes, with answers to the preflight requests that browsers send first."""
    codec, app = SealingCodec(), web.Application()
    for path, recode in (("/encode", codec.encode), ("/decode", codec.decode)):
        app.router.add_post(path, _recoding(recode))
        app.router.add_options(path, _allow)
    return app


async def _allow(_request: web.Request) -> web.Response:
    return web.Response(status=204, headers=_FOR_BROWSERS)


def _recoding(recode: Recode) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            payloads_in = ParseDict(await request.json(), Payloads())
        except (ValueError, ParseError) as error:
            return web.Response(status=400, text=f"no payloads: {error}", headers=_FOR_BROWSERS)
        try:
            recoded = Payloads(payloads=await recode(payloads_in.payloads))
        except DecodeError:
            return web.Response(status=400, text="encoded with another key", headers=_FOR_BROWSERS)
        return web.json_response(MessageToDict(recoded), headers=_FOR_BROWSERS)

    return answer
