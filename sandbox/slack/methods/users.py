"""users.* and usergroups.*: who there is."""

from __future__ import annotations

from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.paging import page
from sandbox.slack.workspace import Workspace


def info(args: Arguments, ws: Workspace) -> Json:
    user = ws.directory.users.get(args.required("user", "user_not_found"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.describe(ws.seed.team_id)}


def list_all(args: Arguments, ws: Workspace) -> Json:
    found = sorted(ws.directory.users.values(), key=lambda user: user.id)
    shown, cursor = page(found, args, lambda user: user.id)
    return {
        "members": [user.describe(ws.seed.team_id) for user in shown],
        "cache_ts": int(ws.clock().timestamp()),
        "response_metadata": {"next_cursor": cursor},
    }


def groups(args: Arguments, ws: Workspace) -> Json:
    described = [group.describe(ws.seed.team_id) for group in ws.seed.user_groups]
    if not args.flag("include_users"):
        described = [{name: value for name, value in group.items() if name != "users"} for group in described]
    return {"usergroups": described}


def group_members(args: Arguments, ws: Workspace) -> Json:
    wanted = args.required("usergroup", "no_such_subteam")
    for group in ws.seed.user_groups:
        if group.id == wanted:
            return {"users": list(group.members)}
    raise SlackError("no_such_subteam")
