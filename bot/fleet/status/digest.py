"""The digest: the state of all clusters, and what has changed since the last digest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.fleet.status.board import Board, ClusterRow, Silent, without_run
from bot.fleet.status.fleet_eta import FleetEta, fleet_eta
from bot.fleet.status.queued import QueuedCustomers, queued_customers
from bot.fleet.status.snapshot import Mark, News, Snapshot
from bot.fleet.status.stop import stopped
from bot.fleet.status.stopped_customer import StoppedCustomer, stopped_customer
from bot.model import AlertReason, Episode, Health, KnownReason, ProgressChart, SequenceStanding, State, Window


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """One row of the table. ``stands`` is a text such as ``30/30``, ``≥12/30`` (others may be complete) or ``–``.
    ``open`` counts the open customers and the unknown ones: ``3 open, 1 unknown``. It has no names of customers,
    because a phone shows about 40 characters of a line."""

    name: str
    stands: str
    open: str


@dataclass(frozen=True, slots=True)
class StrugglingRun:
    """One run that needs a person, and why. ``link`` leads to its alert, or to Temporal if the alert has no message
    yet."""

    name: str
    cluster: str
    health: Health
    attempt: int
    link: str
    reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT


@dataclass(frozen=True, slots=True)
class OpenSequence:
    """One open sequence: ``closed`` of ``total`` windows are over, and ``marked`` of these are not simply complete.

    ``skipped_days`` are in none of these counts. ``name`` is ``cluster/customer``. ``paused_by`` is a person's name;
    "" if the sequence is not paused. ``answers`` is False if its worker did not answer, and then the numbers are not
    known. ``link`` leads to its thread; "" if there is none.
    """

    name: str
    closed: int = 0
    total: int = 0
    marked: int = 0
    paused_by: str = ""
    answers: bool = True
    link: str = ""
    skipped_days: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """The content of a digest. Of ``total`` customers, ``complete`` are known to be complete. ``unknown`` counts the
    customers of whom it is not known whether they are complete. ``half_known`` are clusters with unknown past runs.

    ``older_failures`` counts failed runs that have no alert because they failed before the bot had alerts about
    failures. Only one digest counts these runs: the first after the bot began to open such alerts. ``campaign`` is ""
    while only one campaign is known. ``stopped`` has details about the customers that ``eta`` names as stopped;
    digests of earlier versions lack it. ``only`` names the clusters that the digest of a route's channel is about; it
    is empty in the team's channel, where the digest is about all clusters. ``unreachable`` has details about the
    clusters that ``silent`` names, and ``queued`` counts the customers that wait in queues; digests of earlier
    versions lack both. ``doubtful`` are the customers in doubt that need a person and have no alert, as
    ``cluster/customer``; digests of earlier versions only count them (``in_doubt``). ``not_started`` are the
    customers that have never run and wait in no queue, in the same form.
    """

    at: datetime
    range: Window
    complete: int
    total: int
    clusters: tuple[ClusterLine, ...]
    silent: tuple[str, ...]
    news: News
    struggling: tuple[StrugglingRun, ...]
    eta: FleetEta
    sequences: tuple[OpenSequence, ...] = ()
    half_known: tuple[str, ...] = ()
    unknown: int = 0
    in_doubt: int = 0
    older_failures: int = 0
    progress: ProgressChart | None = None
    campaign: str = ""
    stopped: tuple[StoppedCustomer, ...] = ()
    only: tuple[str, ...] = ()
    unreachable: tuple[Silent, ...] = ()
    queued: tuple[QueuedCustomers, ...] = ()
    not_started: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


def snapshot_of(board: Board, slot: datetime, before: Snapshot | None) -> Snapshot:
    """The snapshot with which the next digest is compared. A customer keeps the state and the number of completed
    windows that it has in ``before`` if its cluster did not answer, or if its state is not sure."""
    silent = {row.cluster for row in board.silent} | _half_known(board)
    unsure = {name for row in board.answered for name in _unsure(row)}
    marks = before.marks if before else {}
    kept = {name: mark for name, mark in marks.items() if _cluster(name) in silent or name in unsure}
    seen = {
        backfill.full_name: Mark(backfill.state, backfill.completed_windows)
        for row in board.answered
        if not row.history_silent
        for backfill in row.customers
        if backfill.full_name not in unsure
    }
    return Snapshot(slot, {**kept, **seen})


def _unsure(row: ClusterRow) -> set[str]:
    """The customers whose state is not sure, as ``cluster/customer``. If the source did not answer, a customer
    without a run may have nothing to backfill. If the sequences are unknown, a customer whose work seems not to go on
    may have an open sequence."""
    asked = without_run(row) if row.source_silent else ()
    unlisted = (b.customer for b in row.open if not b.goes_on) if row.sequences_silent else ()
    return {f"{row.cluster}/{name}" for name in (*asked, *unlisted)}


def digest_of(board: Board, news: News, episodes: Sequence[Episode], threads: Mapping[str, str]) -> Digest:
    """The digest of this board. ``episodes`` are the open ones; ``threads`` maps outbox keys to links of threads.

    An episode that a sequence has taken over is not listed as struggling, because the line of the sequence reports
    it. Episodes of customers that are listed as stopped, or that wait in the queue, are not listed as struggling
    either.
    """
    halted = _halted(board, episodes, threads)
    listed = {each.name for each in halted} | {b.full_name for b in board.open if b.place}
    struggling = [e for e in episodes if e.sequence is None and _full_name(e) not in listed]
    return Digest(
        at=board.at,
        range=board.whole,
        complete=board.complete,
        total=board.total,
        clusters=tuple(_line(row) for row in board.rows),
        silent=tuple(row.cluster for row in board.silent),
        news=news,
        struggling=tuple(_struggling_run(episode, threads) for episode in struggling),
        eta=fleet_eta(board),
        sequences=tuple(_sequence_line(standing, board, threads) for standing in board.sequences),
        half_known=tuple(sorted(_half_known(board))),
        unknown=board.unknown,
        in_doubt=sum(row.in_doubt for row in board.answered),
        stopped=halted,
        unreachable=board.silent,
        doubtful=_doubtful(board, struggling),
        queued=queued_customers(board),
        not_started=tuple(b.full_name for b in board.not_started),
    )


def _halted(board: Board, episodes: Sequence[Episode], threads: Mapping[str, str]) -> tuple[StoppedCustomer, ...]:
    links = {_full_name(episode): _link(episode, threads) for episode in episodes}
    return tuple(stopped_customer(b, board, links.get(b.full_name, "")) for b in stopped(board.open))


def _struggling_run(episode: Episode, threads: Mapping[str, str]) -> StrugglingRun:
    e = episode
    return StrugglingRun(e.name, e.ref.cluster, e.health, e.attempt, _link(e, threads), e.alert_reason)


def _doubtful(board: Board, struggling: Sequence[Episode]) -> tuple[str, ...]:
    """The customers in doubt that wait in no queue and are not listed as struggling."""
    alerted = set(map(_full_name, struggling))
    in_doubt = (b for b in board.open if b.state is State.IN_DOUBT and not b.place)
    return tuple(b.full_name for b in in_doubt if b.full_name not in alerted)


def _full_name(episode: Episode) -> str:
    return f"{episode.ref.cluster}/{episode.name}"


def _link(episode: Episode, threads: Mapping[str, str]) -> str:
    """The link to the episode's thread, or to Temporal if it has none."""
    return threads.get(episode.root_key) or episode.link


