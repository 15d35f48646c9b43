"""``Line``: the same words as plain text, for notifications and screen readers, and as mrkdwn. Also functions
that cut lists to the room that a message has."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from bot.blocks import kit
from bot.model import CLOCK

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One line in two forms with the same words. ``mrkdwn`` is escaped already; ``plain`` is not, because
    ``kit.message`` escapes it."""

    plain: str
    mrkdwn: str

    @classmethod
    def of(cls, plain: str) -> Self:
        """Text without formatting and links."""
        return cls(plain, kit.escape(plain))

    @classmethod
    def about(cls, name: str, rest: str, url: str = "") -> Self:
        """A name in bold, then ``rest``, then a link to Temporal if there is a ``url``. Only pass a ``url`` that the
        bot has made, because secrets in it are not redacted."""
        link = f" {kit.link(url, 'Temporal')}" if url else ""
        return cls(f"{name} {rest}", f"*{kit.escape(name)}* {kit.escape(rest)}{link}")

    @classmethod
    def temporal(cls, url: str) -> Self:
        """A link to Temporal, which only the mrkdwn has. Without a ``url`` the line is empty."""
        return cls("", kit.link(url, "Temporal") if url else "")

    @classmethod
    def who(cls, user_id: str) -> Self:
        """A person, as a mention that Slack shows by name. The actor ``CLOCK`` is shown as the bot itself."""
        if user_id == CLOCK.user_id:
            return cls.of("the bot")
        return cls(user_id, f"<@{kit.escape_code(user_id)}>")

    def then(self, addition: "Line | str", separator: str = " ") -> "Line":
        """This line with ``addition`` after it. If the addition is empty, the separator is left out too."""
        other = Line.of(addition) if isinstance(addition, str) else addition
        plain = self.plain + separator + other.plain if other.plain else self.plain
        return Line(plain, self.mrkdwn + separator + other.mrkdwn if other.mrkdwn else self.mrkdwn)


def fitting(items: Sequence[T], draw: Callable[[T], str], room: int, hidden_line: Callable[[int], str]) -> list[str]:
    """The first items, drawn, as many as fit into ``room`` characters. If some do not fit, the last line is
    ``hidden_line`` of their number."""
    shown = first_fitting(items, draw, room)
    hidden = len(items) - len(shown)
    return [*shown, hidden_line(hidden)] if hidden else shown


def first_fitting(items: Iterable[T], draw: Callable[[T], str], room: int) -> list[str]:
    """The first items, drawn, as many as fit into ``room`` characters. Drawing ends at the first item that does not
    fit, because there may be a hundred thousand items."""
    shown: list[str] = []
    for item in items:
        line = draw(item)
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    return shown


def first_names(names: Sequence[str], limit: int) -> str:
    """The first ``limit`` names, and the number of the others if there are any."""
    hidden = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {hidden:,} more" if hidden > 0 else "")
