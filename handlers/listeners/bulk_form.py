"""Reads whom a person has left ticked in a modal for several customers, and with which sizes. Nothing in the
submission is trusted."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.actions import InputId, unknown_dialog
from bot.bulk_fields import BulkInput, BulkRow, BulkValue
from bot.commands import shown
from bot.commands.words import words_of
from bot.errors import DependencyError, UsageError
from bot.fleet.proposals.bulk import ChosenCustomer, KeptCustomer, KeptDialog, parse
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import DialogTooOld
from bot.services import Services
from bot.usecases.control.confirm_bulk import ConfirmedBulk
from handlers.listeners.payloads import SubmissionPayload
from handlers.listeners.submission_validation import Complaints, read_reason

# The acknowledgement is due within 3 s, and the deduplication in the store may take half of that.
PATIENCE = timedelta(seconds=1)
NOBODY = "Tick at least one customer above: nothing would be done."
NO_STORE = "The bot's store did not answer in time, and nothing was done. Try again in a moment."

_log = structlog.get_logger(__name__)


async def read_bulk(payload: SubmissionPayload, services: Services) -> ConfirmedBulk | Complaints:
    """The confirmation, or what is wrong with the fields. Raises Declined for a modal that the store no longer has,
    and UsageError for one that is not the bot's."""
    reason = read_reason(payload)
    if not isinstance(reason, str):
        return reason
    dialog = await _recalled(payload, services)
    if dialog is None:
        return {InputId.REASON.value: NO_STORE}
    unknown = _unknown_names(dialog, payload)
    if unknown:
        return {BulkInput.LEAVE_OUT.value: f"{shown(unknown[0])} is not one of these customers."}
    chosen = _chosen(dialog, payload)
    return ConfirmedBulk(dialog.command, chosen, reason) if chosen else {InputId.REASON.value: NOBODY}


async def _recalled(payload: SubmissionPayload, services: Services) -> KeptDialog | None:
    """What the modal shows; None if the store does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            body = await services.dialogs.recall(payload.view.id, services.now())
    except (DependencyError, TimeoutError) as exc:
        _log.warning("dialog not recalled", dialog=payload.view.id, reason=str(exc) or "no answer in time")
        return None
    if body is None:
        raise Declined(DialogTooOld(payload.view.private_metadata[:20]))
    try:
        return parse(body)
    except ValueError as exc:
        raise unknown_dialog() from exc


def _chosen(dialog: KeptDialog, payload: SubmissionPayload) -> tuple[ChosenCustomer, ...]:
    """The customers whose rows are still ticked. In a modal without rows, all customers but those that are left out
    by name. A customer whose row was not shown is not among them."""
    rows = [(BulkRow(number), kept) for number, kept in enumerate(dialog.customers)]
    shown_rows = [(row, kept) for row, kept in rows if row.block in payload.view.state.values]
    if shown_rows:
        taken = ((row, kept) for row, kept in shown_rows if payload.chosen(row.block, row.take) == (BulkValue.TAKEN,))
        return tuple(ChosenCustomer(kept, _days(payload.chosen(row.block, row.size))) for row, kept in taken)
    if payload.entered(BulkInput.LEAVE_OUT) is None:
        raise unknown_dialog()
    days, left_out = _days(payload.chosen(BulkInput.SIZE, BulkInput.SIZE)), set(_left_out(payload))
    return tuple(ChosenCustomer(kept, days) for kept in dialog.customers if left_out.isdisjoint(_names(kept)))


def _unknown_names(dialog: KeptDialog, payload: SubmissionPayload) -> list[str]:
    """The names to leave out that fit no customer."""
    known = {name for kept in dialog.customers for name in _names(kept)}
    return [name for name in _left_out(payload) if name not in known]


def _left_out(payload: SubmissionPayload) -> list[str]:
    """The names to leave out, case folded. They may be separated by commas as well."""
    try:
        return [name.casefold() for name in words_of((payload.entered(BulkInput.LEAVE_OUT) or "").replace(",", " "))]
    except UsageError as exc:
        raise unknown_dialog() from exc


def _names(kept: KeptCustomer) -> set[str]:
    return {kept.customer.casefold(), str(kept.target).casefold()}


def _days(values: Sequence[str] | None) -> int | None:
    """The chosen size; None for the suggested one, or where there is no choice."""
    value = values[0] if values else BulkValue.AS_SUGGESTED
    if value == BulkValue.AS_SUGGESTED:
        return None
    if not value.isdecimal() or not 0 < int(value) < 1_000_000:
        raise unknown_dialog()
    return int(value)
