"""Finds the other alerts of a group when one of its ended alerts is opened again."""

from collections.abc import Iterable

from bot.model import Episode
from bot.services import Services


async def group_mates(reopened: Iterable[Episode], services: Services) -> list[Episode]:
    """All alerts that share a message with one of ``reopened``, as the journal has them, including the reopened ones.
    A pass needs them because the shared message counts all alerts of the group. If the whole group had ended,
    ``Journal.memory`` does not return these alerts."""
    found: list[Episode] = []
    groups = {episode.group for episode in reopened if episode.group}
    for first in (await services.journal.episodes_by_id(groups)).values() if groups else ():
        # The first alert of a group opened before all others.
        later = await services.journal.memory(first.ref.cluster, (), first.opened_at)
        found += [mate for mate in later.episodes if mate.group == first.id]
    return found
