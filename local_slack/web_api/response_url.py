"""What the bot answers to one command or click: by the ack, or by its response_url (§4.6)."""

from __future__ import annotations

import json

from aiohttp import web

from local_slack.errors import Json, SlackError
from local_slack.faults.active import Faults
from local_slack.faults.kinds import DeadResponseUrl
from local_slack.validation import MessageArguments, check_message
from local_slack.validation.messages import edit_of, is_marked
from local_slack.web_api.calls import Courier, Invocation, Reply
from local_slack.workspace import Workspace
from local_slack.workspace.messages import Draft, Message, Place
from local_slack.workspace.response_urls import Origin, ResponseUrl

METHOD = "response_url"


def draft_of(body: Json) -> Draft:
    """The message in an answer, checked."""
    return check_message(_named(body))


def _named(body: Json) -> MessageArguments:
    return MessageArguments(body.get("text"), body.get("blocks"), body.get("attachments"), body.get("metadata"))


def has_message(body: Json) -> bool:
    return any(body.get(name) for name in ("text", "blocks", "attachments"))


def show(granted: ResponseUrl, body: Json, draft: Draft, ws: Workspace) -> Message:
    """A new message: for the asker alone, or for all, then together with what they typed."""
    if body.get("response_type") != "in_channel":
        return ws.say(Place(granted.channel, ephemeral_to=granted.user), draft)
    if granted.command_line is not None:
        typed = ws.messages.post(Place(granted.channel), granted.user, Draft(granted.command_line))
        typed.subtype, granted.command_line = "slash_command", None
    return ws.say(Place(granted.channel, body.get("thread_ts")), draft)


class Answers:
    """POST to a response_url."""

    def __init__(self, ws: Workspace, courier: Courier, faults: Faults) -> None:
        self._ws = ws
        self._courier = courier
        self._faults = faults

    async def handle(self, request: web.Request) -> web.Response:
        granted = self._ws.response_urls.find(request.path)
        sent = await request.read()
        channel = self._ws.directory.conversation(granted.channel) if granted else None

        async def work() -> Reply:
            return self._answer(granted, sent)

        names = frozenset({channel.id, channel.name}) if channel else frozenset[str]()
        return await self._courier.carry(request, Invocation(METHOD, _parsed(sent) or {}, names), work)

    def _answer(self, granted: ResponseUrl | None, sent: bytes) -> Reply:
        if granted is None:
            return Reply({"ok": False, "error": "expired_url"}, 404)
        dead = self._faults.strike(DeadResponseUrl)
        refusal = dead.why if dead else self._ws.response_urls.refusal(granted)
        if refusal is not None:
            return Reply({"ok": False, "error": refusal}, 404)
        if self._is_archived(granted):
            return Reply("channel_is_archived", 410)
        body = _parsed(sent)
        if body is None:
            return Reply("invalid_payload", 400)
        try:
            self._carry_out(granted, body)
        except SlackError as error:
            return Reply(error.code, 404 if error.code == "message_not_found" else 400)
        granted.uses += 1
        return Reply("ok")

    def _is_archived(self, granted: ResponseUrl) -> bool:
        channel = self._ws.directory.conversation(granted.channel)
        return channel is not None and channel.archived

    def _carry_out(self, granted: ResponseUrl, body: Json) -> None:
        if body.get("delete_original"):
            self._delete(granted, body)
        elif body.get("replace_original") and granted.origin is Origin.ACTION:
            source = self._source(granted)
            self._ws.messages.edit(source, edit_of(source.draft, _named(body)), is_marked=is_marked(body))
        else:
            show(granted, body, draft_of(body), self._ws)

    def _delete(self, granted: ResponseUrl, body: Json) -> None:
        if granted.origin is Origin.COMMAND:
            raise SlackError("invalid_payload")
        source = self._source(granted)
        draft = draft_of(body) if has_message(body) else None
        self._ws.messages.delete(source)
        if draft is not None:
            show(granted, body, draft, self._ws)

    def _source(self, granted: ResponseUrl) -> Message:
        source = self._ws.messages.find(granted.channel, granted.message_ts or "")
        if source is None or source.deleted:
            raise SlackError("message_not_found")
        return source


def _parsed(sent: bytes) -> Json | None:
    try:
        body = json.loads(sent)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
