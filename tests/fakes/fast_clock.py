"""A clock that is an hour later at each reading, so a client that is paced by it never waits."""

from datetime import datetime, timedelta

from tests.fakes.services import NOW


class FastClock:
    """Call it for the time."""

    def __init__(self) -> None:
        self._now = NOW

    def __call__(self) -> datetime:
        self._now += timedelta(hours=1)
        return self._now
