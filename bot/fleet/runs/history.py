"""The run history: what to ask Temporal for next, how far reading has come, and where history and Temporal differ.

The past of a cluster is read once, in portions. After that, only changes are read. The ends of runs have Temporal's
time and are compared with each other. The bot's own clock only measures how much time has passed, and stands in for
Temporal's clock if Temporal's time is unknown. So if the bot's clock is always wrong by the same amount, the bot may
read too much, but never too little.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Execution, ExecutionStatus, Portion, Reading, Ref

# Temporal's listing shows an end seconds late, or minutes late when the server is behind with its queue. An end that
# it shows later still is found by the next full reading; or at once, if the bot had seen the run while it was open.
OVERLAP = timedelta(minutes=5)
# Ended runs do not change. The bot reads all of them again nevertheless, in case something went wrong, for example
# because a server's clock was set back.
REREAD_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HistoryMismatch:
    """A run whose status in Temporal contradicts the history."""

    remembered: Execution
    current: Execution


def start_reading(previous: Reading | None, cluster: str, types: Collection[str], now: datetime) -> Reading:
    """The reading to go on with: the previous one, or a new one if there is none or the workflow types have changed.
    Once a day, a previous reading that has read everything starts over: it reads all ended runs again, from the
    latest end that it knows back to the earliest."""
    wanted = tuple(sorted(types))
    if previous is None or previous.types != wanted:
        return Reading(cluster, wanted, begun_at=now)
    is_due = not timedelta(0) <= now - previous.begun_at < REREAD_AFTER
    if is_due and previous.is_whole and previous.rest_until is None:
        return replace(previous, rest_until=previous.latest, begun_at=now)
    return previous


def since(reading: Reading) -> datetime | None:
    """The time since which Temporal is asked for ended runs; None to ask for all of them."""
    return reading.sure_until


def known_until(reading: Reading | None, types: Collection[str]) -> datetime | None:
    """The time up to which the history has the end of every run of these types; None until the past of exactly these
    types has been read once."""
    if reading is None or not reading.is_whole or reading.types != tuple(sorted(types)):
        return None
    return reading.sure_until


def has_gap(reading: Reading, changes: Portion) -> bool:
    """Whether unread runs may have ended between the runs read earlier and the runs in ``changes``. The bot reads
    changes backwards, beginning with the run that ended last. If time runs out before the bot gets back to the latest
    run that it had read earlier, a gap remains."""
    skipped = changes.rest_until
    return skipped is not None and (reading.latest is None or skipped > reading.latest)


def advance_reading(
    reading: Reading, changes: Portion, older: Portion | None, now: datetime, engine_now: datetime | None = None
) -> Reading:
    """The reading after two more portions: ``changes`` has the runs that ended since the last reading, and ``older``
    has runs that are older than all that were read before; None if there was no such portion.

    ``engine_now`` is ``now`` by Temporal's clock; None if that is not known. If ``changes`` leaves a gap
    (``has_gap``), the next portion of older runs begins at the gap, and passes through runs that are known already.
    """
    read = _with_latest_end(reading, changes, now, engine_now or now)
    rest = older.rest_until if older else reading.rest_until
    if has_gap(reading, changes):
        return replace(read, rest_until=changes.rest_until, is_whole=False)
    if changes.rest_until is not None and read.sure_until == read.latest:
        # The rest had been read before, but the listing may have lacked some runs then. The next reading takes the
        # rest as older runs, because it is before ``sure_until`` and so no longer among the changes.
        rest = changes.rest_until
    elif changes.rest_until is not None:
        # The next reading asks again for what there was no time to read.
        read = replace(read, sure_until=reading.sure_until)
    return replace(read, rest_until=rest, is_whole=reading.is_whole or rest is None)


def _with_latest_end(reading: Reading, changes: Portion, now: datetime, engine_now: datetime) -> Reading:
    """The reading with ``latest`` and ``sure_until`` brought up to date. ``latest`` is the latest end that the bot
    knows, and up to ``sure_until`` it knows all ends. Temporal lists runs only some time after their end. So when the
    bot has just learned of ``latest``, Temporal may not list all earlier ends yet, and ``sure_until`` is ``OVERLAP``
    before ``latest``. Once the bot has known ``latest`` for ``OVERLAP``, ``sure_until`` is ``latest``."""
    ends = [*filter(None, [reading.latest, *(execution.closed_at for execution in changes.executions)])]
    if not ends:
        return reading
    # An end in the future comes from a wrong clock. When the clock is corrected, later ends must not count as read.
    latest = min(max(ends), engine_now)
    told_at = now
    if latest == reading.latest and reading.told_at:
        told_at = min(reading.told_at, now)
    listed = latest if now - told_at >= OVERLAP else latest - OVERLAP
    sure = max(listed, reading.sure_until or listed)
    return replace(reading, latest=latest, told_at=told_at, sure_until=min(sure, latest))


def merge_runs(known: Mapping[Ref, Execution], listed: Mapping[Ref, Execution]) -> tuple[Execution, ...]:
    """All runs, oldest first: as Temporal lists them now, or else as the history has them."""
    everything = {**known, **{ref: _with_known_hints(run, known.get(ref)) for ref, run in listed.items()}}
    return tuple(sorted(everything.values(), key=lambda execution: execution.started_at))


def _with_known_hints(run: Execution, known: Execution | None) -> Execution:
    """The run, with the hints that only the history has: for example, the customer in a memo that a codec could
    decode earlier and cannot decode now."""
    if known is None or known.hints.keys() <= run.hints.keys():
        return run
    return replace(run, hints={**known.hints, **run.hints})


def refs_to_describe(known: Mapping[Ref, Execution], listed: Mapping[Ref, Execution]) -> tuple[Ref, ...]:
    """The runs that have to be described, because listing and history disagree: open in the history and not listed,
    or listed as open although the history has their end."""
    unlisted = (ref for ref, execution in known.items() if execution.status.is_open and ref not in listed)
    listed_open = (ref for ref, execution in listed.items() if execution.status.is_open)
    return (*unlisted, *(ref for ref in listed_open if ref in known and not known[ref].status.is_open))


def as_gone(execution: Execution, now: datetime) -> Execution:
    """A run that was open and that Temporal no longer knows: as it was last seen, with the status ``GONE``."""
    return replace(execution, status=ExecutionStatus.GONE, closed_at=now)


def changed_runs(known: Mapping[Ref, Execution], listed: Iterable[Execution]) -> tuple[Execution, ...]:
    """Runs that the history does not have, or has in another state."""
    pairs = ((execution, known.get(execution.ref)) for execution in listed)
    # Nearly all of thousands of runs are the very objects of the history, so comparing identity first is fast.
    return tuple(execution for execution, old in pairs if execution is not old and execution != old)


def differences(known: Mapping[Ref, Execution], listed: Iterable[Execution]) -> Iterator[HistoryMismatch]:
    """Runs that the history has as ended, and that have another status now. A run that the history has as open is not
    among them, even if it has ended meanwhile."""
    for execution in listed:
        remembered = known.get(execution.ref)
        if remembered and not remembered.status.is_open and remembered.status is not execution.status:
            yield HistoryMismatch(remembered, execution)
