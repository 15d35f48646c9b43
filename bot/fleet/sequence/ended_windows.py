"""The list of a sequence's ended windows that are not simply complete. It is kept small enough for Temporal. Pure.

The state of the workflow contains the whole list, and Temporal accepts at most 2 MB (docs/temporal-facts.md#limits).
The list has to fit even with an entry for each day of many years.
"""

from dataclasses import replace

from bot.model import EndedWindow
from bot.redaction import redact_line

# This many entries at the beginning and at the end of the list keep their run, note and doubt; the others lose them.
DETAILED = 50
# In bytes. A note is one line, and not a log.
LONGEST_NOTE = 300


def with_ended(entries: tuple[EndedWindow, ...], *more: EndedWindow) -> tuple[EndedWindow, ...]:
    """``entries`` followed by ``more``. The first and the last ``DETAILED`` of all entries keep their run, note and
    doubt; those between lose them."""
    every = (*entries, *more)
    first, between, last = every[:DETAILED], every[DETAILED:-DETAILED], every[DETAILED:][-DETAILED:]
    return (*first, *map(_shortened, between), *last)


def note(text: str) -> str:
    """The text as one line of at most ``LONGEST_NOTE`` bytes, without secrets.

    The limit is in bytes, because a character may take up to four.
    """
    line = redact_line("".join(char if char.isprintable() else " " for char in text), LONGEST_NOTE)
    if len(line.encode()) <= LONGEST_NOTE:
        return line
    room = LONGEST_NOTE - len("…".encode())
    return line.encode()[:room].decode(errors="ignore") + "…"


def _shortened(ended: EndedWindow) -> EndedWindow:
    return replace(ended, ref=None, note="", doubt=None) if ended.ref or ended.note or ended.doubt else ended
