"""One episode's life: opened, looked at again, acknowledged, snoozed, handed over to a sequence, ended; and what is
then to be said.

Speech keys are made of the episode's id and what happened: a step repeated after a crash says nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.attempts import ended_attempts
from bot.fleet.episode_names import called, card_key, episode_id, is_within_sequence, story_key
from bot.fleet.looks import Look
from bot.fleet.sayings import AckLine, CancelLine, EndLine, EpisodeCard, Saying, SnoozeLine, dump
from bot.model import (
    Actor,
    Ending,
    Episode,
    Quiet,
    SeenFailure,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    Speech,
    has_come,
)

# Progress alone edits the message at most this often; whatever else changes does so at once.
PROGRESS_EDITS = timedelta(minutes=1)

ENDINGS = {
    SequenceEnd.COMPLETE: Ending.COMPLETED,
    SequenceEnd.INCOMPLETE: Ending.INCOMPLETE,
    SequenceEnd.STOPPED: Ending.INCOMPLETE,
    SequenceEnd.CANCELLED: Ending.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Step:
    """An episode after something happened, and what is to be said of it."""

    episode: Episode
    speeches: tuple[Speech, ...] = ()


def card(episode: Episode) -> Speech:
    """Its own message, in the channel or in its storm's thread."""
    key = card_key(episode)
    thread = episode.root_key if episode.root_key != key else ""
    return Speech(key, dump(EpisodeCard(episode)), thread)


def opened(look: Look, failures: Iterable[SeenFailure], now: datetime, root_key: str = "", group: str = "") -> Step:
    """A new episode, with every attempt that has ended so far told in its thread."""
    new_id = episode_id(look.ref)
    episode = Episode(
        **look.standing(),
        id=new_id,
        activity_id=look.activity_id,
        reached=look.before if look.attempt > 1 else "",
        root_key=root_key or f"episode:{new_id}",
        opened_at=now,
        changed_at=now,
        last_told_at=now,
        group=group,
    )
    return Step(episode, (card(episode), *_attempts(episode, 1, look, failures, now)))


def looked_at(episode: Episode, look: Look, failures: Iterable[SeenFailure], now: datetime) -> Step:
    """The same episode after another look; nothing to say when nothing has changed."""
    if look.ending is not None:
        return Step(episode) if is_handed_over(episode) else ended(episode, look.ending, now)
    look = look if look.activity_id else _between_activities(look, episode)
    told = episode.attempt if look.activity_id == episode.activity_id else 1
    has_ended = look.attempt > told
    news = _attempts(episode, told, look, failures, now) if has_ended else ()
    # A sequence tells itself whom it has asked to end.
    if look.cancel_requested and not episode.cancel_requested and not episode.sequence:
        news = (*news, _line(episode, "cancel", CancelLine(called(episode))))
    # Still with the time of its end, it was taken for over.
    is_back = episode.ended_at is not None
    if not news and not has_ended and not is_back and not _shows_differently(episode, look, now):
        return Step(episode)
    reached = look.before if has_ended else episode.reached
    changed = replace(
        episode, **look.standing(), activity_id=look.activity_id, reached=reached, changed_at=now, ended_at=None
    )
    if news and episode.quiet and episode.quiet.until is None:
        changed = replace(changed, quiet=None, last_told_at=now)
        news = (*(replace(line, broadcast=True) for line in news[:1]), *news[1:])
    return Step(changed, (card(changed), *news))


def ended(episode: Episode, ending: Ending, now: datetime) -> Step:
    """Over: the message says so in one line, and so does the thread; not that of a sequence, in which the message is
    a line itself, and the sequence tells what became of its window."""
    over = replace(episode, ending=ending, ended_at=now, changed_at=now, quiet=None)
    if is_within_sequence(over):
        return Step(over, (card(over),))
    told = EndLine(over.name, ending, over.attempt, over.opened_at, now, over.window)
    return Step(over, (card(over), _line(over, "end", told)))


def is_for(spec: SequenceSpec, episode: Episode) -> bool:
    """Whether a sequence takes this episode over: what had an alert before it came, and what it cancels.

    Its own windows are told by their runs, and end with them.
    """
    if (episode.ref.cluster, episode.customer) != (spec.cluster, spec.customer):
        return False
    return episode.opened_at <= (spec.asked_at or spec.started_at) or episode.ref in {held.ref for held in spec.clear}


