"""The run history in memory equals the database: with several writers, after failures, and for long pasts."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from bot.adapters.store import Store, open_store
from bot.adapters.store.database import open_database
from bot.adapters.store.tables import executions
from bot.model import Execution, ExecutionStatus, JournalEntry, Reading, Ref
from tests.adapters.store.given import NOW, episode, minutes
from tests.adapters.store.raw import sql

CLUSTER = "voice-prod"
READING = Reading(CLUSTER, ("CustomerBackfill",), NOW, latest=NOW, is_whole=True)


def run(number: int, status: ExecutionStatus = ExecutionStatus.COMPLETED) -> Execution:
    ref, closed_at = Ref(CLUSTER, f"w{number:04}", "r"), None if status.is_open else NOW
    return Execution(ref, "CustomerBackfill", "backfill", status, NOW - minutes(number + 1), closed_at)


async def recalled(store: Store) -> list[Execution]:
    return sorted((await store.ledger.recall(CLUSTER)).executions, key=lambda execution: execution.ref)


async def test_each_of_two_bots_recalls_what_the_other_has_written_since(url: str) -> None:
    async with open_store(url) as first_store, open_store(url) as second_store:
        await first_store.ledger.keep([run(0), run(1, ExecutionStatus.RUNNING)])
        before = await recalled(second_store)
        await second_store.ledger.keep([run(2)], READING)
        await first_store.ledger.keep([run(1), run(3)])
        await second_store.ledger.keep([run(1, ExecutionStatus.RUNNING)])
        after = [await recalled(first_store), await recalled(second_store)]
        reading = (await first_store.ledger.recall(CLUSTER)).reading

    assert before == [run(0), run(1, ExecutionStatus.RUNNING)]
    assert after == [[run(0), run(1), run(2), run(3)]] * 2
    assert reading == READING


async def test_bots_that_write_and_recall_at_once_miss_nothing(url: str) -> None:
    async with open_store(url) as first_store, open_store(url) as second_store:

        async def write(store: Store, first: int) -> None:
            for number in range(first, 40, 2):
                await store.ledger.keep([run(number), run(number + 100)])
                await store.ledger.recall(CLUSTER)

        await asyncio.gather(write(first_store, 0), write(second_store, 1))
        known = [await recalled(first_store), await recalled(second_store)]

    wanted = sorted(
        (run(number + more) for number in range(40) for more in (0, 100)), key=lambda execution: execution.ref
    )
    assert known == [wanted, wanted]


async def test_what_was_not_written_is_not_recalled(url: str) -> None:
    naive = replace(run(1), started_at=NOW.replace(tzinfo=None))
    async with open_store(url) as store:
        await store.ledger.keep([run(0)])
        await recalled(store)
        with pytest.raises(Exception, match="no time zone"):
            await store.ledger.keep([run(2), naive])
        after_failure = await recalled(store)
        await store.ledger.keep([run(2)])

        assert after_failure == [run(0)]
        assert await recalled(store) == [run(0), run(2)]


async def test_a_word_that_says_nothing_new_is_not_read_again(url: str) -> None:
    async with open_store(url) as store:
        await store.ledger.keep([run(0), run(1)])
        before = await sql(url, "SELECT max(serial) FROM executions")
        await store.ledger.keep([run(0), run(1)], READING)

    assert await sql(url, "SELECT max(serial) FROM executions") == before


async def test_a_database_that_has_lost_its_latest_writes_is_read_again(url: str) -> None:
    """As a server that has taken over from one that broke down."""
    async with open_store(url) as store, open_store(url) as other:
        await store.ledger.keep([run(number) for number in range(5)])
        await recalled(store)
        await sql(url, delete(executions).where(executions.c.workflow_id >= "w0003"))
        await other.ledger.keep([run(7), run(8), run(9)])

        assert await recalled(store) == [run(0), run(1), run(2), run(7), run(8), run(9)]


async def test_rows_of_before_there_were_serials_are_all_recalled(url: str) -> None:
    """More of them than are read at once."""
    runs = [run(number) for number in range(1_200)]
    async with open_store(url) as store:
        await store.ledger.keep(runs, READING)
    for statement in (
        "DROP INDEX ix_executions_cluster_serial",
        "ALTER TABLE executions DROP COLUMN serial",
        # What came after it.
        "ALTER TABLE outbox DROP COLUMN threads",
        "DROP TABLE dialogs",
        "DROP TABLE known_reasons",
        "DROP INDEX ix_outbox_elsewhere",
        "ALTER TABLE outbox DROP COLUMN destination",
        "DROP INDEX ix_outbox_posted_at",
        "DROP TABLE subscriptions",
        "DROP TABLE campaigns",
        "ALTER TABLE audit DROP COLUMN campaign",
        "UPDATE alembic_version SET version_num = '0005'",
    ):
        await sql(url, statement)
    async with open_store(url) as store:
        assert await recalled(store) == runs


async def test_a_customer_loses_the_runs_that_the_database_has_lost(url: str) -> None:
    async with open_store(url, customer_of=lambda run: run.ref.workflow_id[:4]) as store:
        await store.ledger.keep([run(1), run(12)])
        before = (await store.ledger.recall_customer(CLUSTER, "w001")).executions
        await sql(url, delete(executions).where(executions.c.workflow_id == "w0012"))

        assert before == (run(12),)
        assert (await store.ledger.recall_customer(CLUSTER, "w001")).executions == ()
        assert (await store.ledger.recall_customer(CLUSTER, "w000")).executions == (run(1),)


async def test_only_what_is_new_is_told_again(url: str) -> None:
    async with open_store(url) as store:
        await store.ledger.keep([run(1), run(2)])
        first = await store.ledger.recall_changes(CLUSTER, None)
        await store.ledger.keep([run(2), run(3)])
        second = await store.ledger.recall_changes(CLUSTER, first.mark)
        third = await store.ledger.recall_changes(CLUSTER, second.mark)

        assert (first.executions, first.is_all) == ((run(1), run(2)), True)
        assert (second.executions, second.is_all) == ((run(3),), False)
        assert (third.executions, third.is_all) == ((), False)


async def test_after_rows_were_lost_all_are_told_again(url: str) -> None:
    async with open_store(url) as store:
        await store.ledger.keep([run(1), run(2)])
        first = await store.ledger.recall_changes(CLUSTER, None)
        await sql(url, delete(executions).where(executions.c.workflow_id == "w0002"))
        again = await store.ledger.recall_changes(CLUSTER, first.mark)

        assert (again.executions, again.is_all) == ((run(1),), True)


async def test_askers_who_give_up_early_do_not_make_it_begin_again(url: str) -> None:
    runs = [run(number) for number in range(5_000)]
    async with open_store(url) as store:
        await store.ledger.keep(runs, READING)
    async with open_store(url) as store:
        for pause in range(30):
            asking = [asyncio.create_task(store.ledger.recall(CLUSTER)) for _ in range(2)]
            await asyncio.wait(asking, timeout=pause / 1_000)
            for task in asking:
                task.cancel()
            await asyncio.wait(asking)

        assert await recalled(store) == runs


async def test_a_store_that_is_closed_while_it_reads_ahead_closes_at_once(url: str) -> None:
    async with open_store(url) as store:
        await store.ledger.keep([run(number) for number in range(5_000)], READING)
    for pause in range(10):
        async with asyncio.timeout(20), open_store(url, [CLUSTER]):
            await asyncio.sleep(pause / 500)


@pytest.mark.parametrize(("cluster", "failures"), [(CLUSTER, ["run history not read ahead"]), ("chat-prod", [])])
async def test_it_reads_ahead_what_it_is_told_to_and_says_when_it_cannot(
    url: str, cluster: str, failures: list[str]
) -> None:
    async with open_store(url) as store:
        await store.ledger.keep([run(0)], READING)
    await sql(url, "UPDATE executions SET status = 'never heard of'")
    with capture_logs() as logs:
        async with open_store(url, [cluster]) as store:
            await asyncio.sleep(0)
            # It has its turn after the reading ahead.
            with suppress(ValueError):
                await store.ledger.recall(cluster)

    assert [line["event"] for line in logs if line["log_level"] == "error"] == failures


async def test_who_gives_up_on_a_write_leaves_at_once_and_it_is_written_before_the_store_closes(url: str) -> None:
    async with open_store(url) as store, open_database(url) as other, other.writing():
        for work in (
            store.ledger.keep([run(0)], READING),
            store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW),
        ):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await work
        held = await recalled(store)
    async with open_store(url) as store:
        assert held == []
        assert await recalled(store) == [run(0)]
        assert [open_episode.id for open_episode in await store.journal.open_episodes()] == ["e1"]


async def test_a_write_that_fails_when_nobody_waits_for_it_any_more_harms_nothing(url: str) -> None:
    async with open_store(url) as store:
        await store.ledger.keep([run(0)])
        async with open_database(url) as other, other.writing() as connection:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await store.ledger.keep([replace(run(1), started_at=NOW.replace(tzinfo=None))])
            await connection.execute(delete(executions))
        await store.ledger.keep([run(2)])

        assert await recalled(store) == [run(2)]
