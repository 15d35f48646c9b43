"""Finds the element that somebody presses in a message or view, and builds its action object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local_slack.errors import ControlError, Json
from local_slack.workspace.blocks import elements_of
from local_slack.workspace.fields import SHAPES, Field


@dataclass(frozen=True)
class Press:
    """What somebody presses.

    `value` is the chosen option or the typed text. For a button it is the button's own value, which picks one of
    several buttons whose action ids have the same beginning.
    """

    action_id: str
    value: str | None = None


@dataclass(frozen=True)
class FoundElement:
    block: Json
    element: Json


def find_element(blocks: Iterable[Json], press: Press, where: str) -> FoundElement:
    """Finds the element whose action id equals `press.action_id`; if there is none, the one whose action id begins
    with it. If `press.value` is given, buttons with another value are then left out. Raises ControlError if no
    element is left, or more than one. `where` names the surface (message or view) in error messages."""
    present = [FoundElement(block, element) for block in blocks for _, element in elements_of(block)]
    exact = [found for found in present if found.element["action_id"] == press.action_id]
    alike = exact or [found for found in present if found.element["action_id"].startswith(press.action_id)]
    if press.value is not None:
        alike = [f for f in alike if f.element["type"] != "button" or f.element.get("value") == press.value]
    if not alike:
        known = ", ".join(found.element["action_id"] for found in present) or "none"
        with_value = "" if press.value is None else f" with value {press.value!r}"
        raise ControlError(f"the {where} has no element {press.action_id!r}{with_value}; it has: {known}", 404)
    if len(alike) > 1:
        raise ControlError(f"several elements of the {where} begin with {press.action_id!r}; give a value")
    return alike[0]


def action_object(found: FoundElement, field: Field, press: Press, ts: str) -> Json:
    """Builds the action object of pressing the element."""
    element = found.element
    _refuse_silent(found)
    action: Json = {
        "action_id": element["action_id"],
        "block_id": found.block["block_id"],
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        return action | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    if element["type"] not in SHAPES:
        raise ControlError(f"pressing a {element['type']} is not simulated")
    if press.value is None:
        raise ControlError(f"a {element['type']} needs a value: what is chosen")
    return action | field.read(press.value)


def _refuse_silent(found: FoundElement) -> None:
    """Refuses presses in an input block without dispatch_action: Slack sends nothing for them."""
    if found.block["type"] == "input" and not found.block.get("dispatch_action"):
        name = found.element["action_id"]
        raise ControlError(f"{name!r} sends nothing by itself: its input block has no dispatch_action")
