"""Finds the customers that a message of the bot is about. The thread below the message is about the same ones."""

from dataclasses import replace

import structlog

from bot.fleet.notifications.keys import story_of
from bot.fleet.notifications.notification import parse_if_readable
from bot.fleet.notifications.subject import MessageSubject, of_episode, of_notification
from bot.model import Address
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book

_log = structlog.get_logger(__name__)


async def subject_at(address: Address, services: Services) -> MessageSubject | None:
    """The one customer that the message is about; None if it is about several or none."""
    subjects = await subjects_at(address, services)
    return subjects[0] if len(subjects) == 1 else None


async def subjects_at(address: Address, services: Services) -> tuple[MessageSubject, ...]:
    """The customers that the message is about; none if the message is not in the outbox, or if this version of the
    bot cannot read it. A subject names its campaign only if the bot knows this campaign and at least one other."""
    subjects = await _subjects_at(address, services)
    if not any(subject.campaign for subject in subjects):
        return subjects
    book = await campaign_book(services)
    known = [
        each if book.has_several and book.find(each.campaign) else replace(each, campaign="") for each in subjects
    ]
    return tuple(dict.fromkeys(known))


async def _subjects_at(address: Address, services: Services) -> tuple[MessageSubject, ...]:
    queued = await services.outbox.posted_at(address)
    if queued is None:
        return ()
    notification = parse_if_readable(queued.message.body)
    if notification is None:
        _log.warning("message not understood", key=queued.message.key)
        return ()
    named = of_notification(notification)
    if named:
        return named
    # The lines in an alert's thread name the customer without the cluster.
    story = story_of(queued.message.key)
    episode = await services.journal.episode(story) if story else None
    return (of_episode(episode),) if episode else ()
