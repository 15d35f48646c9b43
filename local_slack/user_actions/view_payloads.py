"""How a view looks on the wire, and the payloads of what users do in one (slack-contract.md §4.2–§4.4)."""

from __future__ import annotations

from dataclasses import dataclass

from local_slack.errors import Json
from local_slack.user_actions.elements import Found
from local_slack.user_actions.payloads import sender
from local_slack.workspace.people import User
from local_slack.workspace.state import Workspace
from local_slack.workspace.views import OpenView, Values


@dataclass(frozen=True)
class Viewer:
    """A user, in front of a view."""

    user: User
    view: OpenView


def view_object(view: OpenView, ws: Workspace, values: Values | None = None) -> Json:
    """The view with its state; answers of views.* carry none."""
    grid = ws.seed.grid
    return view.content | {
        "id": view.id,
        "team_id": ws.seed.team_id,
        "state": {"values": values or {}},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous.id if view.previous else None,
        "app_id": ws.seed.app_id,
        "app_installed_team_id": grid.id if grid and grid.is_org_wide else ws.seed.team_id,
        "bot_id": ws.seed.bot.bot_id,
    }


def view_submission(viewer: Viewer, ws: Workspace) -> Json:
    return {
        "type": "view_submission",
        **sender(viewer.user, ws),
        "trigger_id": ws.triggers.issue(viewer.user.id, viewer.view.id),
        "view": view_object(viewer.view, ws, viewer.view.values),
        "response_urls": [],
    }


def view_closed(viewer: Viewer, ws: Workspace, *, is_cleared: bool) -> Json:
    """What stood in input blocks is not told."""
    inputs = {block["block_id"] for block in viewer.view.blocks if block["type"] == "input"}
    values = {block_id: entries for block_id, entries in viewer.view.values.items() if block_id not in inputs}
    return {
        "type": "view_closed",
        **sender(viewer.user, ws),
        "view": view_object(viewer.view, ws, values),
        "is_cleared": is_cleared,
    }


def view_action(viewer: Viewer, action: Json, ws: Workspace) -> Json:
    """A click inside a view: there is no channel, no message and no response_url."""
    return {
        "type": "block_actions",
        **sender(viewer.user, ws),
        "container": {"type": "view", "view_id": viewer.view.id},
        "trigger_id": ws.triggers.issue(viewer.user.id, viewer.view.id),
        "view": view_object(viewer.view, ws, viewer.view.values),
        "actions": [action],
    }


def block_suggestion(viewer: Viewer, found: Found, query: str, ws: Workspace) -> Json:
    return {
        "type": "block_suggestion",
        **sender(viewer.user, ws),
        "container": {"type": "view", "view_id": viewer.view.id},
        "action_id": found.element["action_id"],
        "block_id": found.block["block_id"],
        "value": query,
        "view": view_object(viewer.view, ws, viewer.view.values),
    }
