"""Who asks: a person as the chat service knows them, or the clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something now, where; ``user_id`` is the chat service's id, never a name."""

    user_id: str
    team_id: str
    channel_id: str


CLOCK = Actor(user_id="clock", team_id="", channel_id="")


@dataclass(frozen=True, slots=True)
class Person:
    """What the chat service says of a user. ``team_id`` is the workspace, or the organisation, they belong to;
    ``teams`` are all they belong to in an organisation of several workspaces, and the organisation itself."""

    user_id: str
    team_id: str
    name: str
    is_guest: bool
    is_bot: bool
    is_deleted: bool
    teams: frozenset[str] = frozenset()

    def is_of(self, team: str) -> bool:
        """Whether they belong there; nobody belongs to a workspace that is not known."""
        return bool(team) and (team == self.team_id or team in self.teams)


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the bot is installed: its workspace, the organisation of that, and its app; "" where there is none, or
    none that can be told. An app that is installed for a whole organisation has that as its workspace."""

    team: str
    enterprise: str = ""
    app: str = ""
