"""The bytes of files: where they are sent, and where they are read again."""

from __future__ import annotations

from aiohttp import web

from local_slack.errors import SlackError
from local_slack.workspace.files import StoredFile
from local_slack.workspace.state import Workspace


class Uploads:
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
        image = stored.name.endswith(".png")
        return web.Response(body=stored.content, content_type="image/png" if image else "application/octet-stream")

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
