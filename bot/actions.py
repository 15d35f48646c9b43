"""The action ids and values of buttons, menus and modals: blocks write them, handlers read them back.

A value may come from a message of any age, or be forged by anybody who speaks the protocol, so each is validated.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.commands import (
    LONGEST_TIMEOUT,
    SLASH,
    Ack,
    Cancel,
    Control,
    ControlRequest,
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
    split_struggling,
)
from bot.dialog_button import DialogButtonValue
from bot.errors import UsageError
from bot.model import Window
from bot.snooze_choices import SnoozeChoice

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
    CANCEL = "control.cancel"
    AGAIN = "control.again"
    TERMINATE = "control.terminate"
    TIMEOUT = "control.timeout"
    RESET = "control.reset"
    NOTIFY = "notify"
    DIALOG = "control.dialog"
    STATUS = "show.status"
    VERIFY = "show.verify"


_PLACE = "#"
_AboutTarget = Split | Pause | Resume | Retry | Cancel | Terminate | Reset | Status | Verify | Notify


def at_place(action: ActionId, place: int) -> str:
    """An action id for one of several buttons of a kind in a view, in which Slack takes each id once."""
    return f"{action}{_PLACE}{place}"


CONFIRM = "confirm"
"""The callback id of the modal that confirms a command."""


class InputId(StrEnum):
    """Ids of the fields of a confirmation, each both the block id and the action id."""

    REASON = "reason"
    NAME = "name"


class EpisodeValue(BaseModel):
    """The value of a button about one alert."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    episode: str = Field(min_length=1, max_length=MAX_EPISODE_ID)


class SnoozeValue(EpisodeValue):
    """The value of one option in an alert's snooze menu."""

    choice: SnoozeChoice


def snooze_value(episode_id: str, choice: SnoozeChoice) -> str:
    """The value of this option in the menu of this alert."""
    return SnoozeValue(episode=episode_id, choice=choice).model_dump_json()


class TargetValue(BaseModel):
    """The value of a button about one customer: ``cluster/customer``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = Field(min_length=1, max_length=400)
    campaign: str = Field(default="", max_length=200)


class GroupValue(BaseModel):
    """The value of a button about everybody who struggles, on this cluster or, if it is "", on all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: str = Field(default="", max_length=400)


class AgainValue(TargetValue):
    """The value of a button that runs one window again; ``end`` is the day after its last."""

    start: date
    end: date


class TimeoutValue(TargetValue):
    """The value of a button that gives a customer's activities a heartbeat timeout of this many seconds."""

    seconds: int = Field(ge=1, le=int(LONGEST_TIMEOUT.total_seconds()))


class Confirmation(BaseModel):
    """The private metadata of a confirmation: the command, and what the modal showed (``Proposal.shown``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Control
    shown: str = Field(max_length=2_300)


def command_of(action_id: str, value: str) -> Request:
    """The command that a click means; ``value`` is that of the button or of the chosen option.

    Raises UsageError for a button that is forged, or of another version or app.
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
    return Timeout(target=longer.target, span=timedelta(seconds=longer.seconds))


def _about_target(command: type[_AboutTarget]) -> Callable[[str], Request]:
    return lambda value: command(**TargetValue.model_validate_json(value).model_dump(exclude_defaults=True))


_READERS: Mapping[str, Callable[[str], Request]] = {
    ActionId.ACK: lambda value: Ack(episode=EpisodeValue.model_validate_json(value).episode),
    ActionId.ACK_GROUP: lambda value: Ack(group=EpisodeValue.model_validate_json(value).episode),
    ActionId.SNOOZE: _snooze,
    ActionId.SPLIT: _about_target(Split),
    ActionId.SPLIT_ALL: lambda value: split_struggling(GroupValue.model_validate_json(value).cluster),
    ActionId.PAUSE: _about_target(Pause),
    ActionId.RESUME: _about_target(Resume),
    ActionId.RETRY: _about_target(Retry),
    ActionId.CANCEL: _about_target(Cancel),
    ActionId.AGAIN: _retry_window,
    ActionId.TERMINATE: _about_target(Terminate),
    ActionId.TIMEOUT: _more_time,
    ActionId.RESET: _about_target(Reset),
    ActionId.NOTIFY: _about_target(Notify),
    ActionId.STATUS: _about_target(Status),
    ActionId.VERIFY: _about_target(Verify),
    ActionId.DIALOG: lambda value: DialogButtonValue.model_validate_json(value).command,
}


def confirmed(memory: str) -> tuple[ControlRequest, str]:
    """The command that a modal confirms, and what it showed; ``memory`` is the submitted private metadata. Raises
    UsageError for a modal that is forged, or of another version or app."""
    try:
        confirmation = Confirmation.model_validate_json(memory)
    except ValueError as exc:
        raise unknown_dialog() from exc
    return confirmation.command, confirmation.shown


def unknown_dialog() -> UsageError:
    """The error for a modal that this version of the bot has not opened."""
    return UsageError(
        "This dialog is not understood; it may come from another version of the bot. Nothing was done.",
        f"Close it and type a command: {SLASH} help shows them all.",
    )


def _unknown_button() -> UsageError:
    return UsageError(
        "This button is not understood; its message may come from another version of the bot.",
        f"Type a command instead: {SLASH} help shows them all.",
    )
