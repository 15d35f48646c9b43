"""Lines said twice: as plain text for notifications and screen readers, and as mrkdwn; as many as fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from bot.blocks import kit
from bot.model import CLOCK

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """The same words twice; whatever came from outside is escaped in ``mrkdwn`` only."""

    plain: str
    mrkdwn: str

    @classmethod
    def of(cls, plain: str) -> Self:
        """Without anything to mark or link."""
        return cls(plain, kit.escape(plain))

    @classmethod
    def about(cls, name: str, rest: str, url: str = "") -> Self:
        """A name that stands out, what is said of it, and where to look; ``url`` is a link of our own making."""
        link = f" {kit.link(url, 'Temporal')}" if url else ""
        return cls(f"{name} {rest}", f"*{kit.escape(name)}* {kit.escape(rest)}{link}")

    @classmethod
    def who(cls, user_id: str) -> Self:
        """A person, named to each reader as their client names people; the clock stands for the bot."""
        if user_id == CLOCK.user_id:
            return cls.of("the bot")
        return cls(user_id, f"<@{kit.escape_code(user_id)}>")

    def then(self, addition: "Line | str", separator: str = " ") -> "Line":
        """This, and what follows; nothing is put before what says nothing."""
        other = Line.of(addition) if isinstance(addition, str) else addition
        if not other.plain:
            return self
        return Line(self.plain + separator + other.plain, self.mrkdwn + separator + other.mrkdwn)


def fitting(items: Sequence[T], draw: Callable[[T], str], room: int, hidden_line: Callable[[int], str]) -> list[str]:
    """What is said of the first items, in at most ``room`` characters, then ``hidden_line`` of the number left out.

    Items that have no room are never said: there may be a hundred thousand.
    """
    shown: list[str] = []
    for item in items:
        line = draw(item)
        room -= len(line) + 1
        if room < 0:
            return [*shown, hidden_line(len(items) - len(shown))]
        shown.append(line)
    return shown


def first_names(names: Sequence[str], limit: int) -> str:
    """Some of these names, and how many more there are."""
    hidden = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {hidden:,} more" if hidden > 0 else "")
