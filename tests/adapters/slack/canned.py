"""A web server with canned answers, for responses that a well-behaved Slack never sends."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.adapters.slack import PacedClient, slack_client
from bot.wiring import steady_now


@dataclass
class Answer:
    """One answer: a JSON body unless ``text`` is given."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    content_type: str = "application/json"


@dataclass
class Canned:
    """Answers by method. Each call takes the next answer; the last one repeats."""

    client: PacedClient
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def on(self, method: str, *answers: Answer) -> None:
        """Set the answers to the next calls of ``method``."""
        self.answers[method] = list(answers)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a call of any method."""
        method = request.match_info["method"]
        self.calls.append(method)
        waiting = self.answers[method]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if answer.text is None:
            return web.json_response(answer.body, status=answer.status, headers=answer.headers)
        return web.Response(
            text=answer.text, status=answer.status, headers=answer.headers, content_type=answer.content_type
        )


@asynccontextmanager
async def canned_slack(now: Callable[[], datetime] = steady_now) -> AsyncIterator[Canned]:
    """A server with canned answers on a free port, with a client that calls it and is paced by ``now``."""
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    canned = Canned(slack_client("xoxb-secret-token", "http://127.0.0.1/api/", now))
    app.router.add_route("*", "/api/{method}", canned.handle)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        canned.client.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield canned
    finally:
        await runner.cleanup()
