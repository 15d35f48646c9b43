"""A codec server that speaks Temporal's protocol and turns bytes around, and a worker's codec that does the same."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

ENCODING = b"binary/encrypted"
# What is encoded under a key that the server does not have.
LOST = b"lost"


def sealed(payload: Payload, key: bytes = b"1") -> Payload:
    """Nobody can read it without the codec."""
    return Payload(metadata={"encoding": ENCODING, "key": key}, data=payload.SerializeToString()[::-1])


def opened(payload: Payload) -> Payload:
    """Raises ValueError for a key that is not known."""
    if payload.metadata.get("encoding") != ENCODING:
        return payload
    if payload.metadata["key"] == LOST:
        raise ValueError("no such key")
    return Payload.FromString(payload.data[::-1])


class WorkersCodec(PayloadCodec):
    """What the team's own workers are given."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [opened(payload) for payload in payloads]


@dataclass
class CodecStandIn:
    """Counts what it is asked, and fails as told: ``status`` is answered in place of everything, ``body`` in place of
    the answer, ``hangs`` answers nothing, and ``refusal`` is the status for a key that is not known."""

    auth: str = "Bearer for-codecs-alone"
    status: int = 0
    body: bytes | None = None
    hangs: bool = False
    refusal: int = 400
    headers: list[dict[str, str]] = field(default_factory=list)
    requests: list[tuple[str, int]] = field(default_factory=list)
    endpoint: str = ""
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/{namespace}/{path}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.endpoint = f"http://127.0.0.1:{port}/{{namespace}}"
        try:
            yield self
        finally:
            self._released.set()
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        payloads = json_format.Parse(await request.read(), Payloads()).payloads
        self.requests.append((request.match_info["path"], len(payloads)))
        if self.hangs:
            await self._released.wait()
        if self.status:
            return web.Response(status=self.status, text="password=hunter2hunter2 the vault is sealed")
        if request.headers.get("Authorization") != self.auth:
            return web.Response(status=401)
        if self.body is not None:
            return web.Response(body=self.body)
        convert = {"encode": sealed, "decode": opened}[request.match_info["path"]]
        try:
            answer = Payloads(payloads=[convert(payload) for payload in payloads])
        except ValueError as exc:
            return web.Response(status=self.refusal, text=str(exc))
        return web.Response(text=json_format.MessageToJson(answer), content_type="application/json")
