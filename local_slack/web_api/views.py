"""views.*: modals and the App Home."""

from __future__ import annotations

from local_slack.errors import Json, SlackError
from local_slack.validation import Surface, check_view
from local_slack.web_api.arguments import Arguments
from local_slack.workspace import Workspace
from local_slack.workspace.objects import view_object


def open_modal(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.MODAL)
    trigger = ws.triggers.redeem(_trigger(args))
    return {"view": view_object(ws.views.open(trigger.user, view), ws)}


def push(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.MODAL)
    trigger = ws.triggers.redeem(_trigger(args))
    return {"view": view_object(ws.views.push(trigger.view_id, view), ws)}


def update(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.MODAL)
    address = args.text("view_id") or args.required("external_id", "not_found")
    return {"view": view_object(ws.views.update(address, view, args.text("hash")), ws)}


def publish(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.HOME)
    user = ws.directory.users.get(args.required("user_id", "user_not_found"))
    if user is None or user.is_bot:
        raise SlackError("user_not_found")
    return {"view": view_object(ws.views.publish(user.id, view, args.text("hash")), ws)}


def _trigger(args: Arguments) -> str:
    return args.text("trigger_id") or args.required("interactivity_pointer", "invalid_trigger_id")
