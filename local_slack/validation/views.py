"""Validates modals and App Home views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from local_slack.errors import Json, Problem, SlackError
from local_slack.validation.blocks import EVERYWHERE, IN_HOME
from local_slack.validation.messages import parsed
from local_slack.validation.objects import plain_text
from local_slack.validation.rules import (
    Fields,
    boolean,
    items,
    one_of,
    record,
    string,
    typed,
)
from local_slack.validation.surface import unique_ids

VIEW_BYTES = 250_000


class Surface(StrEnum):
    MODAL = "modal"
    HOME = "home"


_COMMON: Fields = {
    "callback_id": string(255),
    "private_metadata": string(3_000, least=0),
    "external_id": string(255, least=0),
}


def _submit_for_inputs(value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, dict) or not isinstance(value.get("blocks"), list) or "submit" in value:
        return
    if any(isinstance(block, dict) and block.get("type") == "input" for block in value["blocks"]):
        yield Problem(pointer, "missing required field: submit")


_MODAL = record(
    {"title": plain_text(24), "blocks": items(typed(EVERYWHERE), 100, least=0)},
    {
        **_COMMON,
        "type": one_of("modal"),
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    _submit_for_inputs,
)
_HOME = record({"blocks": items(typed(IN_HOME), 100, least=0)}, {**_COMMON, "type": one_of("home")})
_SHAPES = {Surface.MODAL: _MODAL, Surface.HOME: _HOME}


def check_view(given: Any, surface: Surface) -> Json:
    """Returns the view to store. Raises SlackError with Slack's code for an invalid view."""
    view = parsed(given, "invalid_arguments")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", [Problem("/view", "must provide an object")])
    if view.get("type") != surface:
        raise SlackError("invalid_arguments", [Problem("/view/type", "must be a valid enum value")])
    problems = list(_SHAPES[surface](view, "/view"))
    if not problems:
        problems = list(unique_ids(view["blocks"], "/view/blocks"))
    if problems:
        raise SlackError("invalid_arguments", problems)
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return view
