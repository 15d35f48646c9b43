"""The probe that compares the statements ``expected_rows`` and ``expected`` of each table over one day."""

import asyncio
from datetime import date, timedelta

from bot.config import Config
from bot.errors import DependencyError
from bot.fleet.diagnostics.contents_facts import RowsAgree, RowsDisagree, RowsUnproven
from bot.fleet.diagnostics.facts import NoAnswer
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.verification.narrowing import disagreement
from bot.fleet.verification.verdict import NOTHING, Day
from bot.model import ExpectedDay, TableSpec
from bot.ports import Warehouse

# A little below the time limit of a probe, so that the probe itself says what it could not prove.
TIME_LIMIT = timedelta(seconds=8)


async def check_expected_rows(warehouse: Warehouse, customer: str, config: Config) -> Answer:
    """Compares the statements on the first day on which this customer has rows. A comparison that fails or takes too
    long is only a warning: if ClickHouse or a statement does not work, the probe of ClickHouse reports the problem.
    """
    tables = [table.spec for table in config.verify.tables if table.expected_rows]
    facts = [await _compare(table, customer, config, warehouse) for table in tables]
    agreeing = tuple(table.name for table, fact in zip(tables, facts, strict=True) if fact is None)
    return Answer(
        facts=(RowsAgree(agreeing),) if agreeing else (),
        problems=tuple(fact for fact in facts if isinstance(fact, RowsDisagree)),
        warnings=tuple(fact for fact in facts if isinstance(fact, RowsUnproven | NoAnswer)),
    )


async def _compare(
    table: TableSpec, customer: str, config: Config, warehouse: Warehouse
) -> RowsDisagree | RowsUnproven | NoAnswer | None:
    """How the two statements of this table differ, or why they could not be compared; None if they agree."""
    seconds = TIME_LIMIT.total_seconds() / len(config.verify.tables)
    try:
        async with asyncio.timeout(seconds):
            expected = await warehouse.expected(table, customer, config.campaign.window)
            if not expected:
                return RowsUnproven(table.name, customer, "")
            day = min(expected)
            return await _compare_day(table, customer, day, expected[day], warehouse)
    except DependencyError as exc:
        return RowsUnproven(table.name, customer, exc.why)
    except TimeoutError:
        return NoAnswer(seconds)


async def _compare_day(
    table: TableSpec, customer: str, day: date, expected: ExpectedDay, warehouse: Warehouse
) -> RowsDisagree | None:
    returned = (await warehouse.count_by_hour(table, customer, [day])).source
    counted = Day(day, NOTHING, expected.rows, expected_checksum=expected.checksum)
    problem = disagreement(table.name, [counted], returned)
    return RowsDisagree(table.name, customer, day, problem.returned, problem.expected) if problem else None
