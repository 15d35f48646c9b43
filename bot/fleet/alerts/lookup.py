"""Finds the open alert that a person names, and holds the results of acknowledging or snoozing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.commands import SLASH, Request, shown
from bot.commands.words import typed
from bot.errors import UsageError
from bot.model import Episode

# How many open alerts an error lists before it only counts the rest.
LISTED = 10


@dataclass(frozen=True, slots=True)
class AckResult:
    """``episode`` is its new state. ``already_by`` is who had acknowledged it before, "" if nobody had."""

    episode: Episode
    already_by: str = ""


@dataclass(frozen=True, slots=True)
class SnoozeResult:
    """``episode`` is its new state, with its snooze. ``is_news`` is False if it had the same snooze already."""

    episode: Episode
    until: datetime | None
    is_news: bool


def pick(target: str, episodes: Sequence[Episode], command: type[Request]) -> Episode:
    """The open episode that ``target`` names: a customer or workflow id, or ``cluster/`` followed by one of these.

    Raises UsageError when it names none, or several.
    """
    wanted = target.casefold()
    matching = [episode for episode in episodes if wanted in _names(episode)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise _several(target, matching, command)
    raise _none(target, episodes)


def _names(episode: Episode) -> set[str]:
    names = {episode.name, episode.ref.workflow_id}
    return {name.casefold() for plain in names for name in (plain, f"{episode.ref.cluster}/{plain}")}


def _several(target: str, matching: Sequence[Episode], command: type[Request]) -> UsageError:
    exact = sorted({f"{episode.ref.cluster}/{episode.name}" for episode in matching})
    if len(exact) < len(matching):
        exact = sorted(f"{episode.ref.cluster}/{episode.ref.workflow_id}" for episode in matching)
    choices = " or ".join(f"{SLASH} {command.word()} {typed(name)}" for name in exact[:LISTED])
    return UsageError(f"{len(matching)} alerts are open for {shown(target)}.", f"Type {choices}.")


def _none(target: str, episodes: Sequence[Episode]) -> UsageError:
    problem = f"No alert is open for {shown(target)}."
    if not episodes:
        return UsageError(problem, "No alert is open at all.")
    near = get_close_matches(target.casefold(), sorted({episode.name for episode in episodes}), n=1)
    if near:
        return UsageError(problem, f"Did you mean {typed(near[0])}?")
    names = [typed(name) for name in sorted(f"{episode.ref.cluster}/{episode.name}" for episode in episodes)]
    rest = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return UsageError(problem, f"Alerts are open for {', '.join(names[:LISTED])}{rest}.")
