"""Whom the message of an alert mentions. Pure.

Slack probably notifies people of a mention only when the message is posted, and not when it is edited.
docs/slack-facts.md lists this as not confirmed. Because an edit probably notifies nobody, an edited message keeps its
mention while the alert waits for somebody.
"""

from bot.fleet.notifications.keys import card_key
from bot.model import Episode


def mentions_of_card(episode: Episode) -> tuple[str, ...]:
    """The users and user groups that the alert's own message mentions. Nobody once the alert is over, once a person
    or a sequence takes care of it, or while its days wait in the queue. Nobody if the message is a reply in a thread:
    for a group, only the group's message mentions people."""
    is_reply = episode.root_key != card_key(episode)
    if is_reply or not episode.is_open or episode.acked_by or episode.sequence or episode.is_queued:
        return ()
    return mentions_at_opening(episode)


def mentions_at_opening(episode: Episode) -> tuple[str, ...]:
    """The users and user groups that the alert's route mentions; nobody if the alert opened in quiet hours."""
    is_quiet = episode.route.mention_from(episode.opened_at) > episode.opened_at
    return () if is_quiet else episode.route.mention
