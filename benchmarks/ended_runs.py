"""Makes run histories of several years, in which every customer has been run in windows of a day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.adapters.store import Store, open_store
from bot.model import Execution, ExecutionStatus, Reading, Ref

FIRST_DAY = date(2021, 1, 1)
BEGAN = datetime(2023, 5, 29, tzinfo=UTC)
TYPE = "CustomerBackfill"


def campaign_of(runs: int, customers: int) -> str:
    """The end, excluded, of a campaign from ``FIRST_DAY`` in which each customer has an equal share of the runs, one
    a day."""
    return str(FIRST_DAY + timedelta(days=max(1, runs // customers)))


async def keep_runs(store: Store, cluster: str, runs: int, customers: Sequence[str], now: datetime) -> None:
    """Record this number of ended runs, as a bot does that has read the whole history of the cluster."""
    past = [_run(cluster, number, customers) for number in range(runs)]
    latest = max(run.closed_at for run in past if run.closed_at)
    await store.ledger.keep(past, Reading(cluster, (TYPE,), now, latest, now, latest, is_whole=True))


async def filled_store(url: str, cluster: str, runs: int, customers: Sequence[str], now: datetime) -> None:
    """Make a store with the history that ``keep_runs`` records, for a bot that opens it later."""
    async with open_store(url) as store:
        await keep_runs(store, cluster, runs, customers, now)


def _run(cluster: str, number: int, customers: Sequence[str]) -> Execution:
    customer, day = customers[number % len(customers)], FIRST_DAY + timedelta(days=number // len(customers))
    began = BEGAN + timedelta(minutes=number / 10)
    return Execution(
        ref=Ref(cluster, f"backfill-{customer}-{day}-{day + timedelta(days=1)}", f"run-{number}"),
        workflow_type=TYPE,
        task_queue="backfill",
        status=ExecutionStatus.COMPLETED,
        started_at=began,
        closed_at=began + timedelta(minutes=30),
    )
