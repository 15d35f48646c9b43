"""The probe that counts runs of the history of which it is not kept how they completed."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable

from bot.fleet.diagnostics.facts import BeforeProof
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.close_facts import Unread, unread
from bot.model import Execution, ExecutionStatus
from bot.ports import RunHistory


async def check_proof(ledger: RunHistory, clusters: Collection[str]) -> Answer:
    """Completed runs that an earlier version of the bot has recorded, of these clusters. Raises Unavailable."""
    counts: Counter[Unread | None] = Counter()
    for cluster in clusters:
        recorded = await ledger.recall(cluster)
        # Thousands of runs would block the event loop; use a thread.
        counts += await asyncio.to_thread(_counted, recorded.executions)
    return Answer((BeforeProof(sum(counts.values()), counts[Unread.REMOVED], counts[Unread.EARLIER]),))


def _counted(executions: Iterable[Execution]) -> Counter[Unread | None]:
    return Counter(unread(run) for run in executions if run.status is ExecutionStatus.COMPLETED)
