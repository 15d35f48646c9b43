"""How the past runs of a cluster are read once and then kept up with: what to ask for next, and what is known then.

Ends are compared with ends, all by the engine's own clock: a bot whose clock differs reads more, never less.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Execution, ExecutionStatus, Portion, Reading, Ref

# A listing shows an end seconds after it, and minutes when the server is behind with its queue; what it shows later
# than that is found by the next reading over, or at once where the run was seen while it was open.
OVERLAP = timedelta(minutes=5)
# Ended runs do not change; this is against what should not happen, such as a server's clock that was set back.
AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HistoryMismatch:
    """A run that is not what the ledger says of it."""

    remembered: Execution
    told: Execution


def start_reading(known: Reading | None, cluster: str, types: Collection[str], now: datetime) -> Reading:
    """Where to read on: from the start for other types than last time, and over again once a day."""
    wanted = tuple(sorted(types))
    if known is None or known.types != wanted:
        return Reading(cluster, wanted, begun_at=now)
    is_due = not timedelta(0) <= now - known.begun_at < AGAIN_AFTER
    if is_due and known.is_whole and known.rest_until is None:
        return replace(known, rest_until=known.latest, begun_at=now)
    return known


def since(reading: Reading) -> datetime | None:
    """From which end on changes are asked for; None for all there are."""
    return reading.sure_until


def has_gap(reading: Reading, changes: Portion) -> bool:
    """Whether there was no time for changes that have never been read."""
    skipped = changes.rest_until
    return skipped is not None and (reading.latest is None or skipped > reading.latest)


def advance_reading(
    reading: Reading, changes: Portion, older: Portion | None, now: datetime, there: datetime | None = None
) -> Reading:
    """What is known after these: ``changes`` since, and what was ``older`` than all that had been read. ``there`` is
    the same moment by the engine's clock, None where it is not known.

    After a gap reading goes on there, through what is known already.
    """
    read = _up_to_date(reading, changes, now, there or now)
    rest = older.rest_until if older else reading.rest_until
    if has_gap(reading, changes):
        return replace(read, rest_until=changes.rest_until, is_whole=False)
    if changes.rest_until is not None and read.sure_until == read.latest:
        # Read when not all of it may have been listed; what is sure is not among the changes any more.
        rest = changes.rest_until
    elif changes.rest_until is not None:
        # What there was no time for is asked for again.
        read = replace(read, sure_until=reading.sure_until)
    return replace(read, rest_until=rest, is_whole=reading.is_whole or rest is None)


def _up_to_date(reading: Reading, changes: Portion, now: datetime, there: datetime) -> Reading:
    """With the latest end: what ended until then is all listed once that end has been known for long enough."""
    ends = [*filter(None, [reading.latest, *(one.closed_at for one in changes.executions)])]
    if not ends:
        return reading
    # An end in the future is of a clock that will be set right: no later end may be missed for it.
    latest = min(max(ends), there)
    told_at = now
    if latest == reading.latest and reading.told_at:
        told_at = min(reading.told_at, now)
    listed = latest if now - told_at >= OVERLAP else latest - OVERLAP
    sure = max(listed, reading.sure_until or listed)
    return replace(reading, latest=latest, told_at=told_at, sure_until=min(sure, latest))


def merge_runs(known: Mapping[Ref, Execution], told: Mapping[Ref, Execution]) -> tuple[Execution, ...]:
    """All of them, oldest start first: as the engine tells them now, else as they were seen last."""
    everything = {**known, **told}
    return tuple(sorted(everything.values(), key=lambda one: one.started_at))


def refs_to_describe(known: Mapping[Ref, Execution], told: Mapping[Ref, Execution]) -> tuple[Ref, ...]:
    """Those that have to be looked at: open when they were seen last and not told now, or told as open after their
    end."""
    unlisted = (ref for ref, one in known.items() if one.status.is_open and ref not in told)
    listed_open = (ref for ref, one in told.items() if one.status.is_open)
    return (*unlisted, *(ref for ref in listed_open if ref in known and not known[ref].status.is_open))


def as_gone(execution: Execution, now: datetime) -> Execution:
    """An open one that the engine no longer knows: as it was seen last, and marked so."""
    return replace(execution, status=ExecutionStatus.GONE, closed_at=now)


def changed_runs(known: Mapping[Ref, Execution], told: Iterable[Execution]) -> tuple[Execution, ...]:
    """What the ledger does not know yet, or not so."""
    # Of a long past nearly all are the ledger's own.
    others = ((one, known.get(one.ref)) for one in told)
    return tuple(one for one, remembered in others if one is not remembered and one != remembered)


def differences(known: Mapping[Ref, Execution], told: Iterable[Execution]) -> Iterator[HistoryMismatch]:
    """Where the ledger was wrong: what had ended stands otherwise. That an open one has ended is no difference."""
    for execution in told:
        remembered = known.get(execution.ref)
        if remembered and not remembered.status.is_open and remembered.status is not execution.status:
            yield HistoryMismatch(remembered, execution)
