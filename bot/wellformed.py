"""Cleans text from outside so that every store, protocol and console takes it."""

# Unicode's replacement character, in place of whatever is removed.
REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """Replace unprintable characters (``str.isprintable``) except line breaks: text from other systems must not send
    commands to terminals."""
    return "".join(char if char.isprintable() or char == "\n" else REPLACEMENT for char in text)


def well_formed(text: str) -> str:
    """Replace null characters, which PostgreSQL does not store, and lone surrogates, which are not valid Unicode and
    come from JSON whose writer cut an emoji in two."""
    without_nulls = text.replace("\0", REPLACEMENT)
    if without_nulls.isascii():
        return without_nulls
    return without_nulls.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
