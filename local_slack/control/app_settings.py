"""Control requests that change the app's settings: where its deliveries go."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from local_slack.control.requests import ControlRequest, read_body
from local_slack.delivery.mode import Ways
from local_slack.errors import ControlError


class RequestUrlRequest(ControlRequest):
    url: str | None


@dataclass(frozen=True)
class SettingsControl:
    ways: Ways

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/_control/request_url", self.request_url)]

    async def request_url(self, request: web.Request) -> web.Response:
        asked = await read_body(request, RequestUrlRequest)
        if asked.url is None:
            self.ways.by_sockets()
        elif not asked.url.startswith(("http://", "https://")):
            raise ControlError("url: must be an http(s) address, or null for Socket Mode")
        else:
            try:
                await self.ways.by_requests(asked.url, timeout=0)
            except TimeoutError as exc:
                raise ControlError(f"{asked.url} does not answer Slack's challenge") from exc
        return web.json_response({"url": asked.url})
