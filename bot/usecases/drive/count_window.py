"""Counts the rows of a finished window, as ``verify`` does, and records what that proves. Idempotent."""

from bot.fleet.verification.verdict import CustomerVerdict, TableVerdict, ranges
from bot.model import Count, TableCount, Window
from bot.redaction import redact_line
from bot.services import Services
from bot.usecases.verify import count_customer

# In characters. The count travels through Temporal in one payload with other lines of the thread.
LONGEST_PROBLEM = 1_000
# The most ranges of days with differing contents in one count. The payload limits them too.
MOST_RANGES = 10


async def count_window(cluster: str, customer: str, window: Window, services: Services) -> Count:
    """The counts of the window's tables. Raises no DependencyError: ``Count.problem`` names the tables that could not
    be counted or compared, or says that the campaign has no table any more."""
    if not services.config.verify.tables:
        return Count(problem=f"backfill.toml has no table of the campaign {services.config.campaign.name} any more")
    verdict = await count_customer(cluster, customer, window, services)
    return Count(tuple(_counted(table) for table in verdict.counted), redact_line(_problem(verdict), LONGEST_PROBLEM))


def _counted(table: TableVerdict) -> TableCount:
    return TableCount(
        table.table,
        table.expected,
        table.actual,
        table.duplicates,
        sum(1 for day in table.days if day.difference),
        table.merging,
        table.duplicates_known,
        ranges(table.other_contents)[:MOST_RANGES],
        len(table.other_contents),
    )


def _problem(verdict: CustomerVerdict) -> str:
    silent = [f"{table.table} not counted: {table.why}" for table in verdict.unanswered]
    silent += [
        f"{table.table} not compared: {table.source_silent}" for table in verdict.counted if table.source_silent
    ]
    return "; ".join(silent)
