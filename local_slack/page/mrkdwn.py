"""Draws Slack's mrkdwn as HTML and escapes everything that is not markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup, escape

from local_slack.workspace.directory import Directory
from local_slack.workspace.emoji import EMOJI
from local_slack.workspace.ids import Clock


@dataclass(frozen=True)
class Names:
    """The names that a text shows in place of ids, and the words for days near today."""

    directory: Directory
    clock: Clock

    def user(self, user_id: str) -> str:
        found = self.directory.users.get(user_id)
        return found.name if found else user_id

    def channel(self, channel_id: str) -> str:
        found = self.directory.conversations.get(channel_id)
        return found.name if found else channel_id

    def group(self, group_id: str) -> str:
        found = self.directory.group(group_id)
        return found.handle if found else group_id

    def day(self, day: date) -> str:
        """The word for a day: "Yesterday", "Today" or "Tomorrow"; "" for other days."""
        return _NEAR_DAYS.get(day - self.clock().date(), "")


_EDGE_BEFORE = r"(?<![\w*_~`])"
_EDGE_AFTER = r"(?![\w*_~`])"


def _styled(mark: str, name: str) -> str:
    inner = rf"(?P<{name}>[^\s{mark}](?:[^\n{mark}]*[^\s{mark}])?)"
    return f"{_EDGE_BEFORE}[{mark}]{inner}[{mark}]{_EDGE_AFTER}"


_TOKEN = re.compile(
    "|".join(
        [
            r"```\n?(?P<pre>.+?)\n?```",
            r"`(?P<code>[^`\n]+)`",
            r"<(?P<angle>[^<>\n]+)>",
            _styled("*", "b"),
            _styled("_", "i"),
            _styled("~", "s"),
            r":(?P<emoji>[a-z0-9_+-]+):",
            r"(?P<newline>\n)",
        ]
    ),
    re.DOTALL,
)
_QUOTE = re.compile(r"^(?:>|&gt;) ?(.*)$")
_STYLES = ("b", "i", "s")
_DATES = {
    "{date_num}": "%Y-%m-%d",
    "{date}": "%B %d, %Y",
    "{date_short}": "%b %d, %Y",
    "{date_long}": "%A %B %d, %Y",
    "{date_pretty}": "%B %d, %Y",
    "{date_short_pretty}": "%b %d, %Y",
    "{date_long_pretty}": "%A %B %d, %Y",
    "{time}": "%H:%M UTC",
    "{time_secs}": "%H:%M:%S UTC",
    "{date_time}": "%b %d, %Y %H:%M UTC",
}
# Date tokens that end in "pretty" show these words. Slack's client begins a date with a capital letter.
_NEAR_DAYS = {timedelta(days=-1): "Yesterday", timedelta(): "Today", timedelta(days=1): "Tomorrow"}


def plain(text: str) -> Markup:
    """Draws a plain_text object, which has no markup: only Slack's three entities and emoji."""
    pieces = re.split(r"(:[a-z0-9_+-]+:)", text)
    return Markup("").join(_emoji(piece[1:-1]) if place % 2 else literal(piece) for place, piece in enumerate(pieces))


def literal(text: str) -> Markup:
    """Undoes Slack's entities, then escapes everything for HTML."""
    undone = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return escape(undone)


def mrkdwn(text: str, names: Names) -> Markup:
    """Draws a message's text. Preformatted parts are split off first: nothing inside them is markup."""
    drawn = Markup("")
    for place, part in enumerate(re.split(r"\n?(```.+?```)\n?", text, flags=re.DOTALL)):
        drawn += _inline(part, names) if place % 2 else _lines(part, names)
    return drawn


def _lines(text: str, names: Names) -> Markup:
    """Draws lines of text. Quoted lines that follow one another become one quotation."""
    drawn, quoted, plain_lines = Markup(""), list[str](), list[str]()
    for line in [*text.split("\n"), None]:
        found = _QUOTE.match(line) if line is not None else None
        if found is None and quoted:
            drawn += Markup("<blockquote>{}</blockquote>").format(_inline("\n".join(quoted), names))
            quoted = []
        if found is not None or line is None:
            drawn += _inline("\n".join(plain_lines), names)
            plain_lines = []
        if found is not None:
            quoted.append(found[1])
        elif line is not None:
            plain_lines.append(line)
    return drawn


def _inline(text: str, names: Names) -> Markup:
    drawn, end = Markup(""), 0
    for found in _TOKEN.finditer(text):
        drawn += literal(text[end : found.start()]) + _token(found, names)
        end = found.end()
    return drawn + literal(text[end:])


def _token(found: re.Match[str], names: Names) -> Markup:
    kind = str(found.lastgroup)
    inside = found[kind]
    if kind == "newline":
        return Markup("<br>")
    if kind == "pre":
        return Markup("<pre>{}</pre>").format(literal(inside))
    if kind == "code":
        return Markup("<code>{}</code>").format(literal(inside))
    if kind in _STYLES:
        return Markup("<{0}>{1}</{0}>").format(Markup(kind), _inline(inside, names))
    return _emoji(inside) if kind == "emoji" else _angle(inside, names)


def _emoji(name: str) -> Markup:
    drawn = EMOJI.get(name)
    if drawn is None:
        return escape(f":{name}:")
    symbol, tone = drawn
    return Markup('<span class="emoji {}" role="img" aria-label="{}" title=":{}:">{}</span>').format(
        tone, name.replace("_", " "), name, symbol
    )


def _angle(inside: str, names: Names) -> Markup:
    """Draws the content of angle brackets: a mention, a channel, a date or a link."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return _mention("@" + (label or names.user(target[1:])))
    if target.startswith("#"):
        return _mention("#" + (label or names.channel(target[1:])))
    if target.startswith("!"):
        return _special(target[1:], label, names)
    return link(target, label)


def _special(target: str, label: str, names: Names) -> Markup:
    word, _, rest = target.partition("^")
    if word == "subteam":
        return _mention(label or "@" + names.group(rest))
    if word == "date":
        return literal(_date(rest, label, names))
    return _mention("@" + word)


def _mention(text: str) -> Markup:
    return Markup('<span class="mention">{}</span>').format(literal(text))


def link(target: str, label: str) -> Markup:
    """Draws a link for http, https and mailto addresses, and the text alone for any other."""
    address = literal(target)
    if not re.match(r"(https?://|mailto:)", target):
        return literal(label or target)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        address, literal(label or target)
    )


def _date(rest: str, fallback: str, names: Names) -> str:
    """Formats `UNIX^format[^link]`; returns the fallback where that is not valid."""
    unix, _, form = rest.partition("^")
    form = form.partition("^")[0]
    try:
        moment = datetime.fromtimestamp(int(unix), UTC)
    except (ValueError, OverflowError, OSError):
        return fallback or rest
    near = names.day(moment.date())
    for token, pattern in _DATES.items():
        is_near = near and token.endswith("pretty}")
        form = form.replace(token, near if is_near else moment.strftime(pattern))
    return form or fallback
