"""An organisation of several workspaces, Enterprise Grid: https://docs.slack.dev/enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from local_slack.errors import Json


@dataclass(frozen=True)
class Grid:
    """The organisation that this workspace is one of.

    ``user_team``: what a user's ``team_id`` is there; it has been seen to be the organisation's
    (slackapi/bolt-js#1875), and to be absent (looker/lookerbot#184). ``is_org_wide``: whether the app is installed
    for all of it, and not for this workspace.
    """

    id: str = "E0LOCALORG"
    name: str = "Local Organisation"
    is_org_wide: bool = False
    user_team: Literal["organisation", "absent", "workspace"] = "organisation"

    def member(self, user: Json, teams: Sequence[str]) -> Json:
        """The user object of a member of these workspaces."""
        told = {"organisation": self.id, "workspace": next(iter(teams), self.id)}
        described = {name: value for name, value in user.items() if name != "team_id"}
        if self.user_team in told:
            described["team_id"] = told[self.user_team]
        member = {"id": user["id"], "enterprise_id": self.id, "enterprise_name": self.name}
        return described | {"enterprise_user": {**member, "is_admin": False, "is_owner": False, "teams": list(teams)}}
