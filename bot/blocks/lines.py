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

    def then(self, after: "Line | str", between: str = " ") -> "Line":
        """This, and what follows; nothing is put before what says nothing."""
        other = Line.of(after) if isinstance(after, str) else after
        if not other.plain:
            return self
        return Line(self.plain + between + other.plain, self.mrkdwn + between + other.mrkdwn)


def fitting(items: Sequence[T], say: Callable[[T], str], room: int, more: Callable[[int], str]) -> list[str]:
    """What is said of the first items, in at most ``room`` characters, then ``more`` of the number left out.

    Items that have no room are never said: there may be a hundred thousand.
    """
    shown: list[str] = []
    for item in items:
        line = say(item)
        room -= len(line) + 1
        if room < 0:
            return [*shown, more(len(items) - len(shown))]
        shown.append(line)
    return shown


def named(names: Sequence[str], limit: int) -> str:
    """Some of these names, and how many more there are."""
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest:,} more" if rest > 0 else "")
