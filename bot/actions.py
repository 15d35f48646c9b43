"""What can be clicked: the action ids and values that blocks draw and handlers read back.

Values come back from messages of any age, and from anybody who can speak the protocol: nothing in them is trusted.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.commands import (
    SLASH,
    Ack,
    Cancel,
    Control,
    ControlRequest,
    Pause,
    Request,
    Resume,
    Retry,
    Snooze,
    Split,
    Terminate,
    Which,
)
from bot.errors import UsageError
from bot.model import Window

# The value of an option has at most 150 characters (slack-contract.md §5), the rest of the JSON included.
MAX_EPISODE_ID = 100


class ActionId(StrEnum):
    """The action ids."""

    ACK = "alert.ack"
    SNOOZE = "alert.snooze"
    OPEN = "alert.open"
    SPLIT = "control.split"
    PAUSE = "control.pause"
    RESUME = "control.resume"
    RETRY = "control.retry"
    CANCEL = "control.cancel"
    AGAIN = "control.again"
    TERMINATE = "control.terminate"


CONFIRM = "confirm"
"""The callback id of a modal that asks whether to do what it shows."""


class InputId(StrEnum):
    """Block and action ids of what a person fills in before confirming."""

    REASON = "reason"
    NAME = "name"


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


class TargetValue(BaseModel):
    """The value of a button about one customer: ``cluster/customer``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = Field(min_length=1, max_length=400)


class AgainValue(TargetValue):
    """The value of a button that runs one window again: its first day, and the day after its last."""

    start: date
    end: date


class Confirmation(BaseModel):
    """What a modal remembers: the command it is about, and what it showed (``Proposal.shown``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Control
    shown: str = Field(max_length=2_300)


def command_of(action_id: str, value: str) -> Request:
    """The command that a click means; ``value`` is the button's, or the chosen option's.

    Raises UsageError for a button of another version, another app, or a forged one.
    """
    try:
        if action_id == ActionId.ACK:
            return Ack(episode=EpisodeValue.model_validate_json(value).episode)
        if action_id == ActionId.SNOOZE:
            snooze = SnoozeValue.model_validate_json(value)
            return Snooze(episode=snooze.episode, span=snooze.choice.span)
        if action_id in _ABOUT_TARGET:
            return _ABOUT_TARGET[action_id](target=TargetValue.model_validate_json(value).target)
        if action_id == ActionId.AGAIN:
            return _again(AgainValue.model_validate_json(value))
    except ValueError as exc:  # pydantic's ValidationError is one, and a range that ends before it starts
        raise _not_understood() from exc
    raise _not_understood()


_ABOUT_TARGET: Mapping[str, type[Split | Pause | Resume | Retry | Cancel | Terminate]] = {
    ActionId.SPLIT: Split,
    ActionId.PAUSE: Pause,
    ActionId.RESUME: Resume,
    ActionId.RETRY: Retry,
    ActionId.CANCEL: Cancel,
    ActionId.TERMINATE: Terminate,
}


def confirmed(memory: str) -> tuple[ControlRequest, str]:
    """The command that a modal asked about, and what it showed; ``memory`` is what came back with it.

    Raises UsageError for a modal of another version, another app, or a forged one.
    """
    try:
        told = Confirmation.model_validate_json(memory)
    except ValueError as exc:
        raise not_asked() from exc
    return told.command, told.shown


def not_asked() -> UsageError:
    """What is said of a modal that this bot has not opened, not in this version."""
    return UsageError(
        "This dialog is not understood; it may come from another version of the bot. Nothing was done.",
        f"Close it and type a command: {SLASH} help shows them all.",
    )


def _again(value: AgainValue) -> Retry:
    return Retry(target=value.target, range=Window(value.start, value.end), which=Which.ALL)


def _not_understood() -> UsageError:
    return UsageError(
        "This button is not understood; its message may come from another version of the bot.",
        f"Type a command instead: {SLASH} help shows them all.",
    )
