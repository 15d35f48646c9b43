"""Fills in a view's form, and checks it as Slack's own client does before it sends anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from local_slack.errors import ControlError, Json
from local_slack.workspace.fields import Field
from local_slack.workspace.views import OpenView, Views

REQUIRED = "Please complete this required field."


def fill_in(views: Views, view: OpenView, values: Mapping[str, Any]) -> None:
    """Enters values by block id: the value of the block's only element, or a dict of values by action id.

    Raises ControlError for an unknown field or a value that its field does not accept, and then enters nothing.
    """
    read: list[tuple[str, str, Json]] = []
    for block_id, given in values.items():
        fields = {held.name: held for block, held in views.fields(view) if block["block_id"] == block_id}
        for name, value in _by_action(block_id, fields, given, views, view).items():
            read.append((block_id, name, _read(fields[name], value)))
    for block_id, name, entry in read:
        view.values[block_id][name] = entry


def _by_action(
    block_id: str, fields: Mapping[str, Field], given: Any, views: Views, view: OpenView
) -> Mapping[str, Any]:
    if not fields:
        known = ", ".join(dict.fromkeys(block["block_id"] for block, _ in views.fields(view))) or "none"
        raise ControlError(f"the view has no block {block_id!r} to fill in; it has: {known}")
    if not isinstance(given, dict):
        if len(fields) > 1:
            raise ControlError(f"block {block_id!r} has several elements: {', '.join(fields)}; name the one meant")
        return {next(iter(fields)): given}
    unknown = [name for name in given if name not in fields]
    if unknown:
        raise ControlError(f"block {block_id!r} has no element {unknown[0]!r}; it has: {', '.join(fields)}")
    return given


def _read(field: Field, value: Any) -> Json:
    """Reads a value. Raises ControlError with the status 400 for one that the field does not accept, because that is
    a mistake of the request."""
    try:
        return field.read(value)
    except ControlError as error:
        raise ControlError(error.sentence) from error


def client_errors(views: Views, view: OpenView) -> dict[str, str]:
    """Returns the errors that Slack's client would show instead of submitting, by block id."""
    found: dict[str, str] = {}
    for block, field in views.fields(view):
        if block["type"] == "input":
            held = view.values[block["block_id"]][field.name][field.shape.name]
            complaint = _client_error(field.element, held, required=not block.get("optional"))
            if complaint:
                found[block["block_id"]] = complaint
    return found


def _client_error(element: Json, held: Any, *, required: bool) -> str | None:
    if held is None or held in ("", []):
        return REQUIRED if required else None
    check = {
        "plain_text_input": _of_text,
        "number_input": _of_number,
        "email_text_input": _of_email,
        "url_text_input": _of_url,
    }.get(element["type"])
    if check is not None:
        return check(element, held)
    most = element.get("max_selected_items")
    return f"Please choose no more than {most}." if most and len(held) > most else None


def _of_text(element: Json, held: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3_000)
    if len(held) < least:
        return f"Please enter at least {least} characters."
    if len(held) > most:
        return f"Please enter no more than {most} characters."
    return None


def _of_number(element: Json, held: str) -> str | None:
    try:
        number = Decimal(held)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not re.fullmatch(r"[+-]?\d+", held):
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return None


def _of_email(_element: Json, held: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", held) else "Please enter an email address."


def _of_url(_element: Json, held: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", held) else "Please enter a web address."
