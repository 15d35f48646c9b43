"""What is remembered of a cluster's executions when its engine has forgotten them, and how far they were read."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.execution import Execution


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of a listing, as far as there was time for it: what ended latest comes first.

    ``rest_until`` is None when all of it has been read, else what ended at that moment or before is still missing.
    """

    executions: tuple[Execution, ...]
    rest_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one cluster's ended runs of ``types`` have been read. Ends are by the engine's clock.

    Those that ended after ``rest_until`` and not after ``latest`` are in the ledger, as far as they were listed when
    that was read; after ``sure_until`` some may have been listed since. ``rest_until`` is None when there are none
    before. ``is_whole``: there were none left once, so that what goes on now is a reading over.

    By the bot's own clock: ``begun_at`` is when the first or the latest reading over began, ``told_at`` when
    ``latest`` was told first.
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
class Recalled:
    """What the ledger knows of one cluster: every execution seen, and how far reading has come, None before any."""

    executions: tuple[Execution, ...] = ()
    reading: Reading | None = None
