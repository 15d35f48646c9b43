"""/api/METHOD: reads arguments, checks token and scope, calls the method, and replies in Slack's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aiohttp import web

from local_slack.delivery.socket_mode import SocketMode
from local_slack.errors import Json, SlackError
from local_slack.faults.active import Faults
from local_slack.faults.kinds import TokenRevoked
from local_slack.web_api import (
    chat,
    conversations,
    files,
    reactions,
    unfurls,
    users,
    views,
)
from local_slack.web_api.arguments import Arguments, read_arguments
from local_slack.web_api.calls import CallRunner, Invocation, Reply
from local_slack.web_api.scopes import OF_A_CONVERSATION, check_scope
from local_slack.workspace import Workspace

Method = Callable[[Arguments, Workspace], Json]

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auth.test": users.auth_test,
        "bots.info": users.bot,
        "team.info": users.team_info,
        "chat.postMessage": chat.post_message,
        "chat.update": chat.update,
        "chat.postEphemeral": chat.post_ephemeral,
        "chat.delete": chat.delete,
        "chat.getPermalink": chat.get_permalink,
        "chat.unfurl": unfurls.unfurl,
        "conversations.info": conversations.info,
        "conversations.list": conversations.list_all,
        "conversations.members": conversations.members,
        "conversations.join": conversations.join,
        "conversations.open": conversations.open_direct,
        "conversations.history": conversations.history,
        "conversations.replies": conversations.replies,
        "files.getUploadURLExternal": files.get_upload_url,
        "files.completeUploadExternal": files.complete_upload,
        "files.info": files.info,
        "files.delete": files.delete,
        "reactions.add": reactions.add,
        "reactions.remove": reactions.remove,
        "users.info": users.info,
        "users.list": users.list_all,
        "usergroups.list": users.groups,
        "usergroups.users.list": users.group_members,
        "views.open": views.open_modal,
        "views.push": views.push,
        "views.update": views.update,
        "views.publish": views.publish,
    }
)
"""The methods that take the bot token. Only apps.connections.open takes the app token, and belongs to Socket Mode."""

CONNECTIONS_OPEN = "apps.connections.open"
OF_A_TYPE = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}


class WebApi:
    def __init__(self, ws: Workspace, sockets: SocketMode, call_runner: CallRunner, faults: Faults) -> None:
        self._ws = ws
        self._sockets = sockets
        self._call_runner = call_runner
        self._faults = faults

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            args = await read_arguments(request)
        except SlackError as refusal:
            return web.json_response(refusal.reply())
        token = _token(request, args)

        async def work() -> Reply:
            try:
                body = self._call(method, token, args)
            except SlackError as refusal:
                body = refusal.reply()
            scopes = "connections:write" if method == CONNECTIONS_OPEN else ",".join(self._ws.seed.scopes)
            return Reply(body, headers=(("x-oauth-scopes", scopes),))

        invocation = Invocation(method, args.values, self._names(args))
        return await self._call_runner.run(request, invocation, work)

    def _call(self, method: str, token: str | None, args: Arguments) -> Json:
        if method != CONNECTIONS_OPEN and method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        self._check(token, for_sockets=method == CONNECTIONS_OPEN)
        if method == CONNECTIONS_OPEN:
            return {"ok": True, "url": self._sockets.issue_url()}
        check_scope(method, self._kinds(method, args), self._ws.seed.scopes)
        return {"ok": True, **METHODS[method](args, self._ws)}

    def _kinds(self, method: str, args: Arguments) -> tuple[str, ...]:
        """The kinds that the conversation of the call may have. For `conversations.list` these are the kinds that its
        arguments name. For other calls it is the kind of the named conversation, or every kind if the call names no
        existing conversation."""
        found = self._ws.directory.conversation(args.text("channel") or "")
        if method == "conversations.list":
            types = (args.text("types") or "public_channel").replace(" ", "").split(",")
            return tuple(kind for name, kind in OF_A_TYPE.items() if name in types) or OF_A_CONVERSATION
        return OF_A_CONVERSATION if found is None else (found.scope,)

    def _check(self, token: str | None, *, for_sockets: bool) -> None:
        seed = self._ws.seed
        right, wrong = (seed.app_token, seed.bot_token) if for_sockets else (seed.bot_token, seed.app_token)
        if not token:
            raise SlackError("not_authed")
        if token == wrong:
            raise SlackError("not_allowed_token_type")
        if token != right:
            raise SlackError("invalid_auth")
        if not for_sockets and self._faults.strike(TokenRevoked):
            raise SlackError("token_revoked")

    def _names(self, args: Arguments) -> frozenset[str]:
        """The id and the name of the call's channel, because a fault may name it by either."""
        ref = args.text("channel") or args.text("channel_id") or ""
        found = self._ws.directory.conversation(ref)
        return frozenset({ref} if found is None else {found.id, found.name})


def _token(request: web.Request, args: Arguments) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else args.text("token")
