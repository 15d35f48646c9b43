"""Reads the control API's requests, and makes every refusal one sentence of JSON."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from local_slack.errors import ControlError, Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Body = TypeVar("_Body", bound=ControlRequest)


@web.middleware
async def control_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal under /_control/ is one sentence of JSON."""
    if not request.path.startswith("/_control/"):
        return await handler(request)
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"error": error.sentence}, status=error.status)
    except web.HTTPException as error:
        if error.status not in (404, 405):
            raise
        sentence = f"there is no {request.method} {request.path}"
        return web.json_response({"error": sentence}, status=error.status)


async def read_json(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError as exc:
        raise ControlError("the body is not JSON") from exc
    if not isinstance(body, dict):
        raise ControlError("the body is not a JSON object")
    return body


async def read_body(request: web.Request, shape: type[_Body]) -> _Body:
    try:
        return shape.model_validate(await read_json(request), strict=True)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        words = first["msg"].removeprefix("Value error, ")
        where = ".".join(str(part) for part in first["loc"])
        raise ControlError(f"{where}: {words}" if where else words) from exc


def since(request: web.Request) -> int:
    text = request.query.get("since", "0")
    if not text.isdecimal():
        raise ControlError("since: must be a whole number")
    return int(text)
