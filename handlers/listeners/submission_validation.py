"""Reads what a person has confirmed from a submitted modal. Nothing in the submission is trusted."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bot.bulk_fields import BulkValue
from bot.commands import ControlRequest
from bot.commands.spelling import spells_exactly
from bot.confirmation import CONFIRM, Confirmation, InputId, confirmed, unknown_dialog
from bot.fleet.audit import MAX_REASON
from bot.fleet.proposals.sizes import takes_size, with_size
from bot.redaction import redact_line
from handlers.listeners.payloads import SubmissionPayload

# Unicode categories that do not belong in a sentence: control and format characters (text direction, for instance),
# surrogates, private use, unassigned.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed command, ``Proposal.shown`` of the proposal that the person saw, and the person's reason."""

    command: ControlRequest
    shown: str
    reason: str


Complaints = Mapping[str, str]
"""Sentences by the id of the block that shows them."""


def read(payload: SubmissionPayload) -> Confirmed | Complaints:
    """The confirmation, or what is wrong with the fields. Raises UsageError for a modal that this version of the bot
    has not opened, for one that lacks a field, and for a window size that the modal did not offer."""
    if payload.view.callback_id != CONFIRM:
        raise unknown_dialog()
    command, shown = _with_size(confirmed(payload.view.private_metadata), payload)
    reason = read_reason(payload)
    complaints = {} if isinstance(reason, str) else dict(reason)
    wrong_name = about_typed_name(payload, command, _name_to_type(command))
    complaints |= {InputId.NAME.value: wrong_name} if wrong_name else {}
    return complaints if complaints or not isinstance(reason, str) else Confirmed(command, shown, reason)


def _with_size(confirmation: Confirmation, payload: SubmissionPayload) -> tuple[ControlRequest, str]:
    """The command with the chosen window size, and what the modal showed for this size. Raises UsageError for a size
    that the modal did not offer."""
    chosen = "".join(payload.chosen(InputId.SIZE, InputId.SIZE) or ())
    if chosen in ("", BulkValue.AS_SUGGESTED):
        return confirmation.command, confirmation.shown
    days = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
    if days not in confirmation.sizes or not takes_size(confirmation.command):
        raise unknown_dialog()
    return with_size(confirmation.command, days), confirmation.sizes[days]


def read_reason(payload: SubmissionPayload) -> str | Complaints:
    """The reason, or what is wrong with it. Raises UsageError for a modal without the field."""
    entered = payload.entered(InputId.REASON)
    if entered is None:
        raise unknown_dialog()
    reason = " ".join(_printable(entered).split())
    complaint = _about_reason(reason)
    return {InputId.REASON.value: complaint} if complaint else redact_line(reason, MAX_REASON)


def submission(body: Mapping[str, object]) -> SubmissionPayload:
    """Parse the payload. Raises UsageError for one that Slack would not send."""
    try:
        return SubmissionPayload.read(body)
    except ValidationError as exc:
        raise unknown_dialog() from exc


def _name_to_type(command: ControlRequest) -> str:
    """The name of the customer or cluster that has to be typed. A customer's target is ``cluster/customer``."""
    return command.target.partition("/")[2] or command.target


def _about_reason(reason: str) -> str:
    if not reason:
        return "Say why, in a few words: the thread and the audit show it."
    if len(reason) > MAX_REASON:
        return f"At most {MAX_REASON} characters, please; these are {len(reason):,}."
    return ""


def about_typed_name(payload: SubmissionPayload, command: ControlRequest, name: str) -> str:
    """What is wrong with the typed name; "" if it is right, or if the command needs none. Differences that come from
    copying or from a keyboard are accepted (``bot.commands.spelling``). Raises UsageError for a modal without the
    field."""
    if not command.asks_for_name:
        return ""
    entered = payload.entered(InputId.NAME)
    if entered is None:
        raise unknown_dialog()
    return "" if spells_exactly(entered, name) else f"Type {name}, exactly so, to confirm."


def _printable(text: str) -> str:
    return "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text)
