"""The Slack app this bot needs, as a manifest to paste at Slack when creating the app (JSON form)."""

import json
from typing import Any

from bot.adapters.slack import BOT_SCOPES
from bot.commands import SLASH


def manifest() -> dict[str, Any]:
    """Slack's manifest, schema version 1; the app-level token is made by hand in the app's settings."""
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Backfill",
            "description": "Plans, runs, watches and verifies data backfills",
            "background_color": "#1f2937",
        },
        "features": {
            "bot_user": {"display_name": "backfill", "always_online": True},
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
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def text() -> str:
    """What ``python -m bot manifest`` prints."""
    return json.dumps(manifest(), indent=2)
