"""Who is in the workspace: users, user groups, the organisation, and the seed of a fresh Slack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from local_slack.errors import Json


@dataclass(frozen=True)
class Grid:
    """The Enterprise Grid organisation that this workspace belongs to (https://docs.slack.dev/enterprise).

    ``user_team`` says what Slack gives as a user's ``team_id``: the organisation (slackapi/bolt-js#1875), nothing
    (looker/lookerbot#184), or the workspace. ``is_org_wide`` says whether the app is installed for the whole
    organisation and not for this workspace.
    """

    id: str = "E0LOCALORG"
    name: str = "Local Organisation"
    is_org_wide: bool = False
    user_team: Literal["organisation", "absent", "workspace"] = "organisation"

    def member(self, user: Json, teams: Sequence[str]) -> Json:
        """Returns the user object of a member of these workspaces."""
        team_ids = {"organisation": self.id, "workspace": next(iter(teams), self.id)}
        described = {name: value for name, value in user.items() if name != "team_id"}
        if self.user_team in team_ids:
            described["team_id"] = team_ids[self.user_team]
        member = {"id": user["id"], "enterprise_id": self.id, "enterprise_name": self.name}
        return described | {"enterprise_user": {**member, "is_admin": False, "is_owner": False, "teams": list(teams)}}


@dataclass(frozen=True)
class User:
    """A user.

    ``team`` is the workspace of a user from outside, who shares a channel by Slack Connect; "" for others. ``teams``
    are the organisation's workspaces that the user is a member of; None means this one.
    """

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    is_guest: bool = False
    is_deleted: bool = False
    bot_id: str | None = None
    tz: str = "Etc/UTC"
    team: str = ""
    teams: tuple[str, ...] | None = None

    def describe(self, seed: SlackSeed) -> Json:
        """Returns the user object of users.info, as the bot sees it."""
        if self.team or seed.grid is None:
            return self._facts(self.team or seed.team_id)
        teams = (seed.team_id,) if self.teams is None else self.teams
        return seed.grid.member(self._facts(seed.team_id), teams)

    def team_in_payloads(self, seed: SlackSeed) -> str:
        """The user's team id in interactions, which need not be the workspace they act in."""
        return self.team or (seed.grid.id if seed.grid else seed.team_id)

    def _facts(self, team: str) -> Json:
        return {
            "id": self.id,
            "team_id": team,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.is_deleted,
            "tz": self.tz,
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
            "is_bot": self.is_bot,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": False,
            **({"is_stranger": True} if self.team else {}),
            "is_app_user": False,
            "updated": 0,
            "profile": {
                "real_name": self.real_name,
                "display_name": self.name,
                "real_name_normalized": self.real_name,
                "display_name_normalized": self.name,
                "team": team,
                **({"bot_id": self.bot_id} if self.bot_id else {}),
            },
        }


@dataclass(frozen=True)
class UserGroup:
    id: str
    handle: str
    members: tuple[str, ...]

    def describe(self, team: str) -> Json:
        return {
            "id": self.id,
            "team_id": team,
            "is_usergroup": True,
            "name": self.handle,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_create": 0,
            "date_update": 0,
            "date_delete": 0,
            "user_count": len(self.members),
            "users": list(self.members),
        }


SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
)
"""Every scope that this Slack knows."""


@dataclass(frozen=True)
class Shortcut:
    """A message shortcut of the app, in the menu of every message."""

    callback_id: str
    name: str


SLACKBOT = User("USLACKBOT", "slackbot", "Slackbot", is_bot=True)


@dataclass(frozen=True)
class SlackSeed:
    """What a fresh local Slack contains. The bot is a member of the first channel only.

    ``scopes`` and ``events`` are what the app was installed with. ``has_user_groups`` says whether the workspace pays
    for user groups. ``emoji`` are the workspace's own emoji. ``shortcuts`` are the app's message shortcuts. The app
    may show cards for links to the ``unfurl_domains``.
    """

    team_id: str = "T0BACKFILL"
    team_name: str = "Local Slack"
    domain: str = "local"
    app_id: str = "A0BACKFILL"
    command: str = "/backfill"
    bot: User = User("U0BACKFILL", "backfill", "backfill", is_bot=True, bot_id="B0BACKFILL")
    users: tuple[User, ...] = (
        User("U00OLIVIA0", "olivia", "Olivia (operator)"),
        User("U00VICTOR0", "victor", "Victor (viewer)"),
        User("U00000GUS0", "gus", "Gus (guest)", is_guest=True),
    )
    channels: tuple[tuple[str, str], ...] = (("C0BACKFILL", "backfills"), ("C00GENERAL", "general"))
    user_groups: tuple[UserGroup, ...] = (UserGroup("S0DATAONCL", "data-oncall", ("U00OLIVIA0",)),)
    grid: Grid | None = None
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = (
        "app_home_opened",
        "app_mention",
        "link_shared",
        "message.im",
        "subteam_members_changed",
        "subteam_updated",
        "user_change",
    )
    shortcuts: tuple[Shortcut, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    has_user_groups: bool = True
    emoji: tuple[str, ...] = ()
    bot_token: str = "xoxb-local-backfill"
    app_token: str = "xapp-1-local-backfill"
    signing_secret: str = "local-signing-secret"
