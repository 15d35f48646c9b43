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
    """What the chat service says of a user. ``team_id`` is the workspace they belong to."""

    user_id: str
    team_id: str
    name: str
    is_guest: bool
    is_bot: bool
    is_deleted: bool
