"""What a user types after a command, as Slack passes it on with should_escape (slack-contract.md §4.1)."""

from __future__ import annotations

import re

from local_slack.workspace.directory import Directory

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>|]+)|(?<![\w/])@(?P<name>[\w.-]*\w)|(?<![\w/&])#(?P<channel>[\w-]*\w)|(?P<special>[&<>])"
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BROADCASTS = frozenset({"here", "channel", "everyone"})


def escape(text: str) -> str:
    """Only `&`, `<` and `>` are escaped in Slack's texts."""
    return re.sub(r"[&<>]", lambda found: _ENTITIES[found[0]], text)


def as_sent(text: str, directory: Directory) -> str:
    """Mentions, channels and addresses become Slack's references; the rest is escaped."""
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
