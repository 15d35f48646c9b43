"""Reads the arguments of a call from query, form or JSON, and pages through listings."""

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

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
        """Reads a boolean: true/false in JSON, "1"/"0" or "true"/"false" in parameters."""
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
    """Reads query and body. Where both name an argument, the body wins."""
    values: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except (ValueError, RecursionError) as exc:
            raise SlackError("invalid_json") from exc
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        values |= body
    elif request.method == "POST":
        values |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return Arguments(values)


Item = TypeVar("Item")
_PREFIX = "next:"

UNDER_A_THOUSAND = 999
"""The greatest `limit` of conversations.history and conversations.list, as their pages at docs.slack.dev say."""


def page(
    found: Sequence[Item],
    args: Arguments,
    key: Callable[[Item], str],
    before: Callable[[str, str], bool] = operator.lt,
    most: int = 1_000,
) -> tuple[list[Item], str]:
    """Returns one page of `found`, and the cursor of the next page ("" at the end).

    `found` is ordered by `key`. A cursor names the key of the next item. So if items are added or removed between two
    pages, no other item is repeated or left out. A limit above `most` is refused.
    """
    start = 0
    if args.text("cursor") is not None:
        first = _decoded(args.required("cursor", "invalid_cursor"))
        start = sum(1 for item in found if before(key(item), first))
    limit = args.number("limit", 100)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    end = start + limit
    return list(found[start:end]), _encoded(key(found[end])) if end < len(found) else ""


def _encoded(key: str) -> str:
    return base64.b64encode(f"{_PREFIX}{key}".encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except ValueError as exc:
        raise SlackError("invalid_cursor") from exc
    if not text.startswith(_PREFIX):
        raise SlackError("invalid_cursor")
    return text.removeprefix(_PREFIX)
