"""Control routes for what an administrator changes: users, user groups, and where deliveries go."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from local_slack.control.requests import ControlRequest, Lookup, read_body
from local_slack.delivery.mode import DeliveryMode
from local_slack.errors import ControlError, Json
from local_slack.user_actions.channel import ChannelActions
from local_slack.workspace import Workspace


class UserRequest(ControlRequest):
    user: str
    is_guest: bool | None = None
    is_deleted: bool | None = None


class GroupRequest(ControlRequest):
    group: str
    members: list[str]


class RequestUrlRequest(ControlRequest):
    url: str | None


@dataclass(frozen=True)
class AdministrationRoutes:
    ws: Workspace
    lookup: Lookup
    channel_actions: ChannelActions
    delivery_mode: DeliveryMode

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/user", self.user),
            web.post("/_control/group", self.group),
            web.post("/_control/request_url", self.request_url),
        ]

    async def user(self, request: web.Request) -> web.Response:
        body = await read_body(request, UserRequest)
        changes = {name: value for name, value in body.model_dump(exclude={"user"}).items() if value is not None}
        user = replace(self.lookup.user(body.user), **changes)
        self.ws.directory.users[user.id] = user
        described = user.describe(self.ws.seed)
        self._publish({"type": "user_change", "user": described})
        return web.json_response({"user": described})

    async def group(self, request: web.Request) -> web.Response:
        body = await read_body(request, GroupRequest)
        group = self.ws.directory.group(body.group)
        if group is None:
            raise ControlError(f"there is no user group {body.group!r}", 404)
        members = tuple(self.lookup.user(member).id for member in body.members)
        self.ws.directory.groups[group.id] = replace(group, members=members)
        added, removed = sorted(set(members) - set(group.members)), sorted(set(group.members) - set(members))
        # https://docs.slack.dev/reference/events/subteam_members_changed
        event: Json = {"type": "subteam_members_changed", "subteam_id": group.id, "team_id": self.ws.seed.team_id}
        event |= {"added_users": added, "added_users_count": len(added)}
        event |= {"removed_users": removed, "removed_users_count": len(removed)}
        self._publish(event)
        return web.json_response({"group": {"id": group.id, "handle": group.handle, "members": list(members)}})

    async def request_url(self, request: web.Request) -> web.Response:
        body = await read_body(request, RequestUrlRequest)
        if body.url is None:
            self.delivery_mode.use_socket_mode()
        elif not body.url.startswith(("http://", "https://")):
            raise ControlError("url: must be an http(s) address, or null for Socket Mode")
        else:
            try:
                await self.delivery_mode.use_request_url(body.url, timeout=0)
            except TimeoutError as exc:
                raise ControlError(f"{body.url} does not answer Slack's challenge") from exc
        return web.json_response({"url": body.url})

    def _publish(self, event: Json) -> None:
        """Sends the event if the app subscribes to its type."""
        if event["type"] in self.ws.seed.events:
            self.channel_actions.event(event)
