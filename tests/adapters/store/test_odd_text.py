"""Text that databases reject, and names too long for an index, are recorded and found all the same."""

import secrets
from dataclasses import replace

import pytest

from bot.adapters.store import Store, open_store
from bot.adapters.store.columns import LONGEST_NAME
from bot.model import (
    AuditOutcome,
    AuditRecord,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    JournalEntry,
    Subject,
)
from tests.adapters.store.given import HILTON, NOW, episode, message, minutes, observation, seen

ODD = ["a\0b", "half an emoji \ud83d"]


def refused(customer: str) -> AuditRecord:
    subject = Subject(customer=customer)
    return AuditRecord(
        at=NOW, user_id="U1", command="ack", subject=subject, outcome=AuditOutcome.REFUSED, why="", reason=""
    )


async def everything(store: Store, odd: str) -> None:
    """Record it wherever text from outside goes, and ask for it by the same name."""
    ref = replace(HILTON, workflow_id=odd)
    await store.journal.record(
        JournalEntry(
            failures=(seen(1, ref, activity_id=odd, failure=Failure(FailureKind.APPLICATION, odd)),),
            observations=(observation(odd, ref, odd),),
            episodes=(episode("e1", replace(HILTON, workflow_id="w")),),
            messages=(message(odd, thread=""), message("line", thread=odd)),
            audit=(refused(odd),),
        ),
        NOW,
    )
    await store.ledger.keep([Execution(ref, odd, odd, ExecutionStatus.RUNNING, NOW, None, {"k": "v"})])
    await store.outbox.postpone(odd, NOW, odd, 1)


@pytest.mark.parametrize("odd", [*ODD, "x" * 3_000, secrets.token_hex(4_000), "接" * 3_000])
async def test_odd_text_is_recorded_and_found_by_the_name_it_came_with(url: str, odd: str) -> None:
    async with open_store(url) as store:
        await everything(store, odd)
        ref = replace(HILTON, workflow_id=odd)
        failures = await store.journal.failures([ref])
        memory = await store.journal.memory(HILTON.cluster, [ref])
        trail = await store.journal.audit(odd, 10)
        nobody = await store.journal.episode(odd)
        first, again = [await store.deliveries.first_time(f"trigger {odd}", NOW) for _ in range(2)]
        waiting = await store.outbox.due(NOW + minutes(60), 10)

    assert [len(found) for found in failures.values()] == [1]
    assert len(memory.observations) == 1
    assert len(trail.records) == 1
    assert nobody is None
    assert (first, again) == (True, False)
    assert any(queued.message.key.startswith(odd[:1]) for queued in waiting)


async def test_names_that_begin_alike_are_told_apart_however_long_they_are(url: str) -> None:
    long_name, other_name = ("x" * 2 * LONGEST_NAME + end for end in "12")
    async with open_store(url) as store:
        both = [await store.deliveries.first_time(name, NOW) for name in (long_name, other_name)]
        await store.journal.record(JournalEntry(audit=(refused(long_name),)), NOW)
        found = [len((await store.journal.audit(name, 10)).records) for name in (long_name, other_name)]

    assert both == [True, True]
    assert found == [1, 0]


async def test_a_name_as_long_as_temporal_takes_comes_back_as_it_is(url: str) -> None:
    longest = replace(HILTON, workflow_id="w" * LONGEST_NAME)
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(failures=(seen(1, longest, activity_id="a" * LONGEST_NAME),)), NOW)
        known = await store.journal.failures([longest])

    assert list(known) == [longest]
