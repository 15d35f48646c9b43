"""ClusterWatcher: watches one cluster while this process holds its lease."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from bot.background.held_leases import HeldLeases
from bot.background.periodic import Alarm, Job
from bot.in_flight import InFlight
from bot.services import Services
from bot.usecases.watch.completed_counts import count_completed
from bot.usecases.watch.listing import list_runs, update_history
from bot.usecases.watch.queued_alerts import note_queued_alerts
from bot.usecases.watch.state import RECORDED_WITHIN, WatchState
from bot.usecases.watch.watch import conclude, describe_due


class ClusterWatcher:
    """The work of watching one cluster: list its runs, describe them, conclude from what was described, and count
    what has completed.

    The alarms ``listing``, ``describing`` and ``concluding`` start the jobs that list, describe and conclude, and
    ``on_messages`` is called when there is something to post.
    """

    def __init__(self, cluster: str, services: Services, on_messages: Callable[[], None]) -> None:
        self.listing, self.describing, self.concluding = Alarm(), Alarm(), Alarm()
        self._cluster = cluster
        self._services = services
        self._on_messages = on_messages
        self._state = self._new_state()
        self._in_flight = 0

    @property
    def is_idle(self) -> bool:
        """Whether no work is in flight."""
        return self._in_flight == 0

    def begin(self) -> None:
        """Forget what was known of the cluster, and list its runs at once. Another bot may have watched the cluster
        meanwhile."""
        self._state = self._new_state()
        self.listing.ring()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the ``with`` block runs, the watcher is not idle."""
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    async def list_runs(self) -> None:
        """List the open runs, start the job that describes those that are due, and update the run history. Then
        record which open alerts only wait until the queue of the cluster begins a sequence for their days."""
        await list_runs(self._state, self._services)
        self.describing.ring()
        self.concluding.ring_within(RECORDED_WITHIN)
        await update_history(self._state, self._services)
        await note_queued_alerts(self._state, self._services)

    async def describe_due(self) -> None:
        """Describe the runs that are due, and set the alarms anew. One of them rings when the next run is due."""
        await describe_due(self._state, self._services)
        self._set_alarms()

    async def conclude(self) -> None:
        """Decide about the runs that ``describe_due`` has described, record the decisions, and set the alarms anew,
        because a decision may change the time at which a run is due."""
        await conclude(self._state, self._services)
        self._set_alarms()

    async def count_completed(self) -> None:
        """Count what completed runs have written."""
        await count_completed(self._state, self._services)

    def _new_state(self) -> WatchState:
        budget = self._services.clusters[self._cluster].budget
        return WatchState(self._cluster, budget, self._on_messages, self._conclude_soon, self.describing.ring)

    def _conclude_soon(self) -> None:
        self.concluding.ring_within(self._state.record_in)

    def _set_alarms(self) -> None:
        if self._state.described:
            self._conclude_soon()
        next_describe = self._state.next_describe_in(self._services.now())
        if next_describe is not None:
            self.describing.ring_in(min(next_describe, self._services.config.watch.every))


def watch_jobs(
    cluster: str, watcher: ClusterWatcher, held: HeldLeases, in_flight: InFlight, services: Services
) -> Sequence[Job]:
    """The jobs that watch a cluster. They do nothing unless this bot watches it."""
    run, watch = partial(_run_if_watching, cluster, watcher, held, in_flight), services.config.watch
    return (
        Job(f"list {cluster}", watch.every, partial(run, watcher.list_runs), watcher.listing),
        Job(f"describe {cluster}", watch.every, partial(run, watcher.describe_due), watcher.describing),
        Job(f"conclude {cluster}", watch.every, partial(run, watcher.conclude), watcher.concluding),
        Job(f"count {cluster}", watch.slow_round, partial(run, watcher.count_completed)),
    )


async def _run_if_watching(
    cluster: str, watcher: ClusterWatcher, held: HeldLeases, in_flight: InFlight, work: Callable[[], Awaitable[None]]
) -> None:
    """Run the job if this bot watches the cluster. A job that is still running when the lease runs out causes no
    duplicates: the store rejects a change whose basis has changed, and records each message once."""
    if held.watches(cluster):
        with in_flight.track(), watcher.at_work():
            await work()
