"""Draws the thread lines about changed activities: longer heartbeat timeouts, attempts that were begun at once,
pauses, and pauses that have ended.
"""

from bot.blocks import kit, words
from bot.blocks.lines import Line
from bot.fleet.notifications.confirmed import (
    ActivitiesLine,
    ActivitiesPausedLine,
    ActivitiesResumedLine,
    ResetLine,
    TimeoutLine,
)
from bot.message import Message
from bot.model import duration_text


def timeout_raised(line: TimeoutLine) -> Message:
    """Somebody has given activities of a customer a longer heartbeat timeout."""
    return _line(line, f"raised {words.plural(line.count, 'heartbeat timeout')} to {duration_text(line.timeout)}")


def activities_reset(line: ResetLine) -> Message:
    """Somebody has begun the next attempts of a customer's activities."""
    return _line(line, f"began {words.plural(line.count, 'attempt')} at once, counted from 1 again")


def activities_paused(line: ActivitiesPausedLine) -> Message:
    """Somebody has paused activities of a customer."""
    return _line(line, f"paused {words.plural(line.count, 'activity')}")


def activities_resumed(line: ActivitiesResumedLine) -> Message:
    """Somebody has let paused activities of a customer go on."""
    return _line(line, f"resumed {words.plural(line.count, 'activity')}")


def _line(line: ActivitiesLine, change: str) -> Message:
    """``hilton on voice-prod: Olivia paused 1 activity: the database is restored.``"""
    subject = Line.of(f"{words.name(line.customer)} on {line.cluster}:").then(Line.who(line.by))
    text = subject.then(f"{change}: {words.sentence(line.reason)}")
    return kit.message(text.plain, [kit.section(text.mrkdwn)])
