"""Snapshots of all customers, which the journal keeps as JSON, and what has changed between two of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter

from bot.model import State, is_past_within_skew


@dataclass(frozen=True, slots=True)
class Mark:
    """State and completed windows of one customer on one cluster."""

    state: State
    windows_done: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of all customers at one digest. ``slot`` is the time that the cron line names, not the time of the
    post.

    ``marks`` has the customers of one campaign, by ``cluster/customer``. This is the campaign that does not put its
    name into its workflow ids. ``others`` has the same for each of the other campaigns, by its name. ``said`` is the
    snapshot of the digest that was the last in the channel before this one; None if there was none. While a clock was
    ahead, digests may have been posted before the times of their slots. ``early`` is the latest slot of such a
    digest, if it is ``slot`` or later; otherwise None.
    """

    slot: datetime
    marks: Mapping[str, Mark] = field(default_factory=dict)
    said: "Snapshot | None" = None
    early: datetime | None = None
    others: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)

    def of_campaign(self, name: str) -> "Snapshot":
        """The snapshot of one campaign; ``name`` is "" for the campaign whose workflow ids do not contain its
        name."""
        if not name:
            return self
        posted = self.said.of_campaign(name) if self.said else None
        return replace(self, marks=self.others.get(name, {}), said=posted)

    def of_clusters(self, clusters: Collection[str]) -> "Snapshot":
        """The snapshot of the customers on these clusters, in the campaign of ``marks``."""
        own = {name: mark for name, mark in self.marks.items() if name.partition("/")[0] in clusters}
        return replace(self, marks=own)

    @property
    def key(self) -> str:
        """The outbox key of the digest of this snapshot. If a digest may have been posted early for the same slot,
        the two digests have different keys. Then the new one becomes a new message and does not edit the early
        one."""
        again = ":again" if self.early and self.slot <= self.early else ""
        return f"digest:{self.slot.isoformat()}{again}"


_SNAPSHOT = TypeAdapter(Snapshot)


def dump_snapshot(snapshot: Snapshot) -> str:
    """The snapshot as JSON."""
    return _SNAPSHOT.dump_json(snapshot).decode()


def parse_snapshot(text: str) -> Snapshot | None:
    """Read the JSON back. None for "", which means that there was no digest yet."""
    return _SNAPSHOT.validate_json(text) if text else None


@dataclass(frozen=True, slots=True)
class News:
    """The changes since the digest of ``since`` (None: this is the first digest), as sorted ``cluster/customer``
    names. ``finished`` are now complete, ``started`` are now running, and ``failed`` are now failed. ``others`` are
    the customers whose state has changed to any other state, by that state; empty in the news of earlier versions."""

    since: datetime | None
    finished: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    windows_done: int = 0
    others: Mapping[State, tuple[str, ...]] = field(default_factory=dict)

    @property
    def turned(self) -> Mapping[State, tuple[str, ...]]:
        """All customers whose state has changed, by the state that they have now."""
        named = {State.COMPLETE: self.finished, State.RUNNING: self.started, State.FAILED: self.failed}
        return {state: names for state, names in {**named, **self.others}.items() if names}

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not (self.turned or self.windows_done)


def compare(before: Snapshot | None, after: Snapshot) -> News:
    """The customers whose state has changed, and the number of windows that completed in between.

    A customer that is missing on either side is left out: it is no news that a cluster did not answer.
    """
    if before is None:
        return News(since=None)
    both = sorted(before.marks.keys() & after.marks.keys())
    turned: dict[State, tuple[str, ...]] = {}
    for name in both:
        state = after.marks[name].state
        if state is not before.marks[name].state:
            turned[state] = (*turned.get(state, ()), name)
    finished, started, failed = (turned.pop(state, ()) for state in (State.COMPLETE, State.RUNNING, State.FAILED))
    windows = sum(max(0, after.marks[name].windows_done - before.marks[name].windows_done) for name in both)
    return News(before.slot, finished, started, failed, windows, turned)


def latest_early_slot(before: Snapshot | None, slot: datetime, now: datetime) -> datetime | None:
    """While a clock was ahead, digests may have been posted before their slots. Returns the latest of these slots if
    it is not before ``slot``, which is the slot of the digest to post now; otherwise None. ``before`` is the snapshot
    of the last announced digest."""
    if before is None:
        return None
    slots = [before.early, None if is_past_within_skew(before.slot, now) else before.slot]
    return max((early for early in slots if early and early >= slot), default=None)


def last_posted(latest: Snapshot | None, *, is_posted: bool) -> Snapshot | None:
    """The snapshot of the last digest in the channel. ``is_posted``: the digest of ``latest`` is in the channel."""
    if latest is None:
        return None
    return replace(latest, said=None) if is_posted else latest.said
