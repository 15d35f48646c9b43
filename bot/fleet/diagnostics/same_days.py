"""Finds runs that had the same customer and days at the same time. Each of them may do only a part of the work, such
as one table, and the bot would take the days for complete as soon as one of them completes. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.identity import Identity
from bot.model import Execution, Window
from bot.redaction import redact_line

# In characters of a workflow id or a name: enough to find it by.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class SameDays:
    """``number`` runs had the days and the customer of another one at the same time. ``workflow_ids`` are those of
    two of them, which were for ``customer`` and ``window``."""

    number: int
    customer: str
    window: Window
    workflow_ids: tuple[str, str]


def same_days(runs: Iterable[tuple[Execution, Identity]]) -> SameDays | None:
    """The runs that were open at the same time with an equal identity; None if there are none. Links of one chain
    follow each other, so a chain is one run."""
    groups: dict[tuple[str, Identity], list[Execution]] = {}
    for run, identity in runs:
        groups.setdefault((run.ref.cluster, identity), []).append(run)
    pairs = [(identity, pair) for (_, identity), own in groups.items() for pair in _at_once(own)]
    if not pairs:
        return None
    number = len({run.ref for _, pair in pairs for run in pair})
    identity, (first, second) = pairs[0]
    ids = _shown(first.ref.workflow_id), _shown(second.ref.workflow_id)
    return SameDays(number, _shown(identity.customer), identity.window, ids)


def _at_once(runs: list[Execution]) -> list[tuple[Execution, Execution]]:
    ordered = sorted(runs, key=lambda run: (run.started_at, run.ref))
    return [(a, b) for a, b in pairwise(ordered) if _was_open_at_start_of(a, b) and chain_key(a) != chain_key(b)]


def _was_open_at_start_of(earlier: Execution, later: Execution) -> bool:
    if earlier.status.is_open:
        return True
    return earlier.closed_at is not None and earlier.closed_at > later.started_at


def _shown(text: str) -> str:
    return redact_line(text, _SHOWN)
