"""When the open customers of all clusters may be complete. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board
from bot.fleet.status.estimate import WorkLeft, until_last
from bot.fleet.status.stop import stopped


@dataclass(frozen=True, slots=True)
class FleetEta:
    """When all clusters may be complete. ``running`` and ``running_latest`` are the earliest and the latest time at
    which the work that needs nobody may end: this work is going on now, or a queue will begin it. Both are None if
    there is no such work. ``everything`` and ``everything_latest`` are the earliest and the latest time at which all
    work may end if the rest of the work began now. Both are None if there is no such rest. Digests of earlier
    versions lack the two latest times.

    Of the customers of ``running``, ``going_on`` names those whose work is going on, and ``queued`` counts those in a
    queue. Of all other customers, ``stopped`` names those whose work has stopped, and ``idle`` those that are paused,
    held, in doubt or not started. ``unknown`` names customers without an estimate, and clusters that did not answer.
    """

    running: datetime | None = None
    everything: datetime | None = None
    stopped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    going_on: tuple[str, ...] = ()
    running_latest: datetime | None = None
    everything_latest: datetime | None = None
    idle: tuple[str, ...] = ()
    queued: int = 0


def needs_nobody(backfill: Backfill) -> bool:
    """Whether the customer will be complete without a person: its work goes on, or it waits in a queue that will
    begin it."""
    place = backfill.place
    return backfill.goes_on or (place is not None and not place.is_held and not place.paused_by)


def fleet_eta(board: Board) -> FleetEta:
    """The estimates for all clusters. The customers of a cluster share its slots."""
    sequences_silent = {row.cluster for row in board.answered if row.sequences_silent}
    running: dict[str, WorkLeft] = {}
    halted: dict[str, WorkLeft] = {}
    unknown: list[str] = []
    queued = {backfill.full_name for backfill in board.open if backfill.place}
    have_stopped = {backfill.full_name for backfill in stopped(board.open)}
    for backfill in board.open:
        may_go_on = backfill.may_be_queued or (not backfill.goes_on and backfill.cluster in sequences_silent)
        if backfill.work is None or may_go_on:
            unknown.append(backfill.full_name)
        elif needs_nobody(backfill):
            running[backfill.full_name] = backfill.work
        else:
            halted[backfill.full_name] = backfill.work
    unknown += [backfill.full_name for row in board.answered for backfill in row.unknown]
    unknown += [row.cluster for row in board.silent if row.customers]
    of_running = until_last(running.values(), board.slots)
    of_all = until_last([*running.values(), *halted.values()], board.slots) if halted else None
    return FleetEta(
        running=board.at + of_running.low if of_running else None,
        everything=board.at + of_all.low if of_all else None,
        stopped=tuple(name for name in halted if name in have_stopped),
        unknown=tuple(unknown),
        going_on=tuple(name for name in running if name not in queued),
        running_latest=board.at + of_running.high if of_running else None,
        everything_latest=board.at + of_all.high if of_all else None,
        idle=tuple(name for name in halted if name not in have_stopped),
        queued=sum(name in queued for name in running),
    )
