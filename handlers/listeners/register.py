"""Registers all listeners on the Bolt app, and the handler for errors that none of them catches."""

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.blocks import errors
from bot.errors import new_reference
from bot.in_flight import InFlight
from bot.services import Services
from handlers.listeners import (
    addressee,
    buttons,
    home,
    links,
    mentions,
    name_choice,
    role_changes,
    shortcuts,
    slash,
    submissions,
    suggestions,
)
from handlers.listeners.home import HomeTabs

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services, in_flight: InFlight, home_tabs: HomeTabs) -> None:
    """Make the app answer commands, messages, clicks and dialogs, and publish Home tabs. Answers count as
    ``in_flight`` until they are sent."""
    addressee.register(app, services)
    role_changes.register(app, services)
    slash.register(app, services, in_flight)
    mentions.register(app, services, in_flight)
    links.register(app, services, in_flight)
    shortcuts.register(app, services, in_flight)
    # Before the buttons and submissions, which answer all others.
    home.register(app, home_tabs, in_flight)
    name_choice.register(app, services, in_flight)
    buttons.register(app, services, in_flight)
    submissions.register(app, services, in_flight)
    suggestions.register(app, services)
    app.error(on_error)


async def on_error(error: Exception) -> BoltResponse:
    """Log an error that no listener caught. If the request is not acknowledged yet, the response shows the person
    the log reference."""
    reference = new_reference()
    _log.error("listener failed", reference=reference, exc_info=error)
    return BoltResponse(status=200, body=errors.unexpected(reference).text)
