"""POST to a response_url, and how an answer to a command or click is posted."""

from __future__ import annotations

import json

from aiohttp import web

from local_slack.errors import Json, SlackError
from local_slack.faults.active import Faults
from local_slack.faults.kinds import DeadResponseUrl
from local_slack.validation import MessageArguments, check_message
from local_slack.validation.messages import apply_edit, shows_edited
from local_slack.web_api.arguments import Arguments
from local_slack.web_api.calls import CallRunner, Invocation, Reply
from local_slack.workspace import Workspace
from local_slack.workspace.messages import Draft, Message, Place
from local_slack.workspace.response_urls import Origin, ResponseUrl

METHOD = "response_url"


def checked_draft(body: Json) -> Draft:
    """Validates the message in an answer."""
    return check_message(_named(body))


def _named(body: Json) -> MessageArguments:
    return MessageArguments(body.get("text"), body.get("blocks"), body.get("attachments"), body.get("metadata"))


def has_message(body: Json) -> bool:
    return any(body.get(name) for name in ("text", "blocks", "attachments"))


def show(response_url: ResponseUrl, body: Json, draft: Draft, ws: Workspace) -> Message:
    """Posts an answer and returns it. By default only the user sees the answer. With the response_type in_channel,
    everybody sees it. If it is the first public answer to a command, the command is posted before it as a message of
    the user."""
    if body.get("response_type") != "in_channel":
        return ws.post_as_bot(Place(response_url.channel, ephemeral_to=response_url.user), draft)
    if response_url.command_line is not None:
        typed = ws.messages.post(Place(response_url.channel), response_url.user, Draft(response_url.command_line))
        typed.subtype, response_url.command_line = "slash_command", None
    return ws.post_as_bot(Place(response_url.channel, Arguments(body).text("thread_ts")), draft)


class ResponseUrlEndpoint:
    """Handles POST to a response_url."""

    def __init__(self, ws: Workspace, call_runner: CallRunner, faults: Faults) -> None:
        self._ws = ws
        self._call_runner = call_runner
        self._faults = faults

    async def handle(self, request: web.Request) -> web.Response:
        response_url = self._ws.response_urls.find(request.path)
        sent = await request.read()
        channel = self._ws.directory.conversation(response_url.channel) if response_url else None

        async def work() -> Reply:
            return self._answer(response_url, sent)

        names = frozenset({channel.id, channel.name}) if channel else frozenset[str]()
        return await self._call_runner.run(request, Invocation(METHOD, _parsed(sent) or {}, names), work)

    def _answer(self, response_url: ResponseUrl | None, sent: bytes) -> Reply:
        if response_url is None:
            return Reply({"ok": False, "error": "expired_url"}, 404)
        dead = self._faults.strike(DeadResponseUrl)
        refusal = dead.why if dead else self._ws.response_urls.refusal(response_url)
        if refusal is not None:
            return Reply({"ok": False, "error": refusal}, 404)
        if self._is_archived(response_url):
            return Reply("channel_is_archived", 410)
        body = _parsed(sent)
        if body is None:
            return Reply("invalid_payload", 400)
        try:
            self._carry_out(response_url, body)
        except SlackError as error:
            return Reply(error.code, 404 if error.code == "message_not_found" else 400)
        response_url.uses += 1
        return Reply("ok")

    def _is_archived(self, response_url: ResponseUrl) -> bool:
        channel = self._ws.directory.conversation(response_url.channel)
        return channel is not None and channel.archived

    def _carry_out(self, response_url: ResponseUrl, body: Json) -> None:
        if body.get("delete_original"):
            self._delete(response_url, body)
        elif body.get("replace_original") and response_url.origin is Origin.ACTION:
            source = self._source(response_url)
            self._ws.messages.edit(source, apply_edit(source.draft, _named(body)), shows_edited=shows_edited(body))
        else:
            show(response_url, body, checked_draft(body), self._ws)

    def _delete(self, response_url: ResponseUrl, body: Json) -> None:
        if response_url.origin is Origin.COMMAND:
            raise SlackError("invalid_payload")
        source = self._source(response_url)
        draft = checked_draft(body) if has_message(body) else None
        self._ws.messages.delete(source)
        if draft is not None:
            show(response_url, body, draft, self._ws)

    def _source(self, response_url: ResponseUrl) -> Message:
        source = self._ws.messages.find(response_url.channel, response_url.message_ts or "")
        if source is None or source.deleted:
            raise SlackError("message_not_found")
        return source


def _parsed(sent: bytes) -> Json | None:
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
