"""The run history of a cluster: its executions, which Temporal may have removed since, and how far the bot has read
the ended ones."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.execution import Execution


@dataclass(frozen=True, slots=True)
class Portion:
    """As much of a listing as there was time to read, latest end first.

    ``rest_until`` is None when the whole listing was read; else runs that ended at that moment or before are missing.
    """

    executions: tuple[Execution, ...]
    rest_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the ended runs of ``types`` on one cluster have been read into the run history.

    On Temporal's clock: the history holds the runs that ended after ``rest_until`` and no later than ``latest``.
    ``rest_until`` is None when nothing older is left to read. Temporal lists ended runs with a delay, so the history
    may still lack some that ended after ``sure_until``. ``is_whole``: all ended runs have been read once. If the bot
    reads older runs after that, it only repeats this first reading.

    On the bot's clock: ``begun_at`` is when the first reading or the latest repetition began, and ``told_at`` is when
    the bot first learned of ``latest``.
    """

    cluster: str
    types: tuple[str, ...]
    begun_at: datetime
    latest: datetime | None = None
    told_at: datetime | None = None
    sure_until: datetime | None = None
    rest_until: datetime | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class RecordedRuns:
    """The run history of one cluster: every execution seen; ``reading`` says how far the ended runs have been read,
    and is None before that has begun."""

    executions: tuple[Execution, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class HistoryMark:
    """A position in a cluster's run history: after the first ``rows`` records. ``start`` changes when the records are
    counted from the beginning again, and marks with an earlier ``start`` are out of date."""

    start: int
    rows: int


@dataclass(frozen=True, slots=True)
class RecordedChanges:
    """The runs of one cluster that were recorded since an earlier mark, each as it is now. The next call continues at
    ``mark``. With ``is_all``, they are all runs of the cluster, and replace what earlier answers contained."""

    executions: tuple[Execution, ...]
    reading: Reading | None
    mark: HistoryMark
    is_all: bool
