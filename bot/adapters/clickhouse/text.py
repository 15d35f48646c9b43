"""Names as ClickHouse's SQL writes them."""

import re

# What ClickHouse itself writes: quoted only where it has to be.
NAME = r"(?:`(?:[^`\\]|\\.|``)*`|[A-Za-z_][A-Za-z0-9_]*)"

_ESCAPE = re.compile(r"\\(.)|``", re.DOTALL)


def quoted(identifier: str) -> str:
    """An identifier of ClickHouse, whatever characters are in it."""
    escaped = identifier.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def unquoted(name: str) -> str:
    """The identifier that ClickHouse has written so; also the text of a literal in single quotes."""
    if name[:1] not in ("`", "'"):
        return name
    return _ESCAPE.sub(lambda found: found[1] or "`", name[1:-1])
