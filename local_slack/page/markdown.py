"""Draws the markdown block, as far as messages need it: headings, lists, quotes, code, emphasis, links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from local_slack.page.mrkdwn import link

_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`|\[(?P<label>[^\[\]\n]{1,3000})\]\((?P<url>[^()\s]{1,3000})\)"
    r"|\*\*(?P<b>[^*\n]+)\*\*|(?<!\w)[*_](?P<i>[^*_\n]+)[*_](?!\w)|~~(?P<s>[^~\n]+)~~"
)
_HEADING = re.compile(r"^(#{1,6}) (.+)$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.) (.+)$")


def markdown(text: str) -> Markup:
    parts = re.split(r"```\w*\n?(.*?)```", text, flags=re.DOTALL)
    return Markup("").join(
        Markup("<pre>{}</pre>").format(part) if place % 2 else _lines(part) for place, part in enumerate(parts)
    )


def _lines(text: str) -> Markup:
    return Markup("").join(_line(line) for line in text.split("\n") if line.strip())


def _line(line: str) -> Markup:
    heading, item = _HEADING.match(line), _ITEM.match(line)
    if heading:
        return Markup('<p class="heading">{}</p>').format(_inline(heading[2]))
    if item:
        return Markup('<p class="item">• {}</p>').format(_inline(item[1]))
    if line.startswith(">"):
        return Markup("<blockquote>{}</blockquote>").format(_inline(line[1:].strip()))
    return Markup("<p>{}</p>").format(_inline(line))


def _inline(text: str) -> Markup:
    drawn, end = Markup(""), 0
    for found in _INLINE.finditer(text):
        drawn += escape(text[end : found.start()]) + _token(found)
        end = found.end()
    return drawn + escape(text[end:])


def _token(found: re.Match[str]) -> Markup:
    if found["url"]:
        return link(found["url"], found["label"])
    kind = next(name for name in ("code", "b", "i", "s") if found[name])
    return Markup("<{0}>{1}</{0}>").format(Markup(kind), found[kind])
