"""In random sequences of calls the fake and the database give the same answers."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.store.database import Database, open_database
from bot.adapters.store.deliveries import SqlDeliveries
from bot.adapters.store.dialogs import SqlDialogs
from bot.adapters.store.journal import SqlJournal
from bot.adapters.store.leases import SqlLeases
from bot.adapters.store.migrate import migrate
from bot.adapters.store.outbox import SqlOutbox
from bot.adapters.store.run_history import SqlRunHistory
from bot.adapters.store.subscriptions import SqlSubscriptions
from bot.adapters.store.tables import metadata
from bot.errors import Conflict
from bot.model import Address, AuditOutcome, AuditRecord, Ending, JournalEntry, Queued, Subject
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import HILTON, NOW, SPIRIT, episode, message, observation, seen
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.dialogs import FakeDialogs
from tests.fakes.journal import FakeJournal
from tests.fakes.leases import FakeLeases
from tests.fakes.ledger import FakeLedger
from tests.fakes.outbox import FakeOutbox
from tests.fakes.subscriptions import FakeSubscriptions

THREADS = {"root": "", "other root": "", "a": "root", "b": "root", "c": "other root", "orphan": "nowhere"}
AUDITED = [
    AuditRecord(NOW, "U1", "ack", Subject("voice-prod", customer), outcome, "why", "before", "after")
    for customer, outcome in (
        ("hilton", AuditOutcome.DONE),
        ("Hilton", AuditOutcome.FAILED),
        ("spirit", AuditOutcome.DONE),
    )
]
KEYS = st.sampled_from(sorted(THREADS))


@dataclass(frozen=True)
class Step:
    """One thing that happens to a store, some seconds after ``NOW``."""

    what: str
    seconds: int
    key: str
    number: int
    entry: JournalEntry


def _entries() -> st.SearchStrategy[JournalEntry]:
    messages = st.builds(
        lambda key, body: message(key, body, THREADS[key]), KEYS, st.sampled_from(["first", "second", "thïrd"])
    )
    episodes = st.builds(
        lambda name, storm, ending, ref, revision: episode(
            name, ref, root_key=storm or name, ending=ending, revision=revision
        ),
        st.sampled_from(["e1", "e2", "e3"]),
        st.sampled_from(["", "storm"]),
        st.sampled_from([None, Ending.COMPLETED]),
        st.sampled_from([HILTON, SPIRIT]),
        st.integers(0, 2),
    )
    return st.builds(
        JournalEntry,
        failures=st.lists(st.builds(seen, st.integers(1, 3), st.sampled_from([HILTON, SPIRIT])), max_size=2).map(
            tuple
        ),
        observations=st.lists(st.builds(observation, st.sampled_from(["1", "2"])), max_size=1).map(tuple),
        episodes=st.lists(episodes, max_size=2).map(tuple),
        messages=st.lists(messages, max_size=4).map(tuple),
        seen=st.dictionaries(st.sampled_from(["voice-prod"]), st.integers(0, 9).map(lambda n: NOW + timedelta(n))),
        snapshot=st.sampled_from(["", "one", "two"]),
        audit=st.lists(st.sampled_from(AUDITED), max_size=2).map(tuple),
    )


LATER = ("postpone", "set_aside", "leave_out", "forget")
STEPS = st.builds(
    Step,
    what=st.sampled_from(["record", "record", "read", "begin", "no effect", "done", "done", *LATER]),
    seconds=st.integers(0, 20),
    key=KEYS,
    number=st.integers(1, 3),
    entry=_entries(),
)


def test_the_database_answers_as_the_fake_does(url: str) -> None:
    with asyncio.Runner() as loop:
        opened = open_database(url)
        database = loop.run(opened.__aenter__())
        loop.run(migrate(database))

        @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(STEPS, min_size=1, max_size=12))
        def agree(steps: list[Step]) -> None:
            assert loop.run(_on_the_fake(steps)) == loop.run(_on_the_database(database, steps))

        try:
            agree()
        finally:
            loop.run(opened.__aexit__(None, None, None))


async def _on_the_fake(steps: list[Step]) -> list[Any]:
    outbox = FakeOutbox()
    others = FakeLedger(), FakeLeases(), FakeDeliveries(), FakeDialogs(), FakeSubscriptions()
    return await _run(Sides(FakeJournal(outbox), outbox, *others), steps)


async def _on_the_database(database: Database, steps: list[Step]) -> list[Any]:
    async with database.writing() as connection:
        for table in metadata.sorted_tables:
            await connection.execute(table.delete())
    journal, outbox = SqlJournal(database), SqlOutbox(database)
    return await _run(
        Sides(
            journal,
            outbox,
            SqlRunHistory(database),
            SqlLeases(database),
            SqlDeliveries(database),
            SqlDialogs(database),
            SqlSubscriptions(database),
        ),
        steps,
    )


async def _run(store: Sides, steps: list[Step]) -> list[Any]:
    """Everything the store answers after each step."""
    recorded: set[str] = set()
    read: dict[str, Queued] = {}
    answers: list[Any] = []
    for step in steps:
        if step.what == "record":
            answers.append(await _record(store, step, recorded))
        elif step.key in recorded:
            answers.append(await _try(store, step, read))
            await _change(store, step)
        answers.append(await _answers(store, step))
    return answers


async def _record(store: Sides, step: Step, recorded: set[str]) -> str:
    try:
        await store.journal.record(step.entry, NOW + timedelta(seconds=step.seconds))
    except Conflict as exc:
        return str(exc)
    recorded |= {queued.key for queued in step.entry.messages}
    return "recorded"


async def _try(store: Sides, step: Step, read: dict[str, Queued]) -> Queued | None:
    """Begins what was read some steps ago, or just now."""
    known = await store.outbox.get(step.key)
    assert known is not None
    match step.what:
        case "read":
            read[step.key] = known
        case "begin":
            return await store.outbox.begin_attempt(read.pop(step.key, known), NOW + timedelta(seconds=step.seconds))
        case "no effect":
            await store.outbox.clear_attempt(read.pop(step.key, known))
    return known


async def _change(store: Sides, step: Step) -> None:
    now = NOW + timedelta(seconds=step.seconds)
    match step.what:
        case "done":
            address = Address("C1", f"{step.key}.{step.number}")
            await store.outbox.done(
                step.key, step.number, address, now + timedelta(seconds=5) if step.seconds else None
            )
        case "postpone":
            await store.outbox.postpone(step.key, now + timedelta(seconds=5), "later", step.number)
        case "set_aside":
            await store.outbox.dead_letter(step.key, step.number, f"refused {step.number}", now)
        case "leave_out":
            await store.outbox.discard_stale(step.key, step.number, "overtaken")
        case "forget":
            await store.outbox.mark_deleted(step.key, Address("C1", f"{step.key}.{step.number}"), now)


async def _answers(store: Sides, step: Step) -> list[Any]:
    return [
        await store.outbox.due(NOW + timedelta(seconds=step.seconds), step.number * 2),
        await store.outbox.dead_letters(NOW + timedelta(seconds=step.seconds)),
        await store.outbox.overdue(NOW + timedelta(seconds=step.seconds)),
        await store.outbox.undelivered(),
        await store.outbox.address(step.key),
        await store.journal.memory("voice-prod", [HILTON, SPIRIT]),
        await store.journal.open_episodes(),
        await store.journal.failures([HILTON, SPIRIT]),
        await store.journal.last_seen(),
        await store.journal.snapshot(),
        await store.journal.audit("hilton", step.number),
    ]
