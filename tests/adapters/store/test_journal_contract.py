"""The contract of bot.ports.Journal, on the fake and on the database."""

from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest

from bot.errors import Conflict
from bot.model import (
    ActiveSnooze,
    Address,
    AlertReason,
    Child,
    Ending,
    Failure,
    FailureKind,
    JournalEntry,
    KnownReason,
    Opened,
    OutboxMessage,
    SuggestedWindows,
    TroubledChildren,
    Window,
)
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import HILTON, NOW, SPIRIT, TIMED_OUT, episode, minutes, observation, seen

JAN_1 = Window(date(2026, 1, 1), date(2026, 1, 2))


async def test_an_empty_journal_remembers_nothing(store: Sides) -> None:
    memory = await store.journal.memory("voice-prod", [HILTON])

    assert memory.episodes == ()
    assert memory.observations == ()
    assert await store.journal.open_episodes() == ()
    assert await store.journal.episode("e1") is None
    assert await store.journal.failures([HILTON]) == {}
    assert await store.journal.last_seen() == {}
    assert await store.journal.snapshot() == ""


async def test_an_episode_comes_back_as_it_was_recorded(store: Sides) -> None:
    recorded = episode(
        "e1",
        quiet=ActiveSnooze("U1", NOW + minutes(30)),
        acked_by="U2",
        last_failure=Failure(FailureKind.APPLICATION, 'no such table: "søppel"\n\x00 <!channel>'),
        children=TroubledChildren(1, 51, (Child("copy-1"),), Child("copy-1", JAN_1), AlertReason.STALLED),
        suggested=SuggestedWindows(11, 5, minutes(1_380), minutes(1_860)),
    )

    await store.journal.record(JournalEntry(episodes=(recorded,)), NOW)

    assert await store.journal.episode("e1") == replace(recorded, revision=1)


async def test_the_latest_episode_of_a_workflow_id_is_found_whatever_its_run_and_whether_it_is_open(
    store: Sides,
) -> None:
    first, later = episode("e1", ending=Ending.FAILED, ended_at=NOW), episode("e2", opened_at=NOW + minutes(9))
    other = episode("e3", ref=replace(later.ref, workflow_id="another"), opened_at=NOW + minutes(10))
    again = replace(later, ref=replace(later.ref, run_id="another"))
    await store.journal.record(JournalEntry(episodes=(first, again, other)), NOW)

    assert await store.journal.latest_episode(first.ref.cluster, first.ref.workflow_id) == replace(again, revision=1)
    assert await store.journal.latest_episode("elsewhere", first.ref.workflow_id) is None


async def test_an_episode_without_customer_and_window_comes_back(store: Sides) -> None:
    unknown = episode("e1", customer="", window=None, last_heartbeat_at=None, last_failure=None)

    await store.journal.record(JournalEntry(episodes=(unknown,)), NOW)

    assert await store.journal.episode("e1") == replace(unknown, revision=1)


async def test_an_episode_recorded_again_replaces_what_was_known(store: Sides) -> None:
    await store.journal.record(JournalEntry(episodes=(episode("e1", attempt=2),)), NOW)
    await store.journal.record(JournalEntry(episodes=(episode("e1", attempt=3, revision=1),)), NOW)

    open_now = await store.journal.open_episodes()

    assert [(found.attempt, found.revision) for found in open_now] == [(3, 2)]


async def test_an_ended_episode_is_known_and_no_longer_open(store: Sides) -> None:
    ended = episode("e1", ending=Ending.COMPLETED, ended_at=NOW, revision=1)

    await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
    await store.journal.record(JournalEntry(episodes=(ended,)), NOW)

    assert await store.journal.open_episodes() == ()
    assert await store.journal.episode("e1") == replace(ended, revision=2)
    assert (await store.journal.memory("voice-prod", [HILTON])).episodes == ()


async def test_open_episodes_of_all_clusters_are_listed_oldest_first(store: Sides) -> None:
    late = episode("late", opened_at=NOW + minutes(5))
    early = episode("early", SPIRIT, opened_at=NOW)

    await store.journal.record(JournalEntry(episodes=(late, early)), NOW)

    assert [found.id for found in await store.journal.open_episodes()] == ["early", "late"]


async def test_a_pass_remembers_the_open_episodes_of_its_own_cluster(store: Sides) -> None:
    await store.journal.record(JournalEntry(episodes=(episode("e1"), episode("e2", SPIRIT))), NOW)

    memory = await store.journal.memory("voice-prod", [HILTON])

    assert [found.id for found in memory.episodes] == ["e1"]


