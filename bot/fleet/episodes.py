"""One episode's life: opened, looked at again, acknowledged, snoozed, ended; and what is then to be said.

Speech keys are made of the episode's id and what happened: a step repeated after a crash says nothing twice.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.fleet.sayings import AckLine, AttemptsLine, CancelLine, EndLine, EpisodeCard, Saying, SnoozeLine, dump
from bot.model import Actor, Ending, Episode, Quiet, Ref, SeenFailure, Speech, Standing

# Progress alone edits the message at most this often; whatever else changes does so at once.
PROGRESS_EDITS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Look(Standing):
    """One execution as just described; ``timed_out``: on heartbeat, now or earlier. ``ending`` is None while open.

    What it tells of attempts is about one activity: its worst, "" between two. ``before`` is the progress of that one
    which the look before this one saw: that of an attempt which has ended since.
    """

    timed_out: bool
    activity_id: str = ""
    before: str = ""
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An episode after something happened, and what is to be said of it."""

    episode: Episode
    speeches: tuple[Speech, ...] = ()


def episode_id(ref: Ref) -> str:
    """One id for one execution, whoever finds it and however often."""
    return hashlib.sha256("\n".join((ref.cluster, ref.workflow_id, ref.run_id)).encode()).hexdigest()[:16]


def card_key(episode: Episode) -> str:
    """The outbox key of the episode's own message."""
    return f"episode:{episode.id}"


def called(episode: Episode) -> str:
    """Its name, with its range where its thread may tell of another run of the same customer."""
    is_alone = episode.root_key == card_key(episode) or episode.window is None
    return episode.name if is_alone else f"{episode.name} {episode.window}"


def card(episode: Episode) -> Speech:
    """Its own message, in the channel or in its storm's thread."""
    key = card_key(episode)
    thread = episode.root_key if episode.root_key != key else ""
    return Speech(key, dump(EpisodeCard(episode)), thread)


def opened(look: Look, failures: Iterable[SeenFailure], now: datetime, root_key: str = "") -> Step:
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
    )
    return Step(episode, (card(episode), *_attempts(episode, 1, look, failures, now)))


def looked_at(episode: Episode, look: Look, failures: Iterable[SeenFailure], now: datetime) -> Step:
    """The same episode after another look; nothing to say when nothing has changed."""
    if look.ending is not None:
        return ended(episode, look.ending, now)
    look = look if look.activity_id else _between_activities(look, episode)
    told = episode.attempt if look.activity_id == episode.activity_id else 1
    news = _attempts(episode, told, look, failures, now) if look.attempt > told else ()
    if look.cancel_requested and not episode.cancel_requested:
        news = (*news, _line(episode, "cancel", CancelLine(called(episode))))
    # Still with the time of its end, it was taken for over.
    is_back = episode.ended_at is not None
    if not news and not is_back and not _shows_differently(episode, look, now):
        return Step(episode)
    reached = look.before if look.attempt > told else episode.reached
    changed = replace(
        episode, **look.standing(), activity_id=look.activity_id, reached=reached, changed_at=now, ended_at=None
    )
    if news and episode.quiet and episode.quiet.until is None:
        changed = replace(changed, quiet=None, last_told_at=now)
        news = (*(replace(line, broadcast=True) for line in news[:1]), *news[1:])
    return Step(changed, (card(changed), *news))


def ended(episode: Episode, ending: Ending, now: datetime) -> Step:
    """Over: the message says so in one line, and so does the thread."""
    over = replace(episode, ending=ending, ended_at=now, changed_at=now, quiet=None)
    told = EndLine(over.name, ending, over.attempt, over.opened_at, now, over.window)
    return Step(over, (card(over), _line(over, "end", told)))


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
    return Speech(f"{card_key(episode)}:{what}", dump(saying), episode.root_key)


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
    if (look.health, look.link) != (episode.health, episode.link):
        return True
    return look.progress != episode.progress and now - episode.changed_at >= PROGRESS_EDITS


def _attempts(
    episode: Episode, first: int, look: Look, failures: Iterable[SeenFailure], now: datetime
) -> tuple[Speech, ...]:
    """A line for each ended attempt from ``first`` on whose failure was seen; gaps join the line that follows."""
    own = (seen for seen in failures if (seen.ref, seen.activity_id) == (look.ref, look.activity_id))
    seen = {failure.attempt: failure for failure in own}
    lines: list[Speech] = []
    for attempt in range(first, look.attempt):
        if attempt not in seen and attempt < look.attempt - 1:
            continue
        known = seen.get(attempt)
        told = AttemptsLine(
            name=called(episode),
            first=first,
            last=attempt,
            failure=known.failure if known else None,
            progress=look.before if attempt == look.attempt - 1 else "",
            seen_at=known.seen_at if known else now,
            next_attempt=attempt + 1,
        )
        lines.append(_line(episode, f"attempt:{look.activity_id}:{attempt}", told))
        first = attempt + 1
    return tuple(lines)
