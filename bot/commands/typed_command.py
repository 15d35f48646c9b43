"""Writes a command as a person types it, with all its options: whoever types it gets the same command again."""

from collections.abc import Sequence

from bot.commands.activities import Timeout
from bot.commands.campaign import Campaign
from bot.commands.control import Cancel, Retry, Run, Split
from bot.commands.request import SLASH, ControlRequest, Selection
from bot.commands.words import typed
from bot.model import Window


def typed_command(command: ControlRequest, names: Sequence[str]) -> str:
    """``/backfill cancel voice-prod/hilton 2026-02-01..2026-02-06 in march``, about the customers, the cluster or the
    campaign of these ``names``."""
    action = [command.action.value] if isinstance(command, Campaign) else []
    campaign = ["in", typed(command.campaign)] if command.campaign else []
    return " ".join([SLASH, command.word(), *action, *map(typed, names), *_options(command), *campaign])


def _options(command: ControlRequest) -> list[str]:  # noqa: PLR0911  (one line a kind)
    match command:
        case Run():
            whole = ["whole"] if command.whole else []
            return [*_range(command.range), *_size(command.days), *whole, *_which(command.which)]
        case Retry():
            return [*_range(command.range), *_which(command.which)]
        case Split():
            return _size(command.days)
        case Cancel():
            return _range(command.range)
        case Timeout() if command.span:
            return [f"{command.span.total_seconds():g}s"]
        case Campaign():
            end = [str(command.end)] if command.end else []
            return [*_range(command.range), *end, *(["like", typed(command.like)] if command.like else [])]
        case _:
            return []


def _range(window: Window | None) -> list[str]:
    return [str(window)] if window else []


def _size(days: int | None) -> list[str]:
    return [f"windows {days}d"] if days else []


def _which(which: Selection) -> list[str]:
    return [] if which is Selection.MISSING else [which.value]
