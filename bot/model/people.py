"""Who acts: a person as Slack knows them, or the scheduler; and where the bot is installed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which workspace and channel; ``user_id`` is Slack's id of a person, or that of ``CLOCK``, the
    scheduler."""

    user_id: str
    team_id: str
    channel_id: str


CLOCK = Actor(user_id="clock", team_id="", channel_id="")


@dataclass(frozen=True, slots=True)
class Person:
    """A user as Slack describes them.

    ``team_id`` is their workspace or organisation. In an organisation with several workspaces, ``teams`` are all its
    workspaces to which they belong, and the organisation itself.
    """

    user_id: str
    team_id: str
    name: str
    is_guest: bool
    is_bot: bool
    is_deleted: bool
    teams: frozenset[str] = frozenset()

    def is_of(self, team: str) -> bool:
        """Whether they belong to this workspace or organisation; False for "", which is an unknown workspace."""
        return bool(team) and (team == self.team_id or team in self.teams)


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the bot is installed: workspace, organisation and app; "" for one that does not exist or is unknown.

    An app that is installed for a whole organisation has the organisation's id as ``team``.
    """

    team: str
    enterprise: str = ""
    app: str = ""