def older_failures(known: Iterable[KnownReason], news: News) -> int:
    """How many failures have no alert because they happened before the bot opened alerts about such failures. Counts
    only failures that no digest has reported yet."""
    return sum(each.older for each in known if news.since is None or each.since > news.since)


def _half_known(board: Board) -> set[str]:
    return {row.cluster for row in board.answered if row.history_silent}


def _sequence_line(standing: SequenceStanding, board: Board, threads: Mapping[str, str]) -> OpenSequence:
    name, link = f"{standing.ref.cluster}/{standing.customer}", threads.get(standing.thread_key, "")
    progress = standing.progress
    if progress is None:
        return OpenSequence(name, answers=False, link=link)
    return OpenSequence(
        name,
        closed=progress.closed,
        total=progress.total,
        marked=len(progress.marked),
        paused_by=board.people.get(progress.paused_by, progress.paused_by),
        link=link,
        skipped_days=progress.skipped_days,
    )


def _cluster(name: str) -> str:
    """The part before the first slash, because a cluster's name contains no slash (``bot.config``)."""
    return name.partition("/")[0]


def _line(row: ClusterRow | Silent) -> ClusterLine:
    if isinstance(row, Silent):
        return ClusterLine(row.cluster, "unknown", "did not answer")
    if not row.is_applicable:
        return ClusterLine(row.cluster, "–", "")
    counts = (len(row.open), "open"), (len(row.unknown), "unknown")
    return ClusterLine(row.cluster, row.share, ", ".join(f"{number:,} {word}" for number, word in counts if number))
