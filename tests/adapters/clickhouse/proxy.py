"""A proxy before the real ClickHouse that changes requests, as a user's profile or a load balancer does."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web

from tests.adapters.clickhouse.server import ClickHouseServer

Query = dict[str, str]
# From the parameters and statement that the bot sends to those that the server gets.
Change = Callable[[Query, str], tuple[Query, str]]


@asynccontextmanager
async def changing(server: ClickHouseServer, change: Change) -> AsyncIterator[str]:
    """The URL of the proxy."""

    async def forward(request: web.Request) -> web.Response:
        query, body = change(dict(request.query), (await request.read()).decode())
        async with ClientSession(auto_decompress=False) as session:
            answer = await session.post(server.url, params=query, data=body.encode())
            headers = {name: value for name, value in answer.headers.items() if name.startswith("X-ClickHouse")}
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)

    app = web.Application()
    app.router.add_route("*", "/", forward)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
