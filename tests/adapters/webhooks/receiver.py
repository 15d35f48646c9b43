"""A server on loopback that receives webhooks, and answers as told or hangs up."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass
class Receiver:
    """Keeps each request. The next ones are answered with ``answers``: a status, or None to hang up without a reply;
    all others with 202."""

    answers: list[int | None] = field(default_factory=list)
    body: str = ""
    more_headers: Mapping[str, str] = field(default_factory=dict)
    bodies: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        """Receive until the block is left."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._receive)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/marked-secret"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.keys.append(request.headers["Idempotency-Key"])
        status = self.answers.pop(0) if self.answers else 202
        if status is None:
            assert request.transport
            request.transport.abort()
            return web.Response()
        return web.Response(status=status, text=self.body, headers=dict(self.more_headers))
