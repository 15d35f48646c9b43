"""The arguments of a call, whichever of Slack's three request shapes they came in (§1)."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from local_slack.errors import Json, SlackError


class Arguments:
    """Merged query, form and JSON arguments. Unknown ones are ignored, as Slack ignores them."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def raw(self, name: str) -> Any:
        return self.values.get(name)

    def given(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None or value == "" else str(value)

    def required(self, name: str, error: str) -> str:
        value = self.text(name)
        if value is None:
            raise SlackError(error)
        return value

    def flag(self, name: str) -> bool:
        """Booleans come as true/false in JSON and as "1"/"0" or "true"/"false" in parameters."""
        return str(self.values.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        try:
            return int(value)
        except ValueError as exc:
            raise SlackError("invalid_arguments") from exc


async def read_arguments(request: web.Request) -> Arguments:
    """Query, then body, the body's values first in case of doubt."""
    values: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError as exc:
            raise SlackError("invalid_json") from exc
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        values |= body
    elif request.method == "POST":
        values |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return Arguments(values)
