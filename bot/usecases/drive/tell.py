"""Tells what a sequence has done: lines in its thread, and the message above it as things stand now.

All of it is one record with deterministic keys, so again it says nothing twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from bot.fleet.episodes import card
from bot.fleet.sayings import dump
from bot.fleet.sequence_sayings import SequenceCard, SequenceEndLine, SequenceLine, StillOpenLine
from bot.model import Ending, Entry, Episode, SequenceEnd, SequenceProgress, Speech
from bot.services import Services
from bot.usecases.open_episode import despite_others

_ENDINGS: Mapping[SequenceEnd, Ending] = MappingProxyType(
    {
        SequenceEnd.COMPLETE: Ending.COMPLETED,
        SequenceEnd.INCOMPLETE: Ending.INCOMPLETE,
        SequenceEnd.STOPPED: Ending.INCOMPLETE,
        SequenceEnd.CANCELLED: Ending.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Telling:
    """Lines of a sequence in order, the first of them number ``first`` of all; ``progress`` is after the last one."""

    progress: SequenceProgress
    first: int
    lines: tuple[SequenceLine, ...]


async def tell(telling: Telling, services: Services) -> None:
    """Record it all. Raises Unavailable, and Conflict when others change the same alerts on and on."""
    await despite_others(partial(_tell, telling, services))


async def _tell(telling: Telling, services: Services) -> None:
    spec, now = telling.progress.spec, services.now()
    alerts = tuple(
        episode
        for episode in await services.journal.open_episodes()
        if (episode.ref.cluster, episode.customer) == (spec.cluster, spec.customer)
    )
    taken = tuple(_taken_over(episode, telling.progress, now) for episode in alerts)
    speeches = (*_cards(telling.progress, taken), *_lines(telling))
    await services.journal.record(Entry(episodes=taken, speeches=speeches), now)


def _taken_over(episode: Episode, progress: SequenceProgress, now: datetime) -> Episode:
    """The alert with how the sequence stands; over, when the sequence is."""
    told = replace(episode, sequence=progress, changed_at=now)
    if progress.end is None:
        return told
    return replace(told, ending=_ENDINGS[progress.end], ended_at=now, quiet=None)


def _cards(progress: SequenceProgress, alerts: tuple[Episode, ...]) -> tuple[Speech, ...]:
    """Its own message where no alert tells its story; it comes first, since the lines are replies to it."""
    spec = progress.spec
    own = (Speech(spec.card_key, dump(SequenceCard(progress))),) if spec.thread_key == spec.card_key else ()
    return (*own, *map(card, alerts))


def _lines(telling: Telling) -> tuple[Speech, ...]:
    spec = telling.progress.spec
    return tuple(
        Speech(f"{spec.card_key}:{number}", dump(line), spec.thread_key, broadcast=_is_for_all(line))
        for number, line in enumerate(telling.lines, telling.first)
    )


def _is_for_all(line: SequenceLine) -> bool:
    """What waits for a person is shown in the channel as well."""
    match line:
        case StillOpenLine():
            return True
        case SequenceEndLine(progress=progress):
            return progress.end in (SequenceEnd.STOPPED, SequenceEnd.INCOMPLETE)
        case _:
            return False
