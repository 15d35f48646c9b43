"""How far an attempt came, in words."""

from bot.fleet.runs.heartbeat import Reached


def reached(progress: str) -> str:
    """``Jan 4 (6%, 3,619 of 61,500 rows)``; the text of the heartbeat itself if it does not tell days and rows."""
    read = Reached.of(progress)
    return f"{_day(read)} ({_percent(read)}, {read.rows:,} of {read.total:,} rows)" if read else progress


def briefly(read: Reached) -> str:
    """``Jan 4 (6%)``."""
    return f"{_day(read)} ({_percent(read)})"


def _day(read: Reached) -> str:
    return f"{read.day:%b} {read.day.day}"


def _percent(read: Reached) -> str:
    """A whole number; it is 100 only if everything is done."""
    return f"{min(100 * read.rows // read.total, 100)}%"
