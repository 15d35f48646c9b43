"""The methods files.*, and the addresses for uploading and downloading the bytes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from local_slack.errors import Json, SlackError
from local_slack.validation import MessageArguments, check_message
from local_slack.validation.messages import parsed
from local_slack.web_api.arguments import Arguments
from local_slack.workspace import Workspace
from local_slack.workspace.files import StoredFile
from local_slack.workspace.messages import Draft, Place


def get_upload_url(args: Arguments, ws: Workspace) -> Json:
    length = args.number("length", 0)
    name = args.required("filename", "missing_argument")
    if length <= 0:
        raise SlackError("missing_argument")
    alt_text = args.text("alt_txt") or ""
    if len(alt_text) > 1_000:
        raise SlackError("alt_txt_too_large")
    stored = ws.files.expect(name, length, alt_text)
    return {"upload_url": f"{ws.base_url}/upload/{stored.id}", "file_id": stored.id}


def complete_upload(args: Arguments, ws: Workspace) -> Json:
    given = parsed(args.raw("files"), "invalid_arguments")
    if not given or not isinstance(given, list):
        raise SlackError("invalid_arguments")
    stored = [_uploaded(item, ws) for item in given]
    channels = (args.text("channels") or args.text("channel_id") or "").split(",")
    for ref in filter(None, channels):
        _share(ref, stored, args, ws)
    return {"files": [file.describe(ws.base_url) for file in stored]}


def info(args: Arguments, ws: Workspace) -> Json:
    return {"file": ws.files.get(args.required("file", "file_not_found")).describe(ws.base_url)}


def delete(args: Arguments, ws: Workspace) -> Json:
    ws.files.delete(args.required("file", "file_not_found"))
    return {}


def _uploaded(item: Any, ws: Workspace) -> StoredFile:
    if not isinstance(item, dict):
        raise SlackError("invalid_arguments")
    stored = ws.files.get(str(item.get("id")))
    if stored.content is None:
        raise SlackError("file_not_found")
    stored.title = str(item.get("title") or stored.name)
    return stored


def _share(ref: str, stored: list[StoredFile], args: Arguments, ws: Workspace) -> None:
    """Posts the message that shares the files, at once. Slack itself posts it a moment later."""
    channel = ws.directory.for_posting(ref)
    described = tuple(file.describe(ws.base_url) for file in stored)
    blocks = args.raw("blocks")
    comment = (
        check_message(MessageArguments(args.raw("initial_comment"), blocks))
        if blocks
        else Draft(args.text("initial_comment") or "")
    )
    ws.post_as_bot(Place(channel.id, args.text("thread_ts")), Draft(comment.text, comment.blocks, files=described))


class FileTransfer:
    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/upload/{file_id}", self.receive), web.get("/files/{file_id}", self.send)]

    async def receive(self, request: web.Request) -> web.Response:
        stored = self._find(request)
        if request.content_type.startswith("multipart/"):
            content = await _first_part(request)
        else:
            content = await request.read()
        if len(content) != stored.length:
            raise web.HTTPBadRequest(text=f"expected {stored.length} bytes, got {len(content)}")
        stored.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def send(self, request: web.Request) -> web.Response:
        stored = self._find(request)
        if stored.content is None:
            raise web.HTTPNotFound(text="not uploaded yet")
        return web.Response(body=stored.content, content_type=stored.mimetype)

    def _find(self, request: web.Request) -> StoredFile:
        try:
            return self._ws.files.get(request.match_info["file_id"])
        except SlackError as exc:
            raise web.HTTPNotFound(text=exc.code) from exc


async def _first_part(request: web.Request) -> bytes:
    async for part in await request.multipart():
        content = await part.read(decode=False)  # type: ignore[union-attr]
        return bytes(content)
    return b""
