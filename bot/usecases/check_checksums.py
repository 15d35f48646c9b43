"""The probe that tells whether the two checksums of a table have ever agreed."""

from collections.abc import Collection, Iterable

from bot.computing import compute
from bot.fleet.diagnostics.contents_facts import ChecksumsAgree, ChecksumsNeverAgreed
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.run_counts import agreed_of
from bot.fleet.verification.agreement import never_agreed
from bot.model import Execution, TableSpec
from bot.ports import RunHistory


async def check_checksums(ledger: RunHistory, clusters: Collection[str], tables: Collection[TableSpec]) -> Answer:
    """One day of any run on any cluster is enough, because all clusters share the expressions. Raises Unavailable."""
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
