"""Reads whom a person has left ticked in a modal for several customers, and with which sizes. Nothing in the
submission is trusted."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.bulk_fields import BulkInput, BulkRow, BulkValue
from bot.confirmation import InputId, unknown_dialog
from bot.errors import DependencyError
from bot.fleet.name_search import option_value
from bot.fleet.proposals.bulk import ChosenCustomer, KeptDialog, parse
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import DialogTooOld
from bot.services import Services
from bot.usecases.control.confirm_bulk import ConfirmedBulk
from handlers.listeners.payloads import SubmissionPayload
from handlers.listeners.submission_validation import Complaints, about_typed_name, read_reason

# The acknowledgement is due within 3 s, and the deduplication in the store may take half of that.
PATIENCE = timedelta(seconds=1)
NOBODY = "Tick at least one customer above: nothing would be done."
NO_STORE = "The bot's store did not answer in time, and nothing was done. Try again in a moment."

_log = structlog.get_logger(__name__)


async def read_bulk(payload: SubmissionPayload, services: Services) -> ConfirmedBulk | Complaints:
    """The confirmation, or what is wrong with the fields. Raises Declined for a modal that the store no longer keeps,
    and UsageError for one that this version of the bot has not opened."""
    reason = read_reason(payload)
    if not isinstance(reason, str):
        return reason
    dialog = await recalled(payload.view.id, services, payload.view.private_metadata[:20])
    if dialog is None:
        return {InputId.REASON.value: NO_STORE}
    if wrong := about_typed_name(payload, dialog.command, dialog.command.word()):
        return {InputId.NAME.value: wrong}
    chosen = _chosen(dialog, payload)
    return ConfirmedBulk(dialog.command, chosen, reason) if chosen else {InputId.REASON.value: NOBODY}


async def recalled(view_id: str, services: Services, word: str = "") -> KeptDialog | None:
    """What the modal shows; None if the store does not answer, or not in time. Raises Declined for a modal that the
    store no longer keeps, with the command ``word`` in its text, and UsageError for one of another version."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            body = await services.dialogs.recall(view_id, services.now())
    except (DependencyError, TimeoutError) as exc:
        _log.warning("dialog not recalled", dialog=view_id, reason=str(exc) or "no answer in time")
        return None
    if body is None:
        raise Declined(DialogTooOld(word))
    try:
        return parse(body)
    except ValueError as exc:
        raise unknown_dialog() from exc


def _chosen(dialog: KeptDialog, payload: SubmissionPayload) -> tuple[ChosenCustomer, ...]:
    """The customers whose rows are still ticked; a customer whose row was not shown is not chosen. In a modal without
    rows: all customers except those that the person has left out."""
    rows = [(BulkRow(number), kept) for number, kept in enumerate(dialog.customers)]
    shown_rows = [(row, kept) for row, kept in rows if row.block in payload.view.state.values]
    if shown_rows:
        taken = ((row, kept) for row, kept in shown_rows if payload.chosen(row.block, row.take) == (BulkValue.TAKEN,))
        return tuple(ChosenCustomer(kept, _days(payload.chosen(row.block, row.size))) for row, kept in taken)
    days, left_out = _days(payload.chosen(BulkInput.SIZE, BulkInput.SIZE)), _left_out(payload)
    return tuple(ChosenCustomer(kept, days) for kept in dialog.customers if option_value(kept.target) not in left_out)


def _left_out(payload: SubmissionPayload) -> set[str]:
    """The customers to leave out, as chosen in the modal's menu for them. Raises UsageError for a modal without that
    menu, and for a modal of an earlier version of the bot, in which people typed the names of these customers."""
    values = payload.chosen(BulkInput.LEAVE_OUT, BulkInput.LEAVE_OUT)
    if values is None or payload.entered(BulkInput.LEAVE_OUT):
        raise unknown_dialog()
    return set(values)


def _days(values: Sequence[str] | None) -> int | None:
    """The chosen size; None for the suggested one, or where there is no choice. Raises UsageError for a value that is
    no size."""
    value = values[0] if values else BulkValue.AS_SUGGESTED
    if value == BulkValue.AS_SUGGESTED:
        return None
    if not value.isdecimal() or not 0 < int(value) < 1_000_000:
        raise unknown_dialog()
    return int(value)
