"""Finds the element of a message somebody presses, and makes the action of it."""

from __future__ import annotations

from sandbox.slack.errors import ControlError, Json
from sandbox.slack.messages import Message, elements_of

_SINGLE = frozenset({"static_select", "overflow", "radio_buttons"})
_SEVERAL = frozenset({"multi_static_select", "checkboxes"})
_BY_ID = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "conversations_select": "selected_conversation",
    "timepicker": "selected_time",
    "plain_text_input": "value",
}


def press(message: Message, action_id: str, value: str | None, ts: str) -> Json:
    """The action object for the element called `action_id`.

    `value` picks a select's option, or the button where several action ids begin alike.
    """
    block_id, element = _find(message, action_id, value)
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        return action | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return action | _choice(element, value)


def _find(message: Message, action_id: str, value: str | None) -> tuple[str, Json]:
    present = [
        (str(block["block_id"]), element) for block in message.draft.blocks for _, element in elements_of(block)
    ]
    exact = [found for found in present if found[1]["action_id"] == action_id]
    alike = exact or [found for found in present if str(found[1]["action_id"]).startswith(action_id)]
    if value is not None:
        alike = [found for found in alike if found[1]["type"] != "button" or found[1].get("value") == value]
    if not alike:
        known = ", ".join(str(element["action_id"]) for _, element in present) or "none"
        with_value = "" if value is None else f" with value {value!r}"
        raise ControlError(f"the message has no element {action_id!r}{with_value}; it has: {known}", 404)
    if len(alike) > 1:
        raise ControlError(f"several elements of the message begin with {action_id!r}; give a value")
    return alike[0]


def _choice(element: Json, value: str | None) -> Json:
    kind = element["type"]
    if value is None:
        raise ControlError(f"a {kind} needs a value: what is chosen")
    if kind in _BY_ID:
        return {_BY_ID[kind]: value}
    if kind in _SINGLE:
        return {"selected_option": _option(element, value)}
    if kind in _SEVERAL:
        return {"selected_options": [_option(element, part) for part in value.split(",") if part]}
    raise ControlError(f"pressing a {kind} is not simulated")


def _option(element: Json, value: str) -> Json:
    groups = [group["options"] for group in element.get("option_groups", ())]
    options: list[Json] = [option for group in [element.get("options", []), *groups] for option in group]
    for option in options:
        if option["value"] == value:
            return option
    offered = ", ".join(str(option["value"]) for option in options)
    raise ControlError(f"{value!r} is not an option of {element['action_id']!r}; it offers: {offered}", 404)
