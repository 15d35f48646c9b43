"""Names as ClickHouse's SQL writes them."""

import re

# What ClickHouse itself writes: quoted only where it has to be.
NAME = r"(?:`(?:[^`\\]|\\.|``)*`|[A-Za-z_][A-Za-z0-9_]*)"

# What is read over, a semicolon, what a semicolon may stand in without ending a statement, or any other character.
# What is not closed ends with the statement, so that nothing behind it is looked at again.
_TOKEN = re.compile(
    r"(?P<blank>\s+|(?:--|#[ !])[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)|(?P<end>;)"
    r"""|'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|`(?:[^`\\]|\\.)*`?|.""",
    re.DOTALL,
)
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


def without_end(statement: str) -> str:
    """The statement without the semicolon that ends it and the comments after that."""
    end = len(statement)
    for token in _TOKEN.finditer(statement):
        if token["end"]:
            end = min(end, token.start())
        elif not token["blank"]:
            end = len(statement)
    return statement[:end]
