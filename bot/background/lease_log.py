"""Logs when this process gains or loses leases, and when the store stops answering. What is unchanged is not
logged."""

from collections.abc import Collection

import structlog

_log = structlog.get_logger(__name__)


class LeaseLog:
    """The log of the leases of one ``holder``."""

    def __init__(self, holder: str) -> None:
        self._holder = holder
        self._is_silent = self._is_leader = False
        self._single_holder = ""
        self._watched: Collection[str] = ()

    def no_answer(self, reason: str) -> None:
        """Log that the store did not answer, unless the log says so already."""
        if not self._is_silent:
            _log.warning("leases cannot be asked for", reason=reason)
        self._is_silent = True

    def answer(self, single_holder: str) -> None:
        """Note that the store answered. ``single_holder`` is the bot of an earlier version that holds the single
        lease for everything; "" if there is none. Such a bot is logged once."""
        if single_holder and single_holder != self._single_holder:
            _log.info("a bot of an earlier version leads: waiting until it stops", leader=single_holder)
        self._is_silent, self._single_holder = False, single_holder

    def held(self, *, is_leader: bool, watched: Collection[str]) -> None:
        """Log what has changed since the last call: whether this process leads, and which clusters it watches."""
        if is_leader != self._is_leader:
            _log.info("leading begins" if is_leader else "leading ends", holder=self._holder)
        begun = [cluster for cluster in watched if cluster not in self._watched]
        ended = [cluster for cluster in self._watched if cluster not in watched]
        for event, clusters in (("watching begins", begun), ("watching ends", ended)):
            if clusters:
                _log.info(event, clusters=clusters, watched=len(watched), holder=self._holder)
        self._is_leader, self._watched = is_leader, tuple(watched)

    def not_given_back(self, reason: str) -> None:
        """Log that the leases could not be given back."""
        _log.warning("leases not given back: they run out by themselves", reason=reason)