async def test_a_pass_remembers_ended_episodes_while_their_storm_goes_on(store: Sides) -> None:
    over = episode("over", root_key="storm", ending=Ending.COMPLETED)
    going_on = episode("going on", root_key="storm", opened_at=NOW + minutes(1))

    await store.journal.record(JournalEntry(episodes=(over, going_on)), NOW)
    during = await store.journal.memory("voice-prod", [HILTON])
    over_too = replace(going_on, ending=Ending.FAILED, revision=1)
    await store.journal.record(JournalEntry(episodes=(over_too,)), NOW)
    after = await store.journal.memory("voice-prod", [HILTON])

    assert [found.id for found in during.episodes] == ["over", "going on"]
    assert after.episodes == ()


async def test_failures_come_back_by_run_and_attempt(store: Sides) -> None:
    await store.journal.record(JournalEntry(failures=(seen(3), seen(1), seen(2, SPIRIT))), NOW)

    found = await store.journal.failures([HILTON, SPIRIT])

    assert found == {HILTON: (seen(1), seen(3)), SPIRIT: (seen(2, SPIRIT),)}


async def test_a_run_nobody_asked_for_is_not_answered(store: Sides) -> None:
    await store.journal.record(JournalEntry(failures=(seen(1),)), NOW)

    assert await store.journal.failures([SPIRIT]) == {}
    assert await store.journal.failures([]) == {}


async def test_a_failure_seen_again_keeps_when_it_was_first_seen(store: Sides) -> None:
    again = seen(1, seen_at=NOW + minutes(1))

    await store.journal.record(JournalEntry(failures=(seen(1),)), NOW)
    await store.journal.record(JournalEntry(failures=(again, again)), NOW)

    assert await store.journal.failures([HILTON]) == {HILTON: (seen(1),)}


async def test_two_kinds_of_failure_of_one_attempt_are_both_kept(store: Sides) -> None:
    other = seen(1, failure=Failure(FailureKind.APPLICATION, "disk full"), seen_at=NOW + minutes(1))

    await store.journal.record(JournalEntry(failures=(seen(1), other)), NOW)

    assert await store.journal.failures([HILTON]) == {HILTON: (seen(1), other)}


async def test_failures_of_thousands_of_runs_are_found_at_once(store: Sides) -> None:
    refs = [HILTON, *(type(HILTON)("voice-prod", f"w{n}", "r") for n in range(2_500))]

    await store.journal.record(JournalEntry(failures=tuple(seen(1, ref) for ref in refs)), NOW)

    assert len(await store.journal.failures(refs)) == 2_501


async def test_moments_come_back_aware_and_the_same_from_any_time_zone(store: Sides) -> None:
    there = timezone(timedelta(hours=5, minutes=30))

    await store.journal.record(JournalEntry(seen={"voice-prod": NOW.astimezone(there)}), NOW)
    at = (await store.journal.last_seen())["voice-prod"]

    assert at == NOW
    assert at.utcoffset() is not None


async def test_microseconds_survive(store: Sides) -> None:
    exact = NOW.replace(microsecond=123_456)

    await store.journal.record(JournalEntry(failures=(seen(1, seen_at=exact),)), exact)

    assert (await store.journal.failures([HILTON]))[HILTON][0].seen_at == exact


async def test_a_later_sighting_stays_whichever_is_recorded_last(store: Sides) -> None:
    await store.journal.record(JournalEntry(seen={"voice-prod": NOW, "chat-prod": NOW}), NOW)
    await store.journal.record(
        JournalEntry(seen={"voice-prod": NOW + minutes(1), "chat-prod": NOW - minutes(1)}), NOW
    )

    assert await store.journal.last_seen() == {"voice-prod": NOW + minutes(1), "chat-prod": NOW}


async def test_a_sighting_by_a_clock_that_was_ahead_does_not_stay(store: Sides) -> None:
    await store.journal.record(JournalEntry(seen={"voice-prod": NOW + minutes(120)}), NOW)
    await store.journal.record(JournalEntry(seen={"voice-prod": NOW}), NOW)

    assert await store.journal.last_seen() == {"voice-prod": NOW}


async def test_since_when_a_reason_is_known_stays_as_it_was_recorded_first(store: Sides) -> None:
    first = KnownReason("voice-prod", AlertReason.FAILED, NOW, older=100)
    elsewhere = KnownReason("chat-prod", AlertReason.FAILED, NOW)
    other = KnownReason("voice-prod", AlertReason.IN_DOUBT, NOW + minutes(1))
    await store.journal.record(JournalEntry(known=(first, elsewhere)), NOW)
    await store.journal.record(JournalEntry(known=(replace(first, since=NOW + minutes(1), older=0), other)), NOW)

    assert set(await store.journal.known_reasons()) == {first, elsewhere, other}


