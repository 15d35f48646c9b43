"""Conversations, and a directory that finds users, user groups and conversations by id or by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from local_slack.errors import Json, SlackError
from local_slack.workspace.ids import new_id
from local_slack.workspace.people import SLACKBOT, SlackSeed, User, UserGroup


class Kind(StrEnum):
    CHANNEL = "channel"
    DIRECT = "im"


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
        """The prefix of the scopes for this kind of conversation."""
        if self.kind is Kind.DIRECT:
            return "im"
        return "groups" if self.private else "channels"

    def is_visible_to(self, user: str) -> bool:
        """Whether the user sees the conversation. Slack hides a private channel from those who are not in it."""
        return not self.private or user in self.members

    def describe(self, viewer: str) -> Json:
        """Returns the channel object of conversations.info as `viewer` sees it."""
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


@dataclass
class Directory:
    """Finds users, user groups and conversations by id or by name."""

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
        """Opens the bot's conversation with a user. Returns it, and whether it was open already."""
        bot = self.seed.bot.id
        for conversation in self.conversations.values():
            if conversation.kind is Kind.DIRECT and set(conversation.members) == {bot, user}:
                return conversation, True
        opened = Conversation(new_id("D"), "directmessage", Kind.DIRECT, [bot, user])
        self.conversations[opened.id] = opened
        return opened, False

    def for_posting(self, ref: str) -> Conversation:
        """Finds where the bot may post: a conversation that it is a member of, or, for the id of a user, its direct
        messages with that user. Raises SlackError if the bot may not post there."""
        if ref in self.users and not self.users[ref].is_bot:
            return self.direct(ref)[0]
        found = self.conversation(ref)
        if found is None:
            raise SlackError("channel_not_found")
        if found.archived:
            raise SlackError("is_archived")
        if self.seed.bot.id not in found.members:
            raise SlackError("not_in_channel" if found.is_visible_to(self.seed.bot.id) else "channel_not_found")
        return found
