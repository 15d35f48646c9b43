"""The payloads the app receives for what people do (https://docs.slack.dev/reference/interaction-payloads)."""

from __future__ import annotations

from dataclasses import dataclass

from local_slack.errors import Json
from local_slack.user_actions.elements import FoundElement
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation, Kind
from local_slack.workspace.fields import SHAPES, holds
from local_slack.workspace.ids import new_id
from local_slack.workspace.messages import Message
from local_slack.workspace.objects import message_object, view_object
from local_slack.workspace.people import User
from local_slack.workspace.views import OpenView

_TOKEN = "deprecated-verification-token"


@dataclass(frozen=True)
class Actor:
    """A user in a channel."""

    user: User
    channel: Conversation

    @property
    def channel_name(self) -> str:
        return "directmessage" if self.channel.kind is Kind.DIRECT else self.channel.name


def slash_command(actor: Actor, text: str, response_url: str, ws: Workspace) -> Json:
    grid = ws.seed.grid
    of_the_grid = {"enterprise_id": grid.id, "enterprise_name": grid.name} if grid else {}
    return of_the_grid | {
        "token": _TOKEN,
        "team_id": ws.seed.team_id,
        "team_domain": ws.seed.domain,
        "channel_id": actor.channel.id,
        "channel_name": actor.channel_name,
        "user_id": actor.user.id,
        "user_name": actor.user.name,
        "command": ws.seed.command,
        "text": text,
        "api_app_id": ws.seed.app_id,
        "is_enterprise_install": "true" if grid and grid.is_org_wide else "false",
        "response_url": response_url,
        "trigger_id": ws.triggers.issue(actor.user.id),
    }


def sender_fields(user: User, ws: Workspace) -> Json:
    """The fields that name the user and the installation, the same in every interaction.

    An app installed for a whole organisation has no workspace
    (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
    """
    seed, grid = ws.seed, ws.seed.grid
    team: Json = {"id": seed.team_id, "domain": seed.domain}
    if grid:
        team |= {"enterprise_id": grid.id, "enterprise_name": grid.name}
    return {
        "api_app_id": seed.app_id,
        "token": _TOKEN,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_in_payloads(seed)},
        "team": None if grid and grid.is_org_wide else team,
        "enterprise": {"id": grid.id, "name": grid.name} if grid else None,
        "is_enterprise_install": bool(grid and grid.is_org_wide),
    }


def block_actions(actor: Actor, message: Message, action: Json, response_url: str, ws: Workspace) -> Json:
    """The payload of a click in a message. It leaves out the message if that is ephemeral."""
    ephemeral = message.place.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": actor.channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.place.thread_ts:
        container["thread_ts"] = message.place.thread_ts
    payload: Json = {
        "type": "block_actions",
        **sender_fields(actor.user, ws),
        "container": container,
        "trigger_id": ws.triggers.issue(actor.user.id),
        "channel": {"id": actor.channel.id, "name": actor.channel_name},
        "state": {"values": _state(action)},
        "response_url": response_url,
        "actions": [action],
    }
    return payload if ephemeral else payload | {"message": message_object(message, ws.messages, ws.seed)}


def message_action(actor: Actor, message: Message, callback_id: str, response_url: str, ws: Workspace) -> Json:
    """The payload of a message shortcut
    (https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload)."""
    return {
        "type": "message_action",
        **sender_fields(actor.user, ws),
        "action_ts": f"{ws.clock().timestamp():.6f}",
        "callback_id": callback_id,
        "trigger_id": ws.triggers.issue(actor.user.id),
        "message_ts": message.ts,
        "channel": {"id": actor.channel.id, "name": actor.channel_name},
        "response_url": response_url,
        "message": message_object(message, ws.messages, ws.seed),
    }


def event_callback(event: Json, ws: Workspace) -> Json:
    now, grid = ws.clock().timestamp(), ws.seed.grid
    is_org_wide = bool(grid and grid.is_org_wide)
    bot = {
        "enterprise_id": grid.id if grid else None,
        "team_id": None if is_org_wide else ws.seed.team_id,
        "user_id": ws.seed.bot.id,
        "is_bot": True,
        "is_enterprise_install": is_org_wide,
    }
    return ({"enterprise_id": grid.id} if grid else {}) | {
        "token": _TOKEN,
        "team_id": ws.seed.team_id,
        "api_app_id": ws.seed.app_id,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(now),
        "authorizations": [bot],
        "event": {"event_ts": f"{now:.6f}", **event},
    }


def _state(action: Json) -> Json:
    """The value of the pressed element, by block id and action id. Buttons and overflow menus have none."""
    if not holds(action):
        return {}
    held = {name: action[name] for name in ("type", SHAPES[action["type"]].name)}
    return {action["block_id"]: {action["action_id"]: held}}


@dataclass(frozen=True)
class Viewer:
    """A user and the view that they have open."""

    user: User
    view: OpenView


def view_submission(viewer: Viewer, ws: Workspace) -> Json:
    return {
        "type": "view_submission",
        **sender_fields(viewer.user, ws),
        "trigger_id": ws.triggers.issue(viewer.user.id, viewer.view.id),
        "view": view_object(viewer.view, ws, viewer.view.values),
        "response_urls": [],
    }


def view_closed(viewer: Viewer, ws: Workspace, *, is_cleared: bool) -> Json:
    """The payload of a closed view. It leaves out the values of input blocks."""
    inputs = {block["block_id"] for block in viewer.view.blocks if block["type"] == "input"}
    values = {block_id: entries for block_id, entries in viewer.view.values.items() if block_id not in inputs}
    return {
        "type": "view_closed",
        **sender_fields(viewer.user, ws),
        "view": view_object(viewer.view, ws, values),
        "is_cleared": is_cleared,
    }


def view_action(viewer: Viewer, action: Json, ws: Workspace) -> Json:
    """The payload of a click inside a view. It has no channel, no message and no response_url."""
    return {
        "type": "block_actions",
        **sender_fields(viewer.user, ws),
        "container": {"type": "view", "view_id": viewer.view.id},
        "trigger_id": ws.triggers.issue(viewer.user.id, viewer.view.id),
        "view": view_object(viewer.view, ws, viewer.view.values),
        "actions": [action],
    }


def block_suggestion(viewer: Viewer, found: FoundElement, query: str, ws: Workspace) -> Json:
    return {
        "type": "block_suggestion",
        **sender_fields(viewer.user, ws),
        "container": {"type": "view", "view_id": viewer.view.id},
        "action_id": found.element["action_id"],
        "block_id": found.block["block_id"],
        "value": query,
        "view": view_object(viewer.view, ws, viewer.view.values),
    }
