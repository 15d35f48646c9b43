"""The probe that counts runs in the run history for which the bot has not recorded how they completed."""

from collections import Counter
from collections.abc import Collection, Iterable

from bot.computing import compute
from bot.fleet.diagnostics.facts import BeforeProof
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.close_facts import Unread, unread
from bot.model import Execution, ExecutionStatus
from bot.ports import RunHistory


async def check_proof(ledger: RunHistory, clusters: Collection[str]) -> Answer:
    """Counts the completed runs of these clusters, and those of them that an earlier version of the bot has recorded.
    Raises Unavailable."""
    counts: Counter[Unread | None] = Counter()
    for cluster in clusters:
        recorded = await ledger.recall(cluster)
        # In a thread, because thousands of runs would block the event loop.
        counts += await compute(_counted, recorded.executions)
    return Answer((BeforeProof(sum(counts.values()), counts[Unread.REMOVED], counts[Unread.EARLIER]),))


def _counted(executions: Iterable[Execution]) -> Counter[Unread | None]:
    return Counter(unread(run) for run in executions if run.status is ExecutionStatus.COMPLETED)
