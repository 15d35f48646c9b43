"""The ids of episodes, the outbox keys of their messages, and the names that people see for episodes."""

import hashlib
from datetime import datetime

from bot.model import Episode, Ref


def episode_id(ref: Ref, recurrence: int = 0) -> str:
    """The id of an episode of this run; ``recurrence`` counts the run's earlier episodes. The id does not depend on
    which bot opens the episode."""
    again = (str(recurrence),) if recurrence else ()
    return hashlib.sha256("\n".join((ref.cluster, ref.workflow_id, ref.run_id, *again)).encode()).hexdigest()[:16]


def story_key(episode: Episode) -> str:
    """The prefix of the outbox keys of all messages of the episode. It is also the key of the episode's own message,
    except for the first episode of a group: there it is the key of the group's message."""
    return f"episode:{episode.id}"


def card_key(episode: Episode) -> str:
    """The outbox key of the episode's own message."""
    return f"{story_key(episode)}:alert" if episode.group == episode.id else story_key(episode)


def storm_key(cluster: str, opened_at: datetime) -> str:
    """The outbox key of a group's message in earlier versions of the bot. They had one such message for all episodes
    that one pass opened."""
    return f"storm:{cluster}:{opened_at.isoformat()}"


def bulk_key(change: str) -> str:
    """The outbox key of the message about all customers that somebody confirmed together. ``change`` is the id of the
    confirmation."""
    return f"bulk:{change}"


def is_bulk_key(key: str) -> bool:
    """Whether ``bulk_key`` has made this key."""
    return key.startswith("bulk:")


def is_of_storm(episode: Episode) -> bool:
    """Whether the episode belongs to a group of alerts. The group's message counts the episode, and the episode's own
    message is in the thread of the group's message."""
    return bool(episode.group) or episode.root_key == storm_key(episode.ref.cluster, episode.opened_at)


def is_within_sequence(episode: Episode) -> bool:
    """Whether the episode's message is in the thread of a sequence, because it is about a window of that sequence."""
    return episode.root_key != card_key(episode) and not is_of_storm(episode)


def display_name(episode: Episode) -> str:
    """The name by which people know the episode. If the episode's message is a reply in a thread, the name includes
    the days of the episode's run (if known), because the thread may also be about other runs of the same customer."""
    if episode.window is None or episode.root_key == card_key(episode):
        return episode.name
    return f"{episode.name} ({episode.window.briefly()})"


def story_of(key: str) -> str:
    """The id of the episode that the message with this outbox key belongs to; "" if it belongs to none."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == "episode" else ""