def is_handed_over(episode: Episode) -> bool:
    """Whether a sequence has taken it over."""
    return episode.sequence is not None and is_for(episode.sequence.spec, episode)


def handed_over(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """A sequence has taken it over: it outlives its run and ends with the sequence, and nobody is reminded of it.

    An episode that the sequence is not for stays as it is, with nothing to say: so with all that follow here.
    """
    if not is_for(progress.spec, episode):
        return Step(episode)
    taken = replace(episode, sequence=progress, quiet=None, changed_at=now, last_told_at=now)
    return Step(taken, (card(taken),))


def told_by(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """The message tells how the sequence stands now; the thread is for the sequence to speak in."""
    before = episode.sequence
    if before is None or before.spec.id != progress.spec.id:
        return handed_over(episode, progress, now)
    if before == progress or not is_for(progress.spec, episode):
        return Step(episode)
    changed = replace(episode, sequence=progress, changed_at=now)
    return Step(changed, (card(changed),))


def ended_with(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """The sequence is over, and with it the episode. Raises ValueError for a sequence that goes on."""
    if progress.end is None:
        raise ValueError(f"the sequence of {progress.spec.customer} goes on")
    if not is_for(progress.spec, episode):
        return Step(episode)
    step = ended(replace(episode, sequence=progress), ENDINGS[progress.end], now)
    # In its own thread the sequence tells the end itself, and better.
    is_told = episode.root_key == progress.spec.thread_key
    return Step(step.episode, step.speeches[:1]) if is_told else step


def left_alone(episode: Episode, look: Look, ending: Ending, failures: Iterable[SeenFailure], now: datetime) -> Step:
    """Its sequence is over without having told so. It ends like the sequence, unless its own run goes on."""
    if look.ending is not None:
        return ended(episode, ending, now)
    back = looked_at(replace(episode, sequence=None, last_told_at=now, changed_at=now), look, failures, now)
    news = tuple(speech for speech in back.speeches if speech.key != card_key(episode))
    return Step(back.episode, (card(back.episode), *news))


def acknowledged(episode: Episode, actor: Actor, now: datetime) -> tuple[Episode, tuple[Speech, ...]]:
    """Somebody has taken it on; reminders stop."""
    taken = replace(episode, acked_by=actor.user_id, changed_at=now)
    return taken, (card(taken), _line(taken, "ack", AckLine(called(taken), actor.user_id)))


def snoozed(
    episode: Episode, actor: Actor, until: datetime | None, now: datetime
) -> tuple[Episode, tuple[Speech, ...]]:
    """Quiet until then; None: until it changes."""
    quiet = replace(episode, quiet=Quiet(actor.user_id, until), changed_at=now)
    told = SnoozeLine(called(quiet), actor.user_id, until)
    return quiet, (card(quiet), _line(quiet, f"snooze:{now.isoformat()}", told))


def _line(episode: Episode, what: str, saying: Saying) -> Speech:
    return Speech(f"{story_key(episode)}:{what}", dump(saying), episode.root_key)


def _between_activities(look: Look, episode: Episode) -> Look:
    """What is known of the activity before stays until there is another one."""
    return replace(
        look,
        activity_id=episode.activity_id,
        attempt=episode.attempt,
        progress=episode.progress,
        last_heartbeat_at=episode.last_heartbeat_at,
        last_failure=episode.last_failure,
    )


def _shows_differently(episode: Episode, look: Look, now: datetime) -> bool:
    shown = (episode.health, episode.link, episode.cancel_requested)
    if (look.health, look.link, look.cancel_requested) != shown:
        return True
    is_long_ago = now - episode.changed_at >= PROGRESS_EDITS or not has_come(episode.changed_at, now)
    return look.progress != episode.progress and is_long_ago


def _attempts(
    episode: Episode, first: int, look: Look, failures: Iterable[SeenFailure], now: datetime
) -> tuple[Speech, ...]:
    lines = ended_attempts(called(episode), first, look, failures, now)
    return tuple(_line(episode, f"attempt:{look.activity_id}:{line.last}", line) for line in lines)
