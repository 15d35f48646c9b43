"""Blocks as Slack stores them: each block with an id, each interactive element with an action id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_slack.errors import Json
from local_slack.workspace.ids import new_block_id

_SLOTS = {"section": "accessory", "input": "element"}


def with_ids(block: Json) -> Json:
    """Returns the block with the ids that the app left out."""
    named = block if block.get("block_id") else {**block, "block_id": new_block_id()}
    return with_elements(named, _with_action_id)


def with_elements(block: Json, change: Callable[[Json], Json]) -> Json:
    """Returns the block with `change` applied to each interactive element."""
    if block["type"] == "actions":
        return {**block, "elements": [change(element) for element in block["elements"]]}
    slot = _SLOTS.get(block["type"])
    if slot and block.get(slot, {}).get("type", "image") != "image":
        return {**block, slot: change(block[slot])}
    return block


def _with_action_id(element: Json) -> Json:
    return element if element.get("action_id") else {**element, "action_id": new_block_id()}


def elements_of(block: Json) -> list[tuple[str, Json]]:
    """Returns the interactive elements of a block, each with its JSON pointer inside the block."""
    inside: Any = block.get("elements", []) if block.get("type") == "actions" else []
    found = [(f"/elements/{place}", element) for place, element in enumerate(inside)]
    slot = _SLOTS.get(str(block.get("type")))
    if slot and isinstance(block.get(slot), dict) and block[slot].get("type") != "image":
        found.append((f"/{slot}", block[slot]))
    return [(pointer, element) for pointer, element in found if isinstance(element, dict)]
