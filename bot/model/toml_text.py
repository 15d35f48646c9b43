"""Writes values as TOML: texts, lists and tables in one line."""

import json
from collections.abc import Mapping

from pydantic import JsonValue


def quoted(text: str) -> str:
    """The text as a basic string. TOML accepts the escapes of JSON, and forbids DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def inline(value: JsonValue) -> str:
    """A value in one line. TOML has no null: raises ValueError for None, at any depth."""
    match value:
        case None:
            raise ValueError("TOML has no null")
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case dict():
            return inline_table(value)
        case _:
            return json.dumps(value)


def inline_table(table: Mapping[str, JsonValue]) -> str:
    """A table in one line; keys with odd characters are quoted."""
    fields = (f"{key(name)} = {inline(value)}" for name, value in table.items())
    return f"{{ {', '.join(fields)} }}" if table else "{}"


def key(name: str) -> str:
    """The name as a key: bare where TOML allows that, else quoted."""
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else quoted(name)
