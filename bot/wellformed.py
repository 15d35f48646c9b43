"""Text that every store, protocol and console takes, made of whatever came from outside."""

# What stands where something could not be kept: Unicode's own replacement character.
REPLACEMENT = "\ufffd"


def well_formed(text: str) -> str:
    """The same text without the null character, which PostgreSQL does not hold, and without half surrogate pairs,
    which are no characters, and come of JSON whose writer has cut an emoji in two."""
    return text.replace("\0", REPLACEMENT).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
