"""Control routes that change users, user groups and the request URL."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from local_slack.control.requests import ControlRequest, Naming, read_body
from local_slack.delivery.mode import Ways
from local_slack.errors import ControlError, Json
from local_slack.user_actions.channel import Doings
from local_slack.workspace import Workspace


class UserRequest(ControlRequest):
    user: str
    is_guest: bool | None = None
    is_deleted: bool | None = None


class GroupRequest(ControlRequest):
    group: str
    members: list[str]


@dataclass(frozen=True)
class PeopleControl:
    ws: Workspace
    naming: Naming
    doings: Doings

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/_control/user", self.user), web.post("/_control/group", self.group)]

    async def user(self, request: web.Request) -> web.Response:
        asked = await read_body(request, UserRequest)
        facts = {name: value for name, value in asked.model_dump(exclude={"user"}).items() if value is not None}
        changed = replace(self.naming.user(asked.user), **facts)
        self.ws.directory.users[changed.id] = changed
        described = changed.describe(self.ws.seed)
        self._tell({"type": "user_change", "user": described})
        return web.json_response({"user": described})

    async def group(self, request: web.Request) -> web.Response:
        asked = await read_body(request, GroupRequest)
        group = self.ws.directory.group(asked.group)
        if group is None:
            raise ControlError(f"there is no user group {asked.group!r}", 404)
        members = tuple(self.naming.user(member).id for member in asked.members)
        self.ws.directory.groups[group.id] = replace(group, members=members)
        added, removed = sorted(set(members) - set(group.members)), sorted(set(group.members) - set(members))
        # https://docs.slack.dev/reference/events/subteam_members_changed
        news: Json = {"type": "subteam_members_changed", "subteam_id": group.id, "team_id": self.ws.seed.team_id}
        news |= {"added_users": added, "added_users_count": len(added)}
        news |= {"removed_users": removed, "removed_users_count": len(removed)}
        self._tell(news)
        return web.json_response({"group": {"id": group.id, "handle": group.handle, "members": list(members)}})

    def _tell(self, news: Json) -> None:
        if news["type"] in self.ws.seed.events:
            self.doings.event(news)


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
