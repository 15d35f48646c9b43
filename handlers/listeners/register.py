"""Joins Slack's names to the functions that answer them, and hangs the last net below."""

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
    modals,
    role_changes,
    slash,
)

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Make the app answer commands, clicks and dialogs; what is being answered is counted as ``in_flight``."""
    addressee.register(app, services)
    role_changes.register(app, services)
    slash.register(app, services, in_flight)
    buttons.register(app, services, in_flight)
    modals.register(app, services, in_flight)
    app.error(on_error)


async def on_error(error: Exception) -> BoltResponse:
    """What no listener has caught: it is logged, and told to the asker where that is still possible."""
    reference = new_reference()
    _log.error("listener failed", reference=reference, exc_info=error)
    return BoltResponse(status=200, body=errors.unexpected(reference).text)
