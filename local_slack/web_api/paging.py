"""Cursor pagination as the listing methods share it (slack-contract.md §1)."""

from __future__ import annotations

import base64
import operator
from collections.abc import Callable, Sequence
from typing import TypeVar

from local_slack.errors import SlackError
from local_slack.web_api.arguments import Arguments

Item = TypeVar("Item")
_PREFIX = "next:"

UNDER_A_THOUSAND = 999
"""What conversations.history and conversations.list give at most, as their pages at docs.slack.dev say."""


def page(
    found: Sequence[Item],
    args: Arguments,
    key: Callable[[Item], str],
    before: Callable[[str, str], bool] = operator.lt,
    most: int = 1_000,
) -> tuple[list[Item], str]:
    """One page of `found`, and the cursor of the next ("" at the end).

    `found` is ordered by `key`; a cursor names the key to go on from, so that
    items that come or go between two pages neither repeat nor hide others. More than `most` at once are refused.
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
