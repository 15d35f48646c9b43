"""What an episode and its messages are called: ids, speech keys, and the name that people read."""

import hashlib
from datetime import datetime

from bot.model import Episode, Ref


def episode_id(ref: Ref) -> str:
    """One id for one execution, whoever finds it and however often."""
    return hashlib.sha256("\n".join((ref.cluster, ref.workflow_id, ref.run_id)).encode()).hexdigest()[:16]


def story_key(episode: Episode) -> str:
    """What the keys of all its lines begin with: the key of its message, unless that became a group's."""
    return f"episode:{episode.id}"


def card_key(episode: Episode) -> str:
    """The outbox key of the message about this episode alone."""
    return f"{story_key(episode)}:alert" if episode.group == episode.id else story_key(episode)


def storm_key(cluster: str, opened_at: datetime) -> str:
    """The outbox key of the message of episodes that opened in one pass, as earlier versions recorded it."""
    return f"storm:{cluster}:{opened_at.isoformat()}"


def is_of_storm(episode: Episode) -> bool:
    """Whether it opened in a storm: its message is a line in that one's thread, and is counted there."""
    return bool(episode.group) or episode.root_key == storm_key(episode.ref.cluster, episode.opened_at)


def is_within_sequence(episode: Episode) -> bool:
    """Whether it opened in the thread of a sequence that was under way, as one of its windows struggled."""
    return episode.root_key != card_key(episode) and not is_of_storm(episode)


def display_name(episode: Episode) -> str:
    """Its name, with its range where its thread may tell of another run of the same customer."""
    if episode.window is None or episode.root_key == card_key(episode):
        return episode.name
    return f"{episode.name} ({episode.window.briefly()})"


def story_of(key: str) -> str:
    """The id of the episode whose message, or line, has this outbox key; "" when it is none's."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == "episode" else ""
