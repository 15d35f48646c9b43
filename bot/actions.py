"""What can be clicked: the action ids and values that blocks draw and handlers read back.

Values come back from messages of any age, and from anybody who can speak the protocol: nothing in them is trusted.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.commands import SLASH, Ack, Command, Snooze
from bot.errors import UsageError

# The value of an option has at most 150 characters (slack-contract.md §5), the rest of the JSON included.
MAX_EPISODE_ID = 100


class ActionId(StrEnum):
    """The action ids."""

    ACK = "alert.ack"
    SNOOZE = "alert.snooze"
    OPEN = "alert.open"


class SnoozeChoice(StrEnum):
    """The choices of the snooze menu."""

    HALF_HOUR = "30m"
    TWO_HOURS = "2h"
    EIGHT_HOURS = "8h"
    CHANGE = "change"

    @property
    def label(self) -> str:
        """What the menu says."""
        return _LABELS[self]

    @property
    def span(self) -> timedelta | None:
        """How long; None means until something changes."""
        return _SPANS[self]

    def value_for(self, episode_id: str) -> str:
        """The option's value in the menu of this alert."""
        return SnoozeValue(episode=episode_id, choice=self).model_dump_json()


_LABELS = {
    SnoozeChoice.HALF_HOUR: "for 30 minutes",
    SnoozeChoice.TWO_HOURS: "for 2 hours",
    SnoozeChoice.EIGHT_HOURS: "for 8 hours",
    SnoozeChoice.CHANGE: "until it changes",
}
_SPANS = {
    SnoozeChoice.HALF_HOUR: timedelta(minutes=30),
    SnoozeChoice.TWO_HOURS: timedelta(hours=2),
    SnoozeChoice.EIGHT_HOURS: timedelta(hours=8),
    SnoozeChoice.CHANGE: None,
}


class EpisodeValue(BaseModel):
    """The value of a button about one alert; as JSON it fits Slack's limit for a value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    episode: str = Field(min_length=1, max_length=MAX_EPISODE_ID)


class SnoozeValue(EpisodeValue):
    """The value of one choice in the snooze menu of one alert."""

    choice: SnoozeChoice


def command_of(action_id: str, value: str) -> Command:
    """The command that a click means; ``value`` is the button's, or the chosen option's.

    Raises UsageError for a button of another version, another app, or a forged one.
    """
    try:
        if action_id == ActionId.ACK:
            return Ack(episode=EpisodeValue.model_validate_json(value).episode)
        if action_id == ActionId.SNOOZE:
            snooze = SnoozeValue.model_validate_json(value)
            return Snooze(episode=snooze.episode, span=snooze.choice.span)
    except ValidationError as exc:
        raise _not_understood() from exc
    raise _not_understood()


def _not_understood() -> UsageError:
    return UsageError(
        "This button is not understood; its message may come from another version of the bot.",
        f"Type a command instead: {SLASH} help shows them all.",
    )
