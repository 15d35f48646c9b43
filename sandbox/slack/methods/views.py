"""views.*: modals and the App Home."""

from __future__ import annotations

from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.gate import Surface, check_view
from sandbox.slack.workspace import Workspace


def open_modal(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.MODAL)
    user = ws.triggers.redeem(_trigger(args))
    return {"view": ws.views.open(user, view)}


def push(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.MODAL)
    user = ws.triggers.redeem(_trigger(args))
    return {"view": ws.views.push(user, view)}


def update(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.MODAL)
    address = args.text("view_id") or args.required("external_id", "not_found")
    return {"view": ws.views.update(address, view, args.text("hash"))}


def publish(args: Arguments, ws: Workspace) -> Json:
    view = check_view(args.raw("view"), Surface.HOME)
    user = ws.directory.users.get(args.required("user_id", "user_not_found"))
    if user is None or user.is_bot:
        raise SlackError("user_not_found")
    return {"view": ws.views.publish(user.id, view, args.text("hash"))}


def _trigger(args: Arguments) -> str:
    return args.text("trigger_id") or args.required("interactivity_pointer", "invalid_trigger_id")
