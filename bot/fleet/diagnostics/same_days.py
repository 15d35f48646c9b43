"""Finds runs that had the same customer and days at the same time. Each of them may do only a part of the work, such
as one table, and the bot would take the days for complete as soon as one of them completes. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.identity import Identity
from bot.model import Execution, Window
from bot.redaction import redact_line

# In characters of a workflow id or a name: enough to find it by.
_SHOWN = 60
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SameDays:
    """``number`` runs were each open at the same time as another run of the same customer and days. ``workflow_ids``
    are an example: the ids of two such runs, both for ``customer`` and ``window``."""

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
    number = len({chain_key(run) for _, pair in pairs for run in pair})
    identity, (first, second) = pairs[0]
    ids = _shown(first.ref.workflow_id), _shown(second.ref.workflow_id)
    return SameDays(number, _shown(identity.customer), identity.window, ids)


def _at_once(runs: list[Execution]) -> list[tuple[Execution, Execution]]:
    """Pairs of runs of different chains that were open at the same time. Each run that began while a run of another
    chain was open is the second of a pair; the first is one such open run."""
    pairs: list[tuple[Execution, Execution]] = []
    last: list[Execution] = []
    for run in sorted(runs, key=lambda run: (run.started_at, run.ref)):
        other = next((each for each in last if chain_key(each) != chain_key(run)), None)
        if other and _end(other) > run.started_at:
            pairs.append((other, run))
        last = _ending_last([*last, run])
    return pairs


def _ending_last(runs: list[Execution]) -> list[Execution]:
    """At most two runs: the last links of the two chains that end last, the later end first. Two are enough:
    ``_at_once`` compares its next run with a run of another chain, and the next run belongs to at most one of these
    two chains. So the other chain is there to compare with."""
    of_chain = {chain_key(run): run for run in sorted(runs, key=_end)}
    return sorted(of_chain.values(), key=_end, reverse=True)[:2]


def _end(run: Execution) -> datetime:
    return _NEVER if run.status.is_open else run.closed_at or run.started_at


def _shown(text: str) -> str:
    return redact_line(text, _SHOWN)
