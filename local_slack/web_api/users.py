"""auth.test, team.info, bots.info, users.* and usergroups.*."""

from __future__ import annotations

from local_slack.errors import Json, SlackError
from local_slack.web_api.arguments import Arguments, page
from local_slack.workspace import Workspace


def auth_test(_args: Arguments, ws: Workspace) -> Json:
    return _ours(ws) | _of_the_grid(ws)


def _of_the_grid(ws: Workspace) -> Json:
    """Returns the fields of auth.test that name the organisation; empty if the workspace belongs to no organisation.
    If the app is installed for the whole organisation, they replace the fields that name the workspace."""
    grid = ws.seed.grid
    if grid is None:
        return {}
    if not grid.is_org_wide:
        return {"enterprise_id": grid.id}
    return {"enterprise_id": grid.id, "team_id": grid.id, "team": grid.name, "is_enterprise_install": True}


def _ours(ws: Workspace) -> Json:
    seed = ws.seed
    return {
        "url": f"https://{seed.domain}.slack.com/",
        "team": seed.team_name,
        "team_id": seed.team_id,
        "user": seed.bot.name,
        "user_id": seed.bot.id,
        "bot_id": seed.bot.bot_id,
        "is_enterprise_install": False,
    }


def team_info(_args: Arguments, ws: Workspace) -> Json:
    seed = ws.seed
    return {"team": {"id": seed.team_id, "name": seed.team_name, "domain": seed.domain, "email_domain": ""}}


def info(args: Arguments, ws: Workspace) -> Json:
    user = ws.directory.users.get(args.required("user", "user_not_found"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.describe(ws.seed)}


def list_all(args: Arguments, ws: Workspace) -> Json:
    found = sorted(ws.directory.users.values(), key=lambda user: user.id)
    shown, cursor = page(found, args, lambda user: user.id)
    return {
        "members": [user.describe(ws.seed) for user in shown],
        "cache_ts": int(ws.clock().timestamp()),
        "response_metadata": {"next_cursor": cursor},
    }


def groups(args: Arguments, ws: Workspace) -> Json:
    _must_be_paid_for(ws)
    described = [group.describe(ws.seed.team_id) for group in ws.directory.groups.values()]
    if not args.flag("include_users"):
        described = [{name: value for name, value in group.items() if name != "users"} for group in described]
    return {"usergroups": described}


def group_members(args: Arguments, ws: Workspace) -> Json:
    _must_be_paid_for(ws)
    found = ws.directory.groups.get(args.required("usergroup", "no_such_subteam"))
    if found is None:
        raise SlackError("no_such_subteam")
    return {"users": list(found.members)}


def bot(args: Arguments, ws: Workspace) -> Json:
    known = ws.seed.bot
    if args.text("bot") not in (None, known.bot_id):
        raise SlackError("bot_not_found")
    facts = {"id": known.bot_id, "deleted": False, "name": known.name, "updated": 0}
    return {"bot": facts | {"app_id": ws.seed.app_id, "user_id": known.id, "icons": {}}}


def _must_be_paid_for(ws: Workspace) -> None:
    """Refuses calls about user groups in a workspace without a paid plan
    (https://docs.slack.dev/reference/methods/usergroups.list)."""
    if not ws.seed.has_user_groups:
        raise SlackError("plan_upgrade_required")
