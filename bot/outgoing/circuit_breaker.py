"""Pause: until when Slack is left alone, after an answer that says something about Slack and not about a message.

A speech that fails again and again is not to hold the others for ever, whatever is wrong. From the third time on
one of the others is tried right after it, another one each time: where that is said, the fault is not Slack's, and
the one that failed waits alone from then on. It is tried first all the same, so an outage leaves the order as it was.

All of it is this process's own, and by its own clock. Another bot that takes the lead, or one that is started again,
asks Slack once to find out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import AccessDenied, DependencyError, RateLimited
from bot.model import Queued

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
# A person has to let the bot in again.
FIRST_WAIT_OUTSIDE = timedelta(minutes=1)
LONGEST_WAIT_OUTSIDE = timedelta(minutes=10)
# After so many failures of one speech another one is tried: 6 s, or 3 minutes where people have to let the bot in.
SUSPICIOUS = 3


@dataclass
class Failing:
    """One speech that could not be said. Edits say nothing about posts: Slack may edit while it cannot post.

    ``is_alone``: others of its sort were said after it had failed often enough; ``is_overtaken``: after the latest
    time, too.
    """

    is_edit: bool
    times: int = 0
    is_alone: bool = False
    is_overtaken: bool = False


class Pause:
    """Each failure in a row makes it longer; it begins anew with the first thing said."""

    def __init__(self) -> None:
        self._failures = 0
        self._failing: dict[str, Failing] = {}
        self._lets_another = False
        self._since: datetime | None = None
        self._until: datetime | None = None

    @property
    def known(self) -> int:
        """How many speeches have failed since they, or enough others, were said."""
        return len(self._failing)

    def is_on(self, now: datetime) -> bool:
        """A clock that was set back ends it."""
        return self._since is not None and self._until is not None and self._since <= now < self._until

    def holds(self, key: str, now: datetime) -> bool:
        """Whether it is to wait: not the one that is to show whether Slack is at fault."""
        return self.is_on(now) and not (self._lets_another and key not in self._failing)

    def failed(self, queued: Queued) -> Failing:
        """What is known of it, as it failed once more."""
        is_edit = queued.address is not None
        before = self._failing.get(queued.speech.key, Failing(is_edit))
        now = Failing(is_edit, before.times + 1, before.is_alone)
        self._failing[queued.speech.key] = now
        return Failing(is_edit, now.times, now.is_alone, before.is_overtaken)

    def begin(self, key: str, problem: DependencyError, now: datetime, at_least: timedelta) -> datetime:
        """Until when it lasts, as the try of ``key`` failed."""
        until = now + max(self._wait(problem), at_least)
        if self.is_on(now) and self._until is not None:
            until = max(until, self._until)
        self._since, self._until = now, until
        if isinstance(problem, RateLimited):
            self._lets_another = False
        else:
            self._failures += 1
            self._lets_another = key in self._failing and self._failing[key].times >= SUSPICIOUS
        return until

    def said(self, queued: Queued) -> None:
        """Slack has posted or edited it: others of its sort that failed often are at fault themselves."""
        self.end(queued.speech.key)
        is_edit = queued.address is not None
        for key, failing in list(self._failing.items()):
            if failing.is_edit != is_edit:
                continue
            if failing.times < SUSPICIOUS:
                del self._failing[key]
            else:
                failing.is_alone = failing.is_overtaken = True

    def end(self, key: str) -> None:
        """Slack has done what it was asked; nothing is wrong with this one."""
        self.drop(key)
        self._failures = 0
        self._since = self._until = None

    def drop(self, key: str) -> None:
        """Nobody tries it any more."""
        self._failing.pop(key, None)

    def _wait(self, problem: DependencyError) -> timedelta:
        if isinstance(problem, RateLimited):
            return problem.retry_after
        if isinstance(problem, AccessDenied):
            return doubled(FIRST_WAIT_OUTSIDE, self._failures, LONGEST_WAIT_OUTSIDE)
        return doubled(FIRST_WAIT, self._failures, LONGEST_WAIT)


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """``first``, doubled so many times, at most ``longest``."""
    return min(first * (1 << min(times, 20)), longest)
