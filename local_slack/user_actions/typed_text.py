"""Escapes typed text as Slack does with should_escape.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import re

from local_slack.workspace.directory import Directory

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>|]+)|(?<![\w/])@(?P<name>[\w.-]*\w)|(?<![\w/&])#(?P<channel>[\w-]*\w)|(?P<special>[&<>])"
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BROADCASTS = frozenset({"here", "channel", "everyone"})


def escape(text: str) -> str:
    """Escapes `&`, `<` and `>`, which is all that Slack's texts need."""
    return re.sub(r"[&<>]", lambda found: _ENTITIES[found[0]], text)


def as_sent(text: str, directory: Directory) -> str:
    """Replaces mentions, channels and addresses by Slack's references and escapes the rest."""
    return _TOKEN.sub(lambda found: _reference(found, directory), text)


def _reference(found: re.Match[str], directory: Directory) -> str:
    if found["url"]:
        return f"<{escape(found['url'])}>"
    if found["special"]:
        return escape(found["special"])
    if found["channel"]:
        channel = directory.conversation(found["channel"])
        return found[0] if channel is None else f"<#{channel.id}|{channel.name}>"
    return _mention(found, directory)


def _mention(found: re.Match[str], directory: Directory) -> str:
    name = found["name"]
    if name in _BROADCASTS:
        return f"<!{name}>"
    group = directory.group(name)
    if group is not None:
        return f"<!subteam^{group.id}|@{group.handle}>"
    user = directory.user(name)
    return found[0] if user is None else f"<@{user.id}|{user.name}>"
