"""Links to Temporal that people share: a card below the message shows the state of the run
(https://docs.slack.dev/messaging/unfurling-links-in-messages).

Whoever reads the channel sees the card, so only the team's channel and the channels of the routes get cards.
"""

from functools import partial
from typing import Any

import structlog
from pydantic import ValidationError
from slack_bolt.app.async_app import AsyncApp

from bot.blocks import linked_run
from bot.errors import DependencyError
from bot.in_flight import InFlight
from bot.manifest import LINK_SHARED
from bot.model import Address
from bot.services import Services
from bot.usecases.linked_runs import linked_runs
from handlers.listeners.conversation import shared_channels
from handlers.listeners.deduplication import is_new_delivery
from handlers.listeners.payloads import Identifier, Payload, Text
from handlers.listeners.private_notice import with_retries

# The source of an event about a link in a message that is not sent yet. Its channel is not known, and another event
# follows when the message is sent.
_COMPOSER = "composer"

_log = structlog.get_logger(__name__)


class _Link(Payload):
    url: Text


class _Event(Payload):
    channel: Text = ""
    message_ts: Text = ""
    source: Text = ""
    links: tuple[_Link, ...] = ()


class SharedLinks(Payload):
    """The event about links in a message (https://docs.slack.dev/reference/events/link_shared)."""

    event_id: Identifier
    event: _Event


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to shared links."""
    app.event(LINK_SHARED)(partial(on_links, services, in_flight))


async def on_links(services: Services, in_flight: InFlight, body: dict[str, Any]) -> None:
    """Show cards for the runs that the links of a message lead to, in the channels in which the bot posts unasked.
    All other links stay as they are."""
    try:
        shared = SharedLinks.read(body)
    except ValidationError:
        return
    event = shared.event
    if event.source == _COMPOSER or event.channel not in shared_channels(services) or not event.message_ts:
        return
    with in_flight.track():
        if await is_new_delivery(f"event {shared.event_id}", services, in_flight):
            await _show_cards(Address(event.channel, event.message_ts), [link.url for link in event.links], services)


async def _show_cards(message: Address, urls: list[str], services: Services) -> None:
    """Show the cards. A failure is only logged, because the message is complete without cards."""
    cards = {url: linked_run.render(linked) for url, linked in (await linked_runs(urls, services)).items()}
    if not cards:
        return
    try:
        await with_retries(lambda: services.channel.unfurl(message, cards))
    except DependencyError as exc:
        _log.warning("links without cards", channel=message.channel, why=str(exc))
