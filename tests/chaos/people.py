"""What people do on that day, again and again until it has happened: they press, and when nothing comes of it they
press once more. Whether it has happened they see in Temporal and in the channel, as people do."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPException
from typing import TypeVar

from temporalio.client import WorkflowExecutionStatus as Status
from temporalio.service import RPCError

from tests.e2e.confirming import close, submit
from tests.e2e.control import Control
from tests.e2e.temporal import Run, Temporal

SPLIT, ACK = "control.split", "alert.ack"
DID = {"pause": "paused it", "resume": "resumed it"}
PATIENCE = 6.0  # seconds that somebody waits for a dialog
WHY = "full ranges time out, windows get through"
# A part that is away just now, a dialog that does not come, an alert that is not there yet: not the end of the day.
FAILS_AT_TIMES = (AssertionError, OSError, HTTPException, RPCError, RuntimeError, KeyError)

T = TypeVar("T")


class People:
    """Everybody at work on these customers, each by its cluster. Both limits are in seconds."""

    def __init__(
        self, control: Control, clusters: Mapping[str, str], begun_within: float, done_within: float
    ) -> None:
        self._control = control
        self._temporal = {customer: Temporal(control, cluster) for customer, cluster in clusters.items()}
        self._clusters = clusters
        self._begun_within = begun_within
        self._done_within = done_within

    def work(self) -> None:
        """The day: acknowledge one, split all, pause one for a while, and see to it that all get through."""
        first, *_, last = customers = list(self._temporal)
        self._insist(partial(self._acknowledge, first), partial(self._is_acknowledged, first))
        for customer in customers:
            self._insist(partial(self._split, customer), partial(self._sequences, customer))
        for word in DID:
            self._insist(partial(self._command, word, last), partial(self._was_obeyed, word, last))
        self._see_through(customers)

    def _see_through(self, customers: list[str]) -> None:
        """A sequence that has stopped is told to go on, as its thread says."""
        deadline = time.monotonic() + self._done_within
        while left := [customer for customer in customers if not self._is_done(customer)]:
            assert time.monotonic() < deadline, f"not complete: {left}"
            for customer in left:
                if self._sequences(customer) and not self._is_driven(customer):
                    _unless_it_fails(partial(self._command, "retry", customer), None)
            time.sleep(1)

    def _insist(self, act: Callable[[], None], has_happened: Callable[[], object]) -> None:
        deadline = time.monotonic() + self._begun_within
        while not _unless_it_fails(has_happened, None):
            assert time.monotonic() < deadline, "people have tried for long enough"
            _unless_it_fails(act, None)
            time.sleep(0.5)

    def _acknowledge(self, customer: str) -> None:
        self._control.click(self._control.alert(customer), ACK, "noor")

    def _is_acknowledged(self, customer: str) -> bool:
        return self._reads(customer, "acknowledged by")

    def _split(self, customer: str) -> None:
        close(self._control)
        self._control.click(self._control.alert(customer), SPLIT)
        self._confirm()

    def _command(self, word: str, customer: str) -> None:
        close(self._control)
        self._control.command(f"/backfill {word} {self._clusters[customer]}/{customer}")
        self._confirm()

    def _was_obeyed(self, word: str, customer: str) -> bool:
        """By its thread; who comes too late has nothing left to tell."""
        return self._reads(customer, DID[word]) or self._is_done(customer)

    def _reads(self, customer: str, words: str) -> bool:
        """In any thread about the customer: a window that is slow has an alert of its own, which says nothing of the
        others."""
        roots = [*self._control.alerts_of(customer), self._control.card(customer)]
        return any(words in line for root in filter(None, roots) for line in self._control.thread(root))

    def _confirm(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not [view for view in self._control.views("olivia")[-1:] if view["submit"]]:
            assert time.monotonic() < deadline, "no dialog"
            time.sleep(0.2)
        submit(self._control, reason=WHY)
        time.sleep(1)

    def _sequences(self, customer: str) -> list[Status]:
        """None as well while Temporal is away."""
        return [each.status for each in _listed(partial(self._temporal[customer].sequences, customer))]

    def _is_driven(self, customer: str) -> bool:
        return Status.RUNNING in self._sequences(customer)

    def _is_done(self, customer: str) -> bool:
        """Whether the windows that are complete follow each other from the first day to the last."""
        runs = _listed(partial(self._temporal[customer].windows, customer))
        complete = {run.days[:10]: run.days[11:] for run in runs if run.status is Status.COMPLETED}
        if not runs or self._is_driven(customer):
            return False
        day, end = min(run.days[:10] for run in runs), max(run.days[11:] for run in runs)
        while day in complete:
            day = complete[day]
        return day == end


def _unless_it_fails(act: Callable[[], T], otherwise: T) -> T:
    """Whatever does not work now is for another time."""
    try:
        return act()
    except FAILS_AT_TIMES:
        return otherwise


def _listed(ask: Callable[[], list[Run]]) -> list[Run]:
    """None while Temporal is away."""
    return _unless_it_fails(ask, [])
