"""Who and what is in the workspace: users, user groups, conversations, and the seed of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from local_slack.errors import Json, SlackError
from local_slack.web_api.scopes import SCOPES
from local_slack.workspace.grid import Grid
from local_slack.workspace.ids import new_id


class Kind(StrEnum):
    CHANNEL = "channel"
    DIRECT = "im"


@dataclass(frozen=True)
class User:
    """``team`` is another workspace's than this one's for somebody met by Slack Connect; ``teams`` are those of the
    organisation they are members of, this one unless told otherwise."""

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
        """The user object of users.info, as the bot sees it."""
        if self.team or seed.grid is None:
            return self._facts(self.team or seed.team_id)
        teams = (seed.team_id,) if self.teams is None else self.teams
        return seed.grid.member(self._facts(seed.team_id), teams)

    def team_in_payloads(self, seed: SlackSeed) -> str:
        """What interactions say of whoever acts: not the workspace where they do."""
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


@dataclass
class Conversation:
    id: str
    name: str
    kind: Kind
    members: list[str]
    created: int = 1_767_225_600
    archived: bool = False
    private: bool = False

    @property
    def scope(self) -> str:
        """What scopes call its kind."""
        if self.kind is Kind.DIRECT:
            return "im"
        return "groups" if self.private else "channels"

    def describe(self, viewer: str) -> Json:
        """The channel object of conversations.info as `viewer` sees it."""
        direct = self.kind is Kind.DIRECT
        common: Json = {
            "id": self.id,
            "created": self.created,
            "is_channel": not direct,
            "is_im": direct,
            "is_group": False,
            "is_mpim": False,
            "is_private": direct or self.private,
            "is_archived": self.archived,
            "is_org_shared": False,
        }
        if direct:
            return common | {"user": next((m for m in self.members if m != viewer), viewer)}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_general": self.name == "general",
            "is_member": viewer in self.members,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


SLACKBOT = User("USLACKBOT", "slackbot", "Slackbot", is_bot=True)


@dataclass(frozen=True)
class SlackSeed:
    """What a fresh local Slack holds. The first channel is the team's; the bot is a member of that one only.

    ``scopes`` and ``events`` are what the app was given when it was installed; ``has_user_groups``: whether the
    workspace pays for them; ``emoji`` are its own, beside those that all know.
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
    events: tuple[str, ...] = ("app_home_opened", "subteam_members_changed", "subteam_updated", "user_change")
    has_user_groups: bool = True
    emoji: tuple[str, ...] = ()
    bot_token: str = "xoxb-local-backfill"
    app_token: str = "xapp-1-local-backfill"
    signing_secret: str = "local-signing-secret"


@dataclass
class Directory:
    """Finds users and conversations by id or by name."""

    seed: SlackSeed
    conversations: dict[str, Conversation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: SlackSeed) -> Directory:
        people = [user.id for user in seed.users]
        conversations = {
            cid: Conversation(cid, name, Kind.CHANNEL, [*people, seed.bot.id] if place == 0 else list(people))
            for place, (cid, name) in enumerate(seed.channels)
        }
        users = {user.id: user for user in (*seed.users, seed.bot, SLACKBOT)}
        return cls(seed, conversations, users, {group.id: group for group in seed.user_groups})

    def user(self, ref: str) -> User | None:
        wanted = ref.lstrip("@")
        return self.users.get(ref) or next((u for u in self.users.values() if u.name == wanted), None)

    def conversation(self, ref: str) -> Conversation | None:
        wanted = ref.lstrip("#")
        named = (c for c in self.conversations.values() if c.kind is Kind.CHANNEL and c.name == wanted)
        return self.conversations.get(ref) or next(named, None)

    def group(self, ref: str) -> UserGroup | None:
        wanted = ref.lstrip("@")
        return next((g for g in self.groups.values() if wanted in (g.id, g.handle)), None)

    def direct(self, user: str) -> tuple[Conversation, bool]:
        """The conversation of the bot with one user, and whether it was open already."""
        bot = self.seed.bot.id
        for conversation in self.conversations.values():
            if conversation.kind is Kind.DIRECT and set(conversation.members) == {bot, user}:
                return conversation, True
        opened = Conversation(new_id("D"), "directmessage", Kind.DIRECT, [bot, user])
        self.conversations[opened.id] = opened
        return opened, False

    def for_posting(self, ref: str) -> Conversation:
        """Where the bot may post: a conversation it is in, or the direct one with a user id."""
        if ref in self.users and not self.users[ref].is_bot:
            return self.direct(ref)[0]
        found = self.conversation(ref)
        if found is None:
            raise SlackError("channel_not_found")
        if found.archived:
            raise SlackError("is_archived")
        if self.seed.bot.id not in found.members:
            # To those who are not in it, a private channel is not there.
            raise SlackError("channel_not_found" if found.private else "not_in_channel")
        return found
