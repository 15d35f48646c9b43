"""The action ids and values of buttons and menus: blocks write them, handlers read them back.

A value may come from a message of any age, or be forged by anybody who speaks the protocol, so each is validated.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.commands import (
    LONGEST_TIMEOUT,
    SLASH,
    Ack,
    Cancel,
    Notify,
    Pause,
    Request,
    Reset,
    Resume,
    Retry,
    Selection,
    Snooze,
    Split,
    Status,
    Terminate,
    Timeout,
    Verify,
    retry_several,
    split_struggling,
)
from bot.commands.campaign import Campaign, CampaignAction
from bot.dialog_button import DialogButtonValue
from bot.errors import UsageError
from bot.model import Window
from bot.next_page import NextPageValue

# An option's value has at most 150 characters (docs/slack-facts.md#limits), and the JSON around the id takes some.
MAX_EPISODE_ID = 100


class ActionId(StrEnum):
    """Action ids. Messages in channels carry them, so an id keeps its meaning for good."""

    ACK = "alert.ack"
    ACK_GROUP = "alert.ack_group"
    SNOOZE = "alert.snooze"
    OPEN = "alert.open"
    SPLIT = "control.split"
    SPLIT_ALL = "control.split_all"
    PAUSE = "control.pause"
    RESUME = "control.resume"
    RETRY = "control.retry"
    RETRY_ALL = "control.retry_all"
    CANCEL = "control.cancel"
    AGAIN = "control.again"
    TERMINATE = "control.terminate"
    TIMEOUT = "control.timeout"
    RESET = "control.reset"
    STOP_AND_CLOSE = "control.stop_and_close"
    NOTIFY = "notify"
    DIALOG = "control.dialog"
    STATUS = "show.status"
    VERIFY = "show.verify"
    NEXT = "show.next"
    HOME_CAMPAIGN = "home.campaign"
    CHOOSE = "choose"


_PLACE = "#"
_AboutTarget = Split | Pause | Resume | Retry | Cancel | Terminate | Reset | Status | Verify | Notify


def at_place(action: ActionId, place: int) -> str:
    """The action id of button number ``place``, for a view with several buttons of one kind. Slack accepts each
    action id only once in a view."""
    return f"{action}{_PLACE}{place}"


class SnoozeChoice(StrEnum):
    """The choices of the snooze menu."""

    HALF_HOUR = "30m"
    TWO_HOURS = "2h"
    EIGHT_HOURS = "8h"
    CHANGE = "change"

    @property
    def label(self) -> str:
        """The text of the option."""
        return _LABELS[self]

    @property
    def span(self) -> timedelta | None:
        """How long the snooze lasts; None means until the alert changes."""
        return _SPANS[self]

    def value_for(self, episode_id: str) -> str:
        """The value of the option in the menu of the alert with this episode id."""
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
    """The value of a button about one alert."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    episode: str = Field(min_length=1, max_length=MAX_EPISODE_ID)


class SnoozeValue(EpisodeValue):
    """The value of one option in an alert's snooze menu."""

    choice: SnoozeChoice


class TargetValue(BaseModel):
    """The value of a button about one customer: ``cluster/customer``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = Field(min_length=1, max_length=400)
    campaign: str = Field(default="", max_length=200)


class GroupValue(BaseModel):
    """The value of a button about all struggling customers: those of ``cluster``, or of all clusters if it is ""."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: str = Field(default="", max_length=400)
    campaign: str = Field(default="", max_length=200)


class TargetsValue(BaseModel):
    """The value of a button about several customers, each as ``cluster/customer``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: tuple[Annotated[str, Field(min_length=1, max_length=400)], ...] = Field(min_length=2, max_length=100)
    campaign: str = Field(default="", max_length=200)


class AgainValue(TargetValue):
    """The value of a button that runs one window again; ``end`` is the day after the last day of the window."""

    start: date
    end: date


class TimeoutValue(TargetValue):
    """The value of a button that gives a customer's activities a heartbeat timeout of this many seconds."""

    seconds: int = Field(ge=1, le=int(LONGEST_TIMEOUT.total_seconds()))


def command_of(action_id: str, value: str) -> Request:
    """The command that a click means; ``value`` is the value of the button or of the chosen option.

    Raises UsageError if the button or its value is unknown: forged, or of another app or version of the bot.
    """
    read = _READERS.get(action_id.partition(_PLACE)[0])
    if read is None:
        raise _unknown_button()
    try:
        return read(value)
    except ValueError as exc:  # pydantic's ValidationError is a ValueError, and so is a reversed range
        raise _unknown_button() from exc


def _snooze(value: str) -> Request:
    snooze = SnoozeValue.model_validate_json(value)
    return Snooze(episode=snooze.episode, span=snooze.choice.span)


def _retry_window(value: str) -> Request:
    again = AgainValue.model_validate_json(value)
    days = Window(again.start, again.end)
    return Retry(target=again.target, campaign=again.campaign, range=days, which=Selection.ALL)


def _more_time(value: str) -> Request:
    longer = TimeoutValue.model_validate_json(value)
    return Timeout(target=longer.target, campaign=longer.campaign, span=timedelta(seconds=longer.seconds))


def _split_all(value: str) -> Request:
    struggling = GroupValue.model_validate_json(value)
    return split_struggling(struggling.cluster, campaign=struggling.campaign)


def _stop_and_close(value: str) -> Request:
    name = TargetValue.model_validate_json(value).target
    return Campaign(target=name, action=CampaignAction.CLOSE, stops=True)


def _retry_all(value: str) -> Request:
    stopped = TargetsValue.model_validate_json(value)
    return retry_several(stopped.targets, stopped.campaign)


def _about_target(command: type[_AboutTarget]) -> Callable[[str], Request]:
    return lambda value: command(**TargetValue.model_validate_json(value).model_dump(exclude_defaults=True))


_READERS: Mapping[str, Callable[[str], Request]] = {
    ActionId.ACK: lambda value: Ack(episode=EpisodeValue.model_validate_json(value).episode),
    ActionId.ACK_GROUP: lambda value: Ack(group=EpisodeValue.model_validate_json(value).episode),
    ActionId.SNOOZE: _snooze,
    ActionId.SPLIT: _about_target(Split),
    ActionId.SPLIT_ALL: _split_all,
    ActionId.PAUSE: _about_target(Pause),
    ActionId.RESUME: _about_target(Resume),
    ActionId.RETRY: _about_target(Retry),
    ActionId.RETRY_ALL: _retry_all,
    ActionId.CANCEL: _about_target(Cancel),
    ActionId.AGAIN: _retry_window,
    ActionId.TERMINATE: _about_target(Terminate),
    ActionId.TIMEOUT: _more_time,
    ActionId.RESET: _about_target(Reset),
    ActionId.STOP_AND_CLOSE: _stop_and_close,
    ActionId.NOTIFY: _about_target(Notify),
    ActionId.STATUS: _about_target(Status),
    ActionId.VERIFY: _about_target(Verify),
    ActionId.NEXT: lambda value: NextPageValue.model_validate_json(value).command,
    ActionId.DIALOG: lambda value: DialogButtonValue.model_validate_json(value).command,
}


def _unknown_button() -> UsageError:
    return UsageError(
        "This button is not understood; its message may come from another version of the bot.",
        f"Type a command instead: {SLASH} help shows them all.",
    )
