"""Moments that Slack shows in each reader's time zone
(https://docs.slack.dev/messaging/formatting-message-text#date-formatting). Plain text has them in UTC.

Each sentence is written once, with its moments in UTC. Where a sentence is drawn as mrkdwn, its moments become
``<!date^…>`` tokens.
"""

import re
from datetime import UTC, datetime

from bot.model import in_utc

DAY_AND_TIME = "{date_short_pretty} {time}"
TIME = "{time}"

# A moment as ``in_utc`` writes it.
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d UTC\b")
# Code, links and tokens, in which moments stay as they are. The links and tokens are the bot's own, because text from
# outside is escaped.
_FIXED = re.compile(r"(`[^`]*`|<[^<>]*>)")


def token(at: datetime, parts: str) -> str:
    """The ``<!date^…>`` token for this moment. ``parts`` says what Slack shows of it: ``TIME`` or ``DAY_AND_TIME``. A
    client that cannot convert the token shows the moment in UTC."""
    return f"<!date^{int(at.timestamp())}^{parts}|{in_utc(at)}>"


def in_readers_zone(mrkdwn: str) -> str:
    """The text, in which each moment written in UTC is replaced by a token. Code and links stay as they are."""
    pieces = _FIXED.split(mrkdwn)
    return "".join(piece if _FIXED.fullmatch(piece) else _MOMENT.sub(_as_token, piece) for piece in pieces)


def _as_token(found: re.Match[str]) -> str:
    try:
        return token(datetime.strptime(found[0], "%Y-%m-%d %H:%M %Z").replace(tzinfo=UTC), DAY_AND_TIME)
    except ValueError:  # digits from outside that are no date
        return found[0]
