"""auth.test and team.info: who is asking, and where."""

from __future__ import annotations

from local_slack.errors import Json
from local_slack.web_api.arguments import Arguments
from local_slack.workspace.state import Workspace


def auth_test(_args: Arguments, ws: Workspace) -> Json:
    return _ours(ws) | _of_the_grid(ws)


def _of_the_grid(ws: Workspace) -> Json:
    """Of an app for a whole organisation, that stands where the workspace does otherwise."""
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
