"""Finds the customer that a message of the bot is about. The thread below the message is about the same customer."""

from dataclasses import replace

import structlog

from bot.fleet.notifications.keys import story_of
from bot.fleet.notifications.notification import StormCard, parse_if_readable
from bot.fleet.notifications.subject import MessageSubject, of_episode, of_notification
from bot.model import Address
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book

_log = structlog.get_logger(__name__)


async def subject_at(address: Address, services: Services) -> MessageSubject | None:
    """The one customer that the message is about; None if it is about several or none, if the message is not in the
    outbox, or if this version of the bot cannot read it. The campaign is one of several known ones, or ""."""
    subject = await _subject_at(address, services)
    if subject is None or not subject.campaign:
        return subject
    book = await campaign_book(services)
    return subject if book.has_several and book.find(subject.campaign) else replace(subject, campaign="")


async def _subject_at(address: Address, services: Services) -> MessageSubject | None:
    queued = await services.outbox.posted_at(address)
    if queued is None:
        return None
    notification = parse_if_readable(queued.message.body)
    if notification is None:
        _log.warning("message not understood", key=queued.message.key)
        return None
    named = of_notification(notification)
    if named is not None or isinstance(notification, StormCard):
        return named
    # The lines in an alert's thread name the customer without the cluster.
    story = story_of(queued.message.key)
    episode = await services.journal.episode(story) if story else None
    return of_episode(episode) if episode else None
