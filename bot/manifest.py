"""The manifest (JSON) of the Slack app that the bot needs, to paste at Slack when creating the app."""

import json
from collections.abc import Iterable
from typing import Any

from bot.commands import SLASH
from bot.link_domains import link_domains

# What the less obvious scopes are for. The history scopes: to find a message whose post got no answer. im:history:
# also to receive direct messages. im:write: to send them to people who asked for one or are not in the channel.
# app_mentions:read: to receive mentions. files:write: to upload reports and pictures.
BOT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
)
# The path of all requests in HTTP mode: commands, clicks, modals, menus and events.
REQUEST_PATH = "/slack/events"
# The shortcuts in the menu of each message, by callback id: name and description (handlers/listeners/shortcuts.py).
SHORTCUTS = {
    "message.retry": ("Retry", "Runs what is missing of the customer that a message of the bot is about"),
    "message.split": ("Split", "Cancels and runs as windows the customer that a message of the bot is about"),
    "message.verify": ("Verify", "Counts the rows of the customer that a message of the bot is about"),
}
# On these events, the bot drops what it has cached about people and user groups (handlers/listeners/role_changes.py).
ROLE_EVENTS = ("subteam_members_changed", "subteam_updated", "user_change")
# Slack sends this event when somebody opens the app (handlers/listeners/home.py).
HOME_OPENED = "app_home_opened"
# Slack sends these events when somebody mentions the bot in a channel, or writes to it
# (handlers/listeners/mentions.py).
MENTION, DIRECT_MESSAGE = "app_mention", "message.im"
# These scopes and this event are only needed where the bot shows cards for links (handlers/listeners/links.py).
LINK_SCOPES, LINK_SHARED = ("links:read", "links:write"), "link_shared"
EVENTS = (HOME_OPENED, MENTION, DIRECT_MESSAGE, *ROLE_EVENTS)


def manifest(base_url: str = "", uis: Iterable[str] = ()) -> dict[str, Any]:
    """The manifest, schema version 1. The app-level token is not part of it: people make it in the app's settings.

    ``base_url`` is the address at which Slack reaches the bot in HTTP mode, as https://backfill.example.com; with ""
    the manifest is for Socket Mode. ``uis`` are the addresses of Temporal's web UIs. Links to those that
    ``link_domains`` accepts get cards.
    """
    app, domains = _in_socket_mode(), link_domains(uis)
    if domains:
        app["features"]["unfurl_domains"] = list(domains)
        app["oauth_config"]["scopes"]["bot"] += LINK_SCOPES
        app["settings"]["event_subscriptions"]["bot_events"].append(LINK_SHARED)
    return _over_http(app, base_url.rstrip("/") + REQUEST_PATH) if base_url else app


def scopes_for(uis: Iterable[str]) -> tuple[str, ...]:
    """The scopes of an app that shows cards for links to these web UIs."""
    return (*BOT_SCOPES, *LINK_SCOPES) if link_domains(uis) else BOT_SCOPES


def _over_http(app: dict[str, Any], request_url: str) -> dict[str, Any]:
    command, *_ = app["features"]["slash_commands"]
    command["url"] = request_url
    app["settings"]["interactivity"] |= {"request_url": request_url, "message_menu_options_url": request_url}
    app["settings"]["event_subscriptions"] |= {"request_url": request_url}
    app["settings"]["socket_mode_enabled"] = False
    return app


def _in_socket_mode() -> dict[str, Any]:
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Backfill",
            "description": "Plans, runs, watches and verifies data backfills",
            "background_color": "#1f2937",
        },
        "features": {
            # Without the messages tab Slack does not let the bot send direct messages.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "backfill", "always_online": True},
            "shortcuts": [
                {"type": "message", "callback_id": callback_id, "name": name, "description": description}
                for callback_id, (name, description) in SHORTCUTS.items()
            ],
            "slash_commands": [
                {
                    "command": SLASH,
                    "description": "How the backfills stand, and what to do about them",
                    "usage_hint": "help | status | plan <customer> | run <customer> | split <customer>",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def text(base_url: str = "", uis: Iterable[str] = ()) -> str:
    """The text that ``python -m bot manifest`` prints."""
    return json.dumps(manifest(base_url, uis), indent=2)
