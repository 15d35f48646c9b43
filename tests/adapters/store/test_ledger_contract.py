"""The contract of bot.ports.RunHistory, on the fake and on the databases."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from bot.fleet.runs.run_counts import CountedDays, agreed_of, counts_of, with_agreed, with_counts
from bot.model import Execution, ExecutionStatus, HistoryMark, Reading, RecordedRuns, Ref, Window
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import HILTON, NOW, SPIRIT, minutes

OPEN = Execution(
    ref=HILTON,
    workflow_type="CustomerBackfill",
    task_queue="backfill",
    status=ExecutionStatus.RUNNING,
    started_at=NOW - minutes(60),
    hints={"customer": "hilton", "odd": 'søppel "\n\x00 \ud800'},
)
COMPLETED = replace(OPEN, status=ExecutionStatus.COMPLETED, closed_at=NOW)
GONE = replace(OPEN, status=ExecutionStatus.GONE, closed_at=NOW + minutes(5))
READING = Reading(
    cluster="voice-prod",
    types=("CustomerBackfill", "Other"),
    begun_at=NOW,
    latest=NOW - minutes(1),
    told_at=NOW - minutes(2),
    sure_until=NOW - minutes(3),
    rest_until=NOW - minutes(90),
    is_whole=True,
)


async def recalled(store: Sides, cluster: str = "voice-prod") -> list[Execution]:
    return sorted((await store.ledger.recall(cluster)).executions, key=lambda execution: execution.ref)


async def test_an_empty_ledger_recalls_nothing(store: Sides) -> None:
    assert await store.ledger.recall("voice-prod") == RecordedRuns()


@pytest.mark.parametrize("execution", [OPEN, COMPLETED, GONE], ids=lambda execution: execution.status.name)
async def test_an_execution_comes_back_as_it_was_kept(store: Sides, execution: Execution) -> None:
    await store.ledger.keep([execution])

    assert await recalled(store) == [execution]


async def test_how_far_reading_has_come_is_replaced_and_belongs_to_its_cluster(store: Sides) -> None:
    begun = Reading("voice-prod", ("CustomerBackfill",), NOW)

    await store.ledger.keep([], begun)
    await store.ledger.keep([], READING)
    await store.ledger.keep([COMPLETED])

    assert (await store.ledger.recall("voice-prod")).reading == READING
    assert (await store.ledger.recall("chat-prod")).reading is None


async def test_clusters_are_kept_apart(store: Sides) -> None:
    elsewhere = replace(OPEN, ref=SPIRIT)

    await store.ledger.keep([COMPLETED, elsewhere])

    assert await recalled(store) == [COMPLETED]
    assert await recalled(store, SPIRIT.cluster) == [elsewhere]


async def test_the_runs_of_a_customer_come_without_those_of_others_and_with_how_far_its_cluster_was_read(
    store: Sides,
) -> None:
    another = replace(OPEN, ref=Ref("voice-prod", "w2", "r"), hints={"customer": "vivint"})
    unrecognised = replace(OPEN, ref=Ref("voice-prod", "w3", "r"), hints={})

    await store.ledger.keep([COMPLETED, another, unrecognised, replace(OPEN, ref=SPIRIT)], READING)

    assert await store.ledger.recall_customer("voice-prod", "hilton") == RecordedRuns((COMPLETED,), READING)
    assert await store.ledger.recall_customer("voice-prod", "spirit") == RecordedRuns((), READING)
    assert await store.ledger.recall_customer("elsewhere", "hilton") == RecordedRuns()


async def test_whoever_asks_again_gets_what_was_recorded_since(store: Sides) -> None:
    another = replace(OPEN, ref=Ref("voice-prod", "w2", "r"))
    known: dict[Ref, Execution] = {}
    mark: HistoryMark | None = None
    for portion in ([OPEN], [another], [], [COMPLETED], [replace(OPEN, ref=SPIRIT)]):
        await store.ledger.keep(portion, READING)
        changes = await store.ledger.recall_changes("voice-prod", mark)
        known = {run.ref: run for run in changes.executions} if changes.is_all else known
        known |= {run.ref: run for run in changes.executions}
        mark = changes.mark

        assert sorted(known.values(), key=lambda run: run.ref) == await recalled(store)
        assert changes.reading == READING


async def test_a_run_belongs_to_the_customer_that_it_was_last_seen_with(store: Sides) -> None:
    renamed = replace(COMPLETED, hints={"customer": "hilton-hotels"})

    await store.ledger.keep([OPEN])
    before = await store.ledger.recall_customer("voice-prod", "hilton")
    await store.ledger.keep([renamed])

    assert before.executions == (OPEN,)
    assert (await store.ledger.recall_customer("voice-prod", "hilton")).executions == ()
    assert (await store.ledger.recall_customer("voice-prod", "hilton-hotels")).executions == (renamed,)


async def test_every_run_of_the_same_id_is_kept(store: Sides) -> None:
    again = replace(OPEN, ref=replace(HILTON, run_id="run-9"))

    await store.ledger.keep([COMPLETED])
    await store.ledger.keep([again])

    assert await recalled(store) == [COMPLETED, again]


@pytest.mark.parametrize(
    ("first", "then"),
    [(OPEN, COMPLETED), (OPEN, GONE), (GONE, OPEN), (GONE, COMPLETED)],
    ids=["ended", "gone", "found again", "found again, ended"],
)
async def test_the_latest_word_on_a_run_stays(store: Sides, first: Execution, then: Execution) -> None:
    await store.ledger.keep([first])
    await store.ledger.keep([then])

    assert await recalled(store) == [then]


@pytest.mark.parametrize("late", [OPEN, GONE], ids=["open", "gone"])
async def test_an_end_stays_although_another_bot_that_looked_before_it_writes_after_it(
    store: Sides, late: Execution
) -> None:
    await store.ledger.keep([COMPLETED])
    await store.ledger.keep([late, replace(late, ref=replace(HILTON, run_id="run-9"))])

    assert [execution.status for execution in await recalled(store)] == [ExecutionStatus.COMPLETED, late.status]


async def test_an_end_that_was_wrong_is_replaced_by_the_right_one(store: Sides) -> None:
    failed = replace(COMPLETED, status=ExecutionStatus.FAILED)

    await store.ledger.keep([COMPLETED])
    await store.ledger.keep([failed])

    assert await recalled(store) == [failed]


async def test_two_bots_that_write_the_same_at_once_write_it_once(store: Sides) -> None:
    runs = [replace(COMPLETED, ref=Ref("voice-prod", f"w{number}", "r")) for number in range(200)]

    await asyncio.gather(store.ledger.keep(runs, READING), store.ledger.keep(runs[::-1], READING))

    assert {execution.ref for execution in await recalled(store)} == {execution.ref for execution in runs}
    assert (await store.ledger.recall("voice-prod")).reading == READING


async def test_thousands_of_runs_are_kept_and_recalled(store: Sides) -> None:
    runs = [replace(COMPLETED, ref=Ref("voice-prod", f"w{number:05}", "r")) for number in range(5_000)]

    await store.ledger.keep(runs)

    assert await recalled(store) == runs


def test_the_statuses_a_store_may_hold_keep_their_text() -> None:
    # Rows hold these words: another text would need a migration.
    assert {status.value for status in ExecutionStatus} == {
        "running",
        "completed",
        "failed",
        "cancelled",
        "terminated",
        "timed out",
        "continued as new",
        "no longer known to Temporal",
    }


async def test_the_counts_of_a_run_stay_although_a_bot_that_had_not_seen_them_writes_after_them(store: Sides) -> None:
    first, rest = Window(date(2026, 1, 1), date(2026, 1, 6)), Window(date(2026, 1, 6), date(2026, 2, 21))
    whole = Window(first.start, rest.end)
    matching, differing = CountedDays(whole, NOW, matches=True), CountedDays(first, NOW + minutes(5), matches=False)
    counted = replace(COMPLETED, hints=with_counts(COMPLETED, [matching]))
    await store.ledger.keep([replace(counted, hints=with_agreed(counted, ["scores"]))])
    await store.ledger.keep([replace(COMPLETED, task_queue="moved")])
    [kept] = await recalled(store)
    await store.ledger.keep([replace(COMPLETED, hints=with_counts(COMPLETED, [differing]))])
    [last] = await recalled(store)

    assert kept.task_queue == "moved"
    assert counts_of(kept) == (matching,)
    assert agreed_of(kept) == agreed_of(last) == {"scores"}
    assert counts_of(last) == (differing, CountedDays(rest, NOW, matches=True))
