"""How far an attempt came, in words."""

import re
from datetime import date

from bot.fleet.runs.heartbeat import Reached
from bot.model.text import plural

_BEGINS_WITH_DAY = re.compile(r"day ([0-9]{4}-[0-9]{2}-[0-9]{2})\b")


def reached(progress: str, of: str = "") -> str:
    """``Jan 4 (6%, 3,619 of 61,500 rows)``; ``Jan 1, 0 rows`` without a total; the text of the heartbeat itself if it
    does not begin with a day. ``of`` comes after the share: `` of the window``."""
    if read := Reached.of(progress):
        return f"{_in_words(read.day)} ({_percent(read)}{of}, {read.rows:,} of {plural(read.total, 'row')})"
    if begins := _BEGINS_WITH_DAY.match(progress):
        try:
            return _in_words(date.fromisoformat(begins[1])) + progress[begins.end() :]
        except ValueError:
            return progress
    return progress


def in_brief(progress: str) -> str:
    """``Jan 4 (6%)`` if the total is known; otherwise the result of ``reached``."""
    read = Reached.of(progress)
    return briefly(read) if read else reached(progress)


def briefly(read: Reached) -> str:
    """``Jan 4 (6%)``."""
    return f"{_in_words(read.day)} ({_percent(read)})"


def _in_words(day: date) -> str:
    return f"{day:%b} {day.day}"


def _percent(read: Reached) -> str:
    """The share as a whole number; it is ``100%`` only if everything is done."""
    return f"{min(100 * read.rows // read.total, 100)}%"
