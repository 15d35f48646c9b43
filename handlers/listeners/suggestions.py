"""Menus that ask the bot for their options while a person types
(https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element#external_multi_select)."""

from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.blocks import pickers
from bot.bulk_fields import BulkInput
from bot.errors import BackfillBotError
from bot.fleet.name_search import search
from bot.services import Services
from handlers.listeners.bulk_form import recalled
from handlers.listeners.payloads import SuggestionPayload

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Answer the menu in which a person chooses customers that are to be left out."""
    app.options(BulkInput.LEAVE_OUT)(partial(on_leave_out, services))


async def on_leave_out(services: Services, ack: AsyncAck, body: dict[str, Any]) -> None:
    """Offer the customers of the dialog that match what is typed. Whoever has the dialog open was allowed to see
    them, so nobody is authorized again. If the store cannot return the dialog, nothing is offered, and the submission
    says why."""
    payload = SuggestionPayload.read(body)
    try:
        dialog = await recalled(payload.view.id, services)
    except BackfillBotError as exc:
        _log.info("nothing to offer", dialog=payload.view.id, why=str(exc))
        dialog = None
    customers = [kept.target for kept in dialog.customers] if dialog else []
    await ack(options=pickers.options(search(payload.value, customers)))
