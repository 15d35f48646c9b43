"""Lists that may not fit into one message: as many entries as fit, and a button that shows the next ones.

Nothing is stored. The button carries the command and how many entries come before the page. When somebody presses it,
the bot answers the command again. So a page is as current as any answer. But an entry may be on no page that a person
sees: it can move to an earlier page after that page was shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement

from bot.actions import ActionId
from bot.blocks import buttons, kit, words
from bot.blocks.lines import Line, first_fitting, fitting
from bot.commands import Page, PagedRequest, Part
from bot.message import Message
from bot.next_page import NextPageValue

# In characters. With its headline, a page stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
PLAIN_ROOM = 3_000
PAGE_ROOM = 9_000
# At most this many entries of one message have buttons of their own.
BUTTONS_SHOWN = 6
# The limit of a button's value (docs/slack-facts.md#limits).
LONGEST_VALUE = 2_000
LONGEST_ABOUT = 200

T = TypeVar("T")


def _no_acts(_entry: object) -> list[InteractiveElement]:
    return []


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A list in the answer to ``command``; ``part`` says which of the answer's lists it is. ``about`` is whom the
    list is about, and ``noun`` is what an entry is. ``line`` draws an entry, and ``acts`` are the buttons below that
    line. The first message may draw the entries as a table instead; further pages have a line for each."""

    command: PagedRequest
    part: Part
    about: str
    noun: str
    entries: Sequence[T]
    line: Callable[[T], Line]
    acts: Callable[[T], Sequence[InteractiveElement]] = _no_acts


def beginning(listed: Listed[Any], room: int) -> list[Block]:
    """The first entries in ``room`` characters, and the button for the next ones."""
    blocks, number = _drawn(listed, 0, room)
    return [*blocks, *rest(listed, number)]


def plain(listed: Listed[Any], room: int, after: int = 0) -> list[str]:
    """The entries from index ``after`` on, in ``room`` characters of plain text. If some do not fit, the last line
    says how many."""

    def hidden(number: int) -> str:
        them = "it" if number == 1 else "them"
        return f"{words.plural(number, f'more {listed.noun}')}: open the message to see {them}."

    return fitting(listed.entries[after:], lambda entry: listed.line(entry).plain, room, hidden)


def rest(listed: Listed[Any], shown: int) -> list[Block]:
    """How many entries are shown, and the button for the next ones; empty if there are no others."""
    total = len(listed.entries)
    if shown >= total:
        return []
    count = kit.context(f"{shown:,} of {words.plural(total, listed.noun)}.")
    return [count, *buttons.row(_button(listed, shown))]


def next_page(*lists: Listed[Any]) -> Message | None:
    """The page for which the command asks; None if it asks for the whole answer, or for a list that the answer does
    not have any more."""
    pages = ((listed, listed.command.page) for listed in lists)
    return next((_page(listed, page.after) for listed, page in pages if page and page.part is listed.part), None)


def _page(listed: Listed[Any], after: int) -> Message:
    total = len(listed.entries)
    drawn, number = _drawn(listed, after, PAGE_ROOM)
    last = after + number
    span = f"{after + 1:,}–{last:,}" if number > 1 else f"{last:,}"
    headline = f"{listed.about}: {listed.noun}{'s' if number > 1 else ''} {span} of {total:,}."
    if not number:
        headline = f"{listed.about}: nothing follows any more, there are {words.plural(total, listed.noun)}."
    blocks = [
        kit.section(f"*{kit.escape(headline)}*"),
        *drawn,
        *(buttons.row(_button(listed, last)) if number else []),
    ]
    buttons.number(blocks)
    return kit.message("\n".join([headline, *plain(listed, PLAIN_ROOM, after)]), blocks)


def _drawn(listed: Listed[Any], after: int, room: int) -> tuple[list[Block], int]:
    """The entries from index ``after`` on, and how many they are: as many as fit, but at least one if any is left.
    Only the first ``BUTTONS_SHOWN`` entries that have acts get buttons below their lines."""
    drawn: list[Block] = []
    lines: list[str] = []
    places = BUTTONS_SHOWN
    texts = _texts(listed, after, room)
    for text, entry in zip(texts, islice(listed.entries, after, None), strict=False):
        lines += filter(str.strip, text.split("\n"))
        acts = listed.acts(entry) if places else []
        if acts:
            drawn += [*kit.sections(lines), *buttons.row(acts)]
            lines, places = [], places - 1
    return [*drawn, *kit.sections(lines)], len(texts)


def _texts(listed: Listed[Any], after: int, room: int) -> list[str]:
    entries = listed.entries[after:]
    return first_fitting(entries, lambda entry: listed.line(entry).mrkdwn, room) or [
        listed.line(entry).mrkdwn for entry in entries[:1]
    ]


def _button(listed: Listed[Any], after: int) -> list[InteractiveElement]:
    """The button for the next page, which says how many entries that page has; none if no entries are left, or if the
    command is too long for a button."""
    page = Page(part=listed.part, after=after)
    value = NextPageValue.model_validate({"command": listed.command.model_copy(update={"page": page})})
    text = value.model_dump_json(exclude_none=True)
    number = len(_texts(listed, after, PAGE_ROOM))
    if not number or len(text) > LONGEST_VALUE:
        return []
    entries = listed.noun if number == 1 else words.plural(number, listed.noun)
    return [ButtonElement(action_id=ActionId.NEXT, text=f"Show the next {entries}", value=text)]
