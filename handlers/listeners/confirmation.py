"""What a person has confirmed, read from a submission in which nothing is trusted."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bot.actions import CONFIRM, InputId, confirmed, unknown_dialog
from bot.commands import ControlRequest
from bot.fleet.audit import MAX_REASON
from bot.redaction import redact_line
from handlers.listeners.payloads import SubmissionPayload

# Control characters, text direction, halves of characters, and what has no meaning: none of it belongs in a sentence.
_NOT_WRITING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A command, what the person was shown of it, and why they want it."""

    command: ControlRequest
    shown: str
    reason: str


Complaints = Mapping[str, str]
"""A sentence by the id of the block it is to be shown at."""


def read(payload: SubmissionPayload) -> Confirmed | Complaints:
    """What was confirmed, or what is still to be filled in. Raises UsageError for a dialog that is not ours."""
    if payload.view.callback_id != CONFIRM:
        raise unknown_dialog()
    command, shown = confirmed(payload.view.private_metadata)
    reason, name = payload.entered(InputId.REASON), payload.entered(InputId.NAME)
    if reason is None or (name is None and command.asks_for_name):
        raise unknown_dialog()
    reason = " ".join(_written(reason, " ").split())
    complaints = {InputId.REASON.value: _about_reason(reason)}
    if command.asks_for_name:
        complaints[InputId.NAME.value] = _about_name(name or "", _name_to_type(command))
    told = {block: complaint for block, complaint in complaints.items() if complaint}
    return told or Confirmed(command, shown, redact_line(reason, MAX_REASON))


def submission(body: Mapping[str, object]) -> SubmissionPayload:
    """The payload. Raises UsageError for one that Slack would not send."""
    try:
        return SubmissionPayload.read(body)
    except ValidationError as exc:
        raise unknown_dialog() from exc


def _name_to_type(command: ControlRequest) -> str:
    """The customer, or the cluster, whose name is to be typed: customers are told as ``cluster/customer``."""
    return command.target.partition("/")[2] or command.target


def _about_reason(reason: str) -> str:
    if not reason:
        return "Say why, in a few words: the thread and the audit show it."
    if len(reason) > MAX_REASON:
        return f"At most {MAX_REASON} characters, please; these are {len(reason):,}."
    return ""


def _about_name(typed: str, name: str) -> str:
    """A name that was copied from a message may have brought signs that nobody sees."""
    return "" if _written(typed, "").strip() == name else f"Type {name}, exactly so, to confirm."


def _written(text: str, instead: str) -> str:
    return "".join(instead if unicodedata.category(char) in _NOT_WRITING else char for char in text)
