"""The command that opens, extends, closes and reopens campaigns: its model and its reader."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import model_validator

from bot.commands.names import reject_extra_words, usage_hint
from bot.commands.options import take_like, take_stop
from bot.commands.ranges import take_range
from bot.commands.request import ControlRequest, Reach
from bot.commands.words import RESERVED_NAMES, shown
from bot.errors import CampaignMissing, UsageError
from bot.model import Window


class CampaignAction(StrEnum):
    """What is done with a campaign."""

    OPEN = "open"
    EXTEND = "extend"
    CLOSE = "close"
    REOPEN = "reopen"


class Campaign(ControlRequest):
    """Opens a campaign, moves its end, closes it with a last report, or opens it again."""

    reach = Reach.NONE
    forms = (
        "campaign open <name> <start..end> [like other]",
        "campaign extend <name> <end>",
        "campaign close <name> [stop]",
        "campaign reopen <name>",
    )
    examples = (
        "campaign open march 2026-03-01..2026-04-01 like january",
        "campaign extend march 2026-04-08",
        "campaign close march",
        "campaign close march stop",
        "campaign reopen march",
    )
    reason_example = "the March gap, for all customers"

    kind: Literal["campaign"] = "campaign"
    action: CampaignAction
    range: Window | None = None
    end: date | None = None
    like: str = ""
    stops: bool = False
    """Whether the campaign's open work is stopped before the campaign is closed."""

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if (self.action is CampaignAction.OPEN) != (self.range is not None):
            raise ValueError("a campaign is opened with a range, and only opened")
        if (self.action is CampaignAction.EXTEND) != (self.end is not None):
            raise ValueError("a campaign is extended to an end, and only extended")
        if self.stops and self.action is not CampaignAction.CLOSE:
            raise ValueError("only a campaign that is closed is stopped before")
        return self


def _without_name(action: CampaignAction, window: Window | None) -> UsageError:
    """The error for a command without a name. For ``close`` and ``reopen``, and for ``extend`` with any days, it is
    CampaignMissing, so that a person can choose one of the existing campaigns. For ``open``, which needs a new name,
    and for ``extend`` without days, it is a plain UsageError."""
    is_all = action in (CampaignAction.CLOSE, CampaignAction.REOPEN) or (action is CampaignAction.EXTEND and window)
    return (CampaignMissing if is_all else UsageError)(f"Which campaign is to {action}?", usage_hint(Campaign))


def read_campaign(words: Sequence[str], _today: date) -> Campaign:
    """Read the action, the name and the options. A campaign may end in the future, so its days are not compared with
    today."""
    actions = tuple(CampaignAction)
    if not words or words[0].lower() not in actions:
        raise UsageError(f"campaign does one of {', '.join(actions)}.", usage_hint(Campaign))
    action = CampaignAction(words[0].lower())
    names, window = take_range(words[1:], date.max)
    names, like = take_like(names)
    names, stops = take_stop(names) if action is CampaignAction.CLOSE else (names, False)
    if not names:
        raise _without_name(action, window)
    reject_extra_words(Campaign, names[1:])
    name = names[0]
    if name.casefold() in RESERVED_NAMES:
        raise UsageError(f"{shown(name)} is a reserved word, and no campaign's name.", usage_hint(Campaign))
    if action is CampaignAction.EXTEND:
        if window is None or window.days != 1:
            raise UsageError("Extend it to which day? The end itself is not filled.", usage_hint(Campaign))
        return Campaign(target=name, action=action, end=window.start)
    if action is CampaignAction.OPEN and window is None:
        raise UsageError("Which days does it fill?", usage_hint(Campaign))
    if action is not CampaignAction.OPEN and window is not None:
        raise UsageError(f"campaign {action} takes no days.", usage_hint(Campaign))
    return Campaign(target=name, action=action, range=window, like=like, stops=stops)