async def test_observations_are_replaced_and_belong_to_their_cluster(store: Sides) -> None:
    closed = replace(HILTON, run_id="closed")
    others = (observation("9", SPIRIT), observation("8", closed))
    await store.journal.record(JournalEntry(observations=(observation("1"), *others)), NOW)
    await store.journal.record(
        JournalEntry(observations=(observation("2"), observation("7", activity_id="other"))), NOW
    )

    memory = await store.journal.memory("voice-prod", [HILTON])

    assert memory.observations == (observation("2"), observation("7", activity_id="other"))


async def test_the_latest_snapshot_is_kept_through_entries_without_one(store: Sides) -> None:
    for count in range(25):
        await store.journal.record(JournalEntry(snapshot=f"digest {count}"), NOW)
    await store.journal.record(JournalEntry(failures=(seen(1),)), NOW)

    assert await store.journal.snapshot() == "digest 24"


async def test_the_latest_bodies_of_many_messages_are_found_at_once_posted_or_not(store: Sides) -> None:
    messages = tuple(OutboxMessage(f"sequence:{number:04}", "{}") for number in range(1_200))
    again = OutboxMessage("sequence:0007", '{"again": true}')
    # In parts, because a busy machine writes no thousand messages within the time limit of one entry.
    for first in range(0, len(messages), 100):
        await store.journal.record(JournalEntry(messages=messages[first : first + 100]), NOW)
    await store.outbox.done("sequence:0008", 1, Address("C1", "1.1"))
    await store.journal.record(JournalEntry(messages=(again,)), NOW)

    bodies = await store.journal.messages([message.key for message in messages[:1_100]] + ["unknown"])

    assert bodies == {message.key: "{}" for message in messages[:1_100]} | {again.key: again.body}
    assert await store.journal.messages([]) == {}


async def test_a_check_says_something_in_one_line(store: Sides) -> None:
    report = await store.journal.check()

    assert report
    assert "\n" not in report


def test_the_kinds_of_failure_a_store_may_hold_keep_their_text() -> None:
    # Rows hold these words: another text would need a migration.
    assert TIMED_OUT.kind == "heartbeat timeout"
    assert {kind.value for kind in FailureKind} == {
        "heartbeat timeout",
        "start-to-close timeout",
        "schedule-to-start timeout",
        "schedule-to-close timeout",
        "error",
        "cancelled",
        "failure",
    }


async def test_a_pass_remembers_what_opened_lately_whatever_became_of_it(store: Sides) -> None:
    over = episode("over", ending=Ending.COMPLETED)
    await store.journal.record(JournalEntry(episodes=(over,)), NOW)

    assert (await store.journal.memory("voice-prod", [])).episodes == ()
    assert [found.id for found in (await store.journal.memory("voice-prod", [], over.opened_at)).episodes] == ["over"]
    assert (await store.journal.memory("voice-prod", [], over.opened_at + minutes(1))).episodes == ()
    assert (await store.journal.memory("chat-prod", [], over.opened_at)).episodes == ()


async def test_of_two_who_open_alerts_at_once_the_second_hears_of_the_first(store: Sides) -> None:
    first, second = episode("first"), episode("second")
    knew_nothing = Opened("voice-prod", first.opened_at - minutes(10), frozenset())
    await store.journal.record(JournalEntry(episodes=(first,), opened=knew_nothing), NOW)

    with pytest.raises(Conflict):
        await store.journal.record(JournalEntry(episodes=(second,), opened=knew_nothing), NOW)
    assert await store.journal.episode("second") is None
    for opened in (
        replace(knew_nothing, ids=frozenset({"first"})),
        replace(knew_nothing, since=first.opened_at + minutes(1)),
        replace(knew_nothing, cluster="chat-prod"),
    ):
        await store.journal.record(JournalEntry(opened=opened), NOW)


async def test_the_episodes_of_a_time_are_those_that_were_open_in_it(store: Sides) -> None:
    recorded = (
        episode("over", opened_at=NOW - minutes(9), ended_at=NOW - minutes(5), ending=Ending.COMPLETED),
        episode("ended", opened_at=NOW - minutes(9), ended_at=NOW + minutes(5), ending=Ending.COMPLETED),
        episode("open", opened_at=NOW - minutes(8)),
        episode("within", opened_at=NOW + minutes(1), ended_at=NOW + minutes(2), ending=Ending.CANCELLED),
        episode("later", opened_at=NOW + minutes(20)),
    )
    await store.journal.record(JournalEntry(episodes=recorded), NOW)

    found = await store.journal.episodes_between(NOW, NOW + minutes(20))

    assert [found_episode.id for found_episode in found] == ["ended", "open", "within"]
