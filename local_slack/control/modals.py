"""Control requests about modals: submit, close, look for options, see what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from local_slack.control.lookup import Naming
from local_slack.control.requests import ControlRequest, read_body
from local_slack.user_actions.elements import Press
from local_slack.user_actions.modals import Entry, Modals


class SubmitRequest(ControlRequest):
    user: str
    view_id: str
    values: dict[str, Any] = Field(default_factory=dict)


class CloseRequest(ControlRequest):
    user: str
    view_id: str
    every: Annotated[bool, Field(alias="all")] = False


class SuggestRequest(ControlRequest):
    user: str
    view_id: str
    action_id: str
    query: str


@dataclass(frozen=True)
class ModalControl:
    naming: Naming
    modals: Modals

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/submit", self.submit),
            web.post("/_control/close", self.close),
            web.post("/_control/suggest", self.suggest),
            web.get("/_control/views", self.views),
        ]

    async def submit(self, request: web.Request) -> web.Response:
        asked = await read_body(request, SubmitRequest)
        user = self.naming.user(asked.user)
        return web.json_response(await self.modals.submit(user, Entry(asked.view_id, asked.values)))

    async def close(self, request: web.Request) -> web.Response:
        asked = await read_body(request, CloseRequest)
        user = self.naming.user(asked.user)
        return web.json_response(await self.modals.close(user, asked.view_id, all_views=asked.every))

    async def suggest(self, request: web.Request) -> web.Response:
        asked = await read_body(request, SuggestRequest)
        user = self.naming.user(asked.user)
        found = await self.modals.suggest(user, asked.view_id, Press(asked.action_id, asked.query))
        return web.json_response(found)

    async def views(self, request: web.Request) -> web.Response:
        user = self.naming.user(request.query.get("user", ""))
        return web.json_response(self.modals.open_views(user))
