"""Ids of episodes, outbox keys of their messages, and the name that people read."""

import hashlib
from datetime import datetime

from bot.model import Episode, Ref


def episode_id(ref: Ref) -> str:
    """The id of the episode of this run, which is the same whichever bot opens it."""
    return hashlib.sha256("\n".join((ref.cluster, ref.workflow_id, ref.run_id)).encode()).hexdigest()[:16]


def story_key(episode: Episode) -> str:
    """The prefix of the keys of all its lines, and the key of its message unless that became a group's."""
    return f"episode:{episode.id}"


def card_key(episode: Episode) -> str:
    """The outbox key of the episode's own message."""
    return f"{story_key(episode)}:alert" if episode.group == episode.id else story_key(episode)


def storm_key(cluster: str, opened_at: datetime) -> str:
    """The outbox key that earlier versions gave to the message of all episodes that one pass opened."""
    return f"storm:{cluster}:{opened_at.isoformat()}"


def is_of_storm(episode: Episode) -> bool:
    """Whether it belongs to a group of alerts, which counts it and holds its message in its thread."""
    return bool(episode.group) or episode.root_key == storm_key(episode.ref.cluster, episode.opened_at)


def is_within_sequence(episode: Episode) -> bool:
    """Whether its message is in the thread of a sequence, because one of the sequence's windows struggled."""
    return episode.root_key != card_key(episode) and not is_of_storm(episode)


def display_name(episode: Episode) -> str:
    """Its name, with its days if its thread is shared, and so may be about other runs of the customer too."""
    if episode.window is None or episode.root_key == card_key(episode):
        return episode.name
    return f"{episode.name} ({episode.window.briefly()})"


def story_of(key: str) -> str:
    """The id of the episode to which the message or line with this outbox key belongs, "" if to none."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == "episode" else ""
