"""Quotes and unquotes names in ClickHouse's SQL, and strips a statement's final semicolon."""

import re

# A name as ClickHouse itself writes it: quoted only where necessary.
NAME = r"(?:`(?:[^`\\]|\\.|``)*`|[A-Za-z_][A-Za-z0-9_]*)"

# Blanks and comments, a semicolon, a quoted text (whose semicolons end no statement), or any other character.
# An unclosed quote or comment extends to the end, so that no text is scanned twice.
_TOKEN = re.compile(
    r"(?P<blank>\s+|(?:--|#[ !])[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)|(?P<end>;)"
    r"""|'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|`(?:[^`\\]|\\.)*`?|.""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)|``", re.DOTALL)


def quoted(identifier: str) -> str:
    """The identifier in backticks. Backslashes and backticks in it are escaped."""
    escaped = identifier.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def unquoted(name: str) -> str:
    """The text inside backticks or single quotes, with its escapes undone. A name without quotes is returned as it
    is."""
    if name[:1] not in ("`", "'"):
        return name
    return _ESCAPE.sub(lambda found: found[1] or "`", name[1:-1])


def without_end(statement: str) -> str:
    """The statement without its final semicolon and the comments after that."""
    end = len(statement)
    for token in _TOKEN.finditer(statement):
        if token["end"]:
            end = min(end, token.start())
        elif not token["blank"]:
            end = len(statement)
    return statement[:end]
