"""The marks of a sequence, its windows that are over and not simply complete, as they can be carried. Pure.

A state travels with all of them, and Temporal takes 2 MB at most; one for each day of many years has to fit.
"""

from dataclasses import replace

from bot.model import EndedWindow
from bot.redaction import redact_line

# The first and the last so many keep which run it was, and why; those between, what became of their days.
DETAILED = 50
# A note is not a log.
LONGEST_NOTE = 300


def with_ended(known: tuple[EndedWindow, ...], *more: EndedWindow) -> tuple[EndedWindow, ...]:
    """All of them."""
    every = (*known, *more)
    first, between, last = every[:DETAILED], every[DETAILED:-DETAILED], every[DETAILED:][-DETAILED:]
    return (*first, *map(_bare, between), *last)


def note(text: str) -> str:
    """What there is to say of one, on a line, in at most so many bytes: some writing takes three for a character."""
    line = redact_line("".join(char if char.isprintable() else " " for char in text), LONGEST_NOTE)
    if len(line.encode()) <= LONGEST_NOTE:
        return line
    room = LONGEST_NOTE - len("…".encode())
    return line.encode()[:room].decode(errors="ignore") + "…"


def _bare(one: EndedWindow) -> EndedWindow:
    return replace(one, ref=None, note="") if one.ref or one.note else one
