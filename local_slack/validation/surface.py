"""Rules for all blocks of a surface together: unique ids, the sum of texts, one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_slack.errors import Json, Problem
from local_slack.workspace.blocks import elements_of

TABLE_TEXT = 10_000
MARKDOWN_TEXT = 12_000
BLOCKS_TEXT = 12_000
"""Slack documents no limit for all texts of a surface together. It refuses somewhere above 13,000 characters."""


def unique_ids(blocks: list[Json], root: str) -> Iterator[Problem]:
    """Block ids and action ids appear once in the whole surface."""
    block_ids: set[str] = set()
    action_ids: set[str] = set()
    for place, block in enumerate(blocks):
        pointer = f"{root}/{place}"
        yield from _once("block_id", block, block_ids, pointer)
        for inner, element in elements_of(block):
            yield from _once("action_id", element, action_ids, pointer + inner)


def _once(name: str, holder: Json, seen: set[str], pointer: str) -> Iterator[Problem]:
    value = holder.get(name)
    if isinstance(value, str) and value in seen:
        yield Problem(f"{pointer}/{name}", f'`{name}` "{value}" already exists')
    elif isinstance(value, str):
        seen.add(value)


def markdown_text(blocks: list[Json], root: str) -> Iterator[Problem]:
    lengths = [len(block.get("text", "")) for block in blocks if block.get("type") == "markdown"]
    if sum(lengths) > MARKDOWN_TEXT:
        yield Problem(root, f"markdown text must be less than {MARKDOWN_TEXT + 1} characters in total")


def table_text(blocks: list[Json], root: str) -> Iterator[Problem]:
    for place, block in enumerate(blocks):
        if block.get("type") == "table" and text_length(block) > TABLE_TEXT:
            yield Problem(f"{root}/{place}/rows", f"must be less than {TABLE_TEXT + 1} characters")


def tables(blocks: list[Json]) -> list[int]:
    return [place for place, block in enumerate(blocks) if block.get("type") == "table"]


def text_length(value: Any) -> int:
    """Counts the characters of text that a block shows, at any depth."""
    if isinstance(value, list):
        return sum(text_length(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    inner = sum(text_length(item) for name, item in value.items() if name != "text")
    return inner + (len(own) if isinstance(own, str) else text_length(own))
