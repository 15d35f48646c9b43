"""Tells what a sequence has done: lines in its thread, and the message above it as things stand now.

All of it is one record with deterministic keys, so again it says nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from bot.fleet.alerts.episodes import end_with_sequence, update_progress
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications.notification import dump
from bot.fleet.notifications.sequence import SequenceCard, SequenceEndLine, SequenceLine, StillOpenLine
from bot.model import Entry, OutboxMessage, SequenceEnd, SequenceProgress
from bot.services import Services
from bot.usecases.open_alert import despite_others


@dataclass(frozen=True, slots=True)
class Telling:
    """Lines of a sequence in order, the first of them number ``first`` of all; ``progress`` is after the last one.

    What the lines share with it travels once: Temporal takes 2 MB, and there may be many days and many marks.
    """

    progress: SequenceProgress
    first: int
    lines: tuple[SequenceLine, ...]

    @classmethod
    def of(cls, progress: SequenceProgress, first: int, lines: Iterable[SequenceLine]) -> "Telling":
        """To be sent."""
        bare = replace(progress.spec, clear=(), adopt=(), days=())
        none = replace(progress, spec=bare, running=(), troubled=())
        return cls(progress, first, tuple(_sharing(line, none) for line in lines))

    @property
    def said(self) -> tuple[SequenceLine, ...]:
        """The lines with all that belongs to them."""
        return tuple(_sharing(line, self.progress) for line in self.lines)


def _sharing(line: SequenceLine, progress: SequenceProgress) -> SequenceLine:
    """The same line with what is in ``progress`` as it is there."""
    if isinstance(line, SequenceEndLine):
        return replace(line, progress=progress)
    return replace(line, spec=progress.spec)


async def tell(telling: Telling, services: Services) -> None:
    """Record it all. Raises Unavailable, and Conflict when others change the same alerts on and on."""
    await despite_others(partial(_tell, telling, services))


async def _tell(telling: Telling, services: Services) -> None:
    spec, now = telling.progress.spec, services.now()
    known = (await services.journal.memory(spec.cluster, ())).episodes
    told = update_progress if telling.progress.end is None else end_with_sequence
    steps = [told(episode, telling.progress, now) for episode in known if episode.is_open]
    changed = tuple(step.episode for step in steps if step.messages)
    cards = (*_card(telling.progress), *(speech for step in steps for speech in step.messages))
    firsts, roots = storm_cards(known, changed, services.config.alerts.storm)
    messages = (*cards, *roots, *_lines(telling))
    await services.journal.record(Entry(episodes=(*changed, *firsts), messages=messages), now)


def _card(progress: SequenceProgress) -> tuple[OutboxMessage, ...]:
    """Its own message where no alert tells its story; it comes first, since the lines are replies to it."""
    spec = progress.spec
    return (OutboxMessage(spec.card_key, dump(SequenceCard(progress))),) if spec.thread_key == spec.card_key else ()


def _lines(telling: Telling) -> tuple[OutboxMessage, ...]:
    spec = telling.progress.spec
    return tuple(
        OutboxMessage(f"{spec.card_key}:{number}", dump(line), spec.thread_key, broadcast=_is_for_all(line))
        for number, line in enumerate(telling.said, telling.first)
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
