"""Writes a command as a person types it, with all its options: whoever types it gets the same command again."""

from collections.abc import Sequence

from bot.commands.activities import Timeout
from bot.commands.campaign import Campaign
from bot.commands.control import Cancel, Retry, Run, Split
from bot.commands.request import SLASH, ControlRequest, Group, Selection
from bot.commands.words import typed
from bot.model import Window
from bot.model.queue import QueueOrder


def typed_command(command: ControlRequest, names: Sequence[str]) -> str:
    """The text of the command: ``/backfill cancel voice-prod/hilton 2026-02-01..2026-02-06 in march``. ``names`` are
    the customers, the cluster or the campaign that the text names. If the command is about a group, the text names
    the group instead."""
    action = [command.action.value] if isinstance(command, Campaign) else []
    campaign = ["in", typed(command.campaign)] if command.campaign else []
    return " ".join([SLASH, command.word(), *action, *_who(command, names), *_options(command), *campaign])


def _who(command: ControlRequest, names: Sequence[str]) -> list[str]:
    cluster = [typed(command.cluster)] if command.cluster else []
    match command.group:
        case Group.STRUGGLING:
            return [Group.STRUGGLING.value, *cluster]
        case Group.INCOMPLETE:
            return cluster or ["all"]
        case None:
            return [typed(name) for name in names]


def _options(command: ControlRequest) -> list[str]:  # noqa: PLR0911  (one line a kind)
    match command:
        case Run():
            whole = ["whole"] if command.whole else []
            return [
                *_range(command.range),
                *_size(command.days),
                *whole,
                *_which(command.which),
                *_order(command.order),
            ]
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
            like = ["like", typed(command.like)] if command.like else []
            return [*_range(command.range), *end, *like, *(["stop"] if command.stops else [])]
        case _:
            return []


def _range(window: Window | None) -> list[str]:
    return [str(window)] if window else []


def _size(days: int | None) -> list[str]:
    return [f"windows {days}d"] if days else []


def _which(which: Selection) -> list[str]:
    return [] if which is Selection.MISSING else [which.value]


def _order(order: QueueOrder | None) -> list[str]:
    if order is None:
        return []
    return ["by", order.value] if order is QueueOrder.NAME else [order.value]
