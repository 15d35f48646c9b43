"""Pause: until when Slack is left alone, after an answer that says something about Slack and not about a message.

It is this process's own, and by its own clock. Another bot that takes the lead, or one that is started again, asks
Slack once to find out.
"""

from datetime import datetime, timedelta

from bot.errors import NotAdmitted, RateLimited, SystemAnswer

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
# A person has to let the bot in again.
FIRST_WAIT_OUTSIDE = timedelta(minutes=1)
LONGEST_WAIT_OUTSIDE = timedelta(minutes=10)


class Pause:
    """Each failure in a row makes it longer; it begins anew with the first thing said."""

    def __init__(self) -> None:
        self._failures = 0
        self._key = ""
        self._of_this_key = 0
        self._since: datetime | None = None
        self._until: datetime | None = None

    def is_on(self, now: datetime) -> bool:
        """A clock that was set back ends it."""
        return self._since is not None and self._until is not None and self._since <= now < self._until

    def begin(self, key: str, problem: SystemAnswer, now: datetime, at_least: timedelta) -> datetime:
        """Until when it lasts, as the try of ``key`` failed."""
        self._of_this_key = self._of_this_key + 1 if key == self._key else 1
        self._key = key
        self._since, self._until = now, now + max(self._wait(problem), at_least)
        if not isinstance(problem, RateLimited):
            self._failures += 1
        return self._until

    def failures_of(self, key: str) -> int:
        """How many in a row were of this one."""
        return self._of_this_key if key == self._key else 0

    def end(self) -> None:
        """Slack has done what it was asked, or it was not its fault."""
        self._failures, self._key, self._of_this_key = 0, "", 0
        self._since = self._until = None

    def _wait(self, problem: SystemAnswer) -> timedelta:
        if isinstance(problem, RateLimited):
            return problem.retry_after
        if isinstance(problem, NotAdmitted):
            return doubled(FIRST_WAIT_OUTSIDE, self._failures, LONGEST_WAIT_OUTSIDE)
        return doubled(FIRST_WAIT, self._failures, LONGEST_WAIT)


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """``first``, doubled so many times, at most ``longest``."""
    return min(first * (1 << min(times, 20)), longest)
