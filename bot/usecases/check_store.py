"""Checks what the store knows: which bots are alive, which runs were recorded without proof, and which checksums have
ever agreed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from bot.computing import compute
from bot.fleet.diagnostics.bot_facts import bots_at_work, nobody_watches
from bot.fleet.diagnostics.contents_facts import ChecksumsAgree, ChecksumsNeverAgreed
from bot.fleet.diagnostics.facts import BeforeProof
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.close_facts import Unread, unread
from bot.fleet.runs.run_counts import agreed_of
from bot.fleet.verification.proofs import never_agreed
from bot.model import Execution, ExecutionStatus, TableSpec
from bot.ports import Leases, RunHistory


async def check_bots(leases: Leases, clusters: Collection[str], now: Callable[[], datetime]) -> Answer:
    """Which bots are alive, with a warning about clusters that none of them watches. It is no failure if no bot is
    alive, because the check may run before the first bot starts."""
    holders = await leases.holders(now())
    unwatched = nobody_watches(holders, clusters)
    return Answer((bots_at_work(holders),), warnings=(unwatched,) if unwatched else ())


async def check_proof(ledger: RunHistory, clusters: Collection[str]) -> Answer:
    """Counts the completed runs of these clusters: all; those that Temporal removed before the bot read how they
    ended; and those that an earlier version of the bot recorded. Raises Unavailable."""
    counts: Counter[Unread | None] = Counter()
    for cluster in clusters:
        recorded = await ledger.recall(cluster)
        # In a thread, because thousands of runs would block the event loop.
        counts += await compute(_counted, recorded.executions)
    return Answer((BeforeProof(sum(counts.values()), counts[Unread.REMOVED], counts[Unread.EARLIER]),))


def _counted(executions: Iterable[Execution]) -> Counter[Unread | None]:
    return Counter(unread(run) for run in executions if run.status is ExecutionStatus.COMPLETED)


async def check_checksums(ledger: RunHistory, clusters: Collection[str], tables: Collection[TableSpec]) -> Answer:
    """Whether the checksums of each table have ever agreed. One day of any run on any cluster is enough, because all
    clusters share the expressions. Raises Unavailable."""
    agreed: set[str] = set()
    for cluster in clusters:
        recorded = await ledger.recall(cluster)
        # Thousands of runs would block the event loop; use a thread.
        agreed |= await compute(_agreed, recorded.executions)
    if missing := never_agreed(tables, agreed):
        return Answer(warnings=(ChecksumsNeverAgreed(missing),))
    return Answer((ChecksumsAgree(tuple(table.name for table in tables if table.checksum)),))


def _agreed(executions: Iterable[Execution]) -> frozenset[str]:
    return frozenset().union(*map(agreed_of, executions))
