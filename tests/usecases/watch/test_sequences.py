"""What the watcher knows of sequences: when it asks, and what follows if they do not answer or have ended."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import Unavailable
from bot.fleet.alerts.handed_over import hand_over
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications.notification import StormCard, parse
from bot.fleet.notifications.sequence import BegunLine, SequenceEndLine
from bot.fleet.runs.mapping import ORDER_KEY
from bot.fleet.sequence.state import progress
from bot.model import (
    ClusterRecord,
    Description,
    Ending,
    Episode,
    ExecutionStatus,
    JournalEntry,
    OpenRun,
    Ref,
    SequenceEnd,
    SequenceSpec,
    SequenceStanding,
    Window,
)
from bot.usecases.drive.publish import SequenceReport, tell
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, description, execution, window
from tests.fleet.sequences import spec
from tests.usecases.watch.passes import describe_and_conclude, unannounced, watch

CLUSTER = "voice-prod"
AWAY = Unavailable("Temporal of voice-prod", "connection refused")


class CountingControl(FakeControl):
    """Counts the listings; a lagging one is empty."""

    listings = 0
    lags = False

    async def sequences(self) -> list[SequenceStanding]:
        self.listings += 1
        return [] if self.lags else await super().sequences()


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld(config({CLUSTER: ("hilton", "vivint")}), now=NOW)
    world.controls[CLUSTER] = CountingControl(CLUSTER, world.engines[CLUSTER], lambda: world.now)
    return world


def control(world: FakeWorld) -> CountingControl:
    counting = world.controls[CLUSTER]
    assert isinstance(counting, CountingControl)
    return counting


def struggling(
    customer: str = "hilton", days: Window = CAMPAIGN, started_by: SequenceSpec | None = None
) -> Description:
    hints = {ORDER_KEY: f"{started_by.id}:1"} if started_by else {}
    return description(activity(attempt=2, last_failure=TIMED_OUT), of=execution(customer, days, hints=hints))


def close(world: FakeWorld, status: ExecutionStatus, days: Window = CAMPAIGN) -> None:
    over = replace(execution("hilton", days), status=status, closed_at=world.now)
    world.engines[CLUSTER].put(description(of=over))


async def a_pass(world: FakeWorld) -> None:
    world.now += timedelta(seconds=15)
    await watch(CLUSTER, world.services)


async def taken_over(world: FakeWorld) -> SequenceSpec:
    """hilton struggles, and a sequence has taken over its alert."""
    world.engines[CLUSTER].put(struggling())
    await a_pass(world)
    (episode,) = await world.journal.open_episodes()
    begun = spec(started_at=world.now, thread_key=episode.root_key)
    await control(world).begin(begun)
    step = hand_over(episode, progress(control(world).states["hilton"], ()), world.now)
    await world.journal.record(JournalEntry(episodes=(step.episode,), messages=step.messages), world.now)
    control(world).listings = 0
    return begun


async def only_episode(world: FakeWorld) -> Episode:
    (episode,) = world.journal.episodes.values()
    return episode


def kinds(world: FakeWorld) -> list[str]:
    return [each.kind for each in unannounced(world)]


async def test_nobody_is_asked_while_nothing_depends_on_it(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(description(activity(), of=execution("vivint")))
    await control(world).begin(spec())
    await a_pass(world)

    assert control(world).listings == 0


async def test_an_ordinary_alert_asks_once_when_it_opens(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(struggling())
    for _ in range(3):
        await a_pass(world)

    assert control(world).listings == 1


async def test_a_window_that_struggles_opens_in_the_thread_of_its_sequence(world: FakeWorld) -> None:
    begun = await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    world.engines[CLUSTER].put(struggling(days=window(1, 6), started_by=begun))
    await a_pass(world)

    assert [episode.root_key for episode in await world.journal.open_episodes()] == [begun.thread_key] * 2
    assert [w.message.thread_key for w in world.outbox.messages.values()].count("") == 1
    assert control(world).listings == 1


async def test_a_window_that_the_sequence_follows_and_has_not_started_does_so_too(world: FakeWorld) -> None:
    days = window(1, 6)
    adopted = OpenRun(execution("hilton", days).ref, days)
    begun = spec(started_at=world.now, adopt=(adopted,), days=(window(6, 52),))
    await control(world).begin(begun)
    world.engines[CLUSTER].put(struggling(days=days))
    await a_pass(world)

    assert (await only_episode(world)).root_key == begun.thread_key


async def test_a_run_that_no_sequence_has_started_or_follows_has_an_alert_in_the_channel(world: FakeWorld) -> None:
    await control(world).begin(spec(started_at=world.now, days=(window(6, 11),)))
    world.engines[CLUSTER].put(struggling(days=window(21, 26)))
    await a_pass(world)
    world.now += world.config.alerts.remind_after + HOUR
    await a_pass(world)

    assert {row.message.thread_key for row in world.outbox.messages.values()} >= {""}
    assert kinds(world)[-1] == "reminder"


async def test_a_cluster_that_does_not_tell_its_sequences_still_tells_what_struggles(world: FakeWorld) -> None:
    await control(world).begin(spec())
    control(world).away = AWAY
    world.engines[CLUSTER].put(struggling(days=window(1, 6)))
    await a_pass(world)

    assert kinds(world)[0] == "episode"
    assert (await only_episode(world)).is_open


@pytest.mark.parametrize("status", [s for s in ExecutionStatus if not s.is_open])
async def test_the_end_of_its_run_changes_nothing_about_an_alert_that_was_handed_over(
    world: FakeWorld, status: ExecutionStatus
) -> None:
    await taken_over(world)
    before = kinds(world)
    close(world, status)
    await a_pass(world)

    assert (await only_episode(world)).is_open
    assert kinds(world) == before


async def test_nor_does_its_disappearance(world: FakeWorld) -> None:
    await taken_over(world)
    world.engines[CLUSTER].descriptions.clear()
    await a_pass(world)

    assert (await only_episode(world)).is_open


@pytest.mark.parametrize("status", [ExecutionStatus.CANCELLED, ExecutionStatus.COMPLETED, ExecutionStatus.FAILED])
async def test_however_its_run_ends_before_the_first_report_the_alert_turns_green_with_the_sequence(
    world: FakeWorld, status: ExecutionStatus
) -> None:
    world.engines[CLUSTER].put(struggling())
    state = await watch(CLUSTER, world.services)
    alert = await only_episode(world)
    world.now += timedelta(seconds=15)
    begun = spec(started_at=world.now, thread_key=alert.root_key, clear=(OpenRun(alert.ref, CAMPAIGN),))
    await control(world).begin(begun)
    over = replace(execution("hilton"), status=status, closed_at=world.now)
    world.engines[CLUSTER].put(description(of=over, cancel_requested=True))
    world.engines[CLUSTER].add(over)
    world.now += timedelta(seconds=15)
    await watch(CLUSTER, world.services, state)
    early = await only_episode(world)
    begins = progress(control(world).states["hilton"], ())
    await tell(SequenceReport(begins, 1, (BegunLine(begun, windows=11),)), world.services)
    ends = replace(begins, end=SequenceEnd.COMPLETE)
    await tell(SequenceReport(ends, 2, (SequenceEndLine(ends, HOUR),)), world.services)

    assert not early.is_open
    assert (await only_episode(world)).ending is Ending.COMPLETED


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (ExecutionStatus.TERMINATED, Ending.TERMINATED),
        (ExecutionStatus.FAILED, Ending.FAILED),
        (ExecutionStatus.TIMED_OUT, Ending.FAILED),
        (ExecutionStatus.CANCELLED, Ending.CANCELLED),
        (ExecutionStatus.COMPLETED, Ending.GONE),
    ],
)
async def test_a_sequence_that_ended_without_a_word_ends_the_alert_once_as_it_ended(
    world: FakeWorld, status: ExecutionStatus, ending: Ending
) -> None:
    await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    control(world).close("hilton", status)
    for _ in range(2):
        await a_pass(world)

    assert (await only_episode(world)).ending is ending
    assert kinds(world).count("end") == 1


async def test_a_sequence_that_nobody_knows_any_more_ends_the_alert_too(world: FakeWorld) -> None:
    await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    control(world).states.clear()
    await a_pass(world)

    assert (await only_episode(world)).ending is Ending.GONE


async def test_a_sequence_that_the_listing_only_does_not_show_yet_ends_nothing(world: FakeWorld) -> None:
    await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    control(world).lags = True
    await a_pass(world)

    assert (await only_episode(world)).is_open


async def test_nor_does_one_that_cannot_be_asked(world: FakeWorld) -> None:
    await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    control(world).close("hilton", ExecutionStatus.TERMINATED)
    control(world).away = AWAY
    await a_pass(world)

    assert (await only_episode(world)).is_open


async def test_a_run_that_struggles_on_after_its_sequence_is_an_ordinary_alert_again(world: FakeWorld) -> None:
    await taken_over(world)
    control(world).close("hilton", ExecutionStatus.TERMINATED)
    await a_pass(world)
    back = await only_episode(world)
    world.now += world.config.alerts.remind_after + HOUR
    await a_pass(world)

    assert (back.is_open, back.sequence) == (True, None)
    assert kinds(world)[-1] == "reminder"


async def test_one_that_a_sequence_has_ended_before_its_run_is_too(world: FakeWorld) -> None:
    await taken_over(world)
    episode = await only_episode(world)
    over = replace(episode, ending=Ending.CANCELLED, ended_at=world.now)
    await world.journal.record(JournalEntry(episodes=(over,)), world.now)
    await a_pass(world)

    back = await only_episode(world)
    assert (back.is_open, back.sequence, back.ended_at) == (True, None, None)


async def test_the_group_of_an_alert_that_is_open_again_counts_its_other_alerts_as_before(world: FakeWorld) -> None:
    for customer in ("hilton", "vivint"):
        world.engines[CLUSTER].put(struggling(customer))
    await a_pass(world)
    alerts = tuple(world.journal.episodes.values())
    over = tuple(replace(each, ending=Ending.CANCELLED, ended_at=world.now) for each in alerts)
    _, cards = storm_cards(alerts, over, 5)
    await world.journal.record(JournalEntry(episodes=over, messages=cards), world.now)
    del world.engines[CLUSTER].descriptions[execution("vivint").ref]
    world.now += HOUR
    await a_pass(world)

    (root,) = [row.message for row in world.outbox.messages.values() if not row.message.thread_key]
    card = parse(root.body)
    assert isinstance(card, StormCard)
    assert (card.names, card.over) == (("hilton", "vivint"), 1)


async def test_a_group_whose_alerts_are_all_open_again_is_read_once(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for customer in ("hilton", "vivint"):
        world.engines[CLUSTER].put(struggling(customer))
    await a_pass(world)
    alerts = tuple(world.journal.episodes.values())
    over = tuple(replace(each, ending=Ending.GONE, ended_at=world.now) for each in alerts)
    await world.journal.record(JournalEntry(episodes=over), world.now)
    world.now += HOUR
    read, since_when = world.journal.memory, list[datetime | None]()

    async def memory(cluster: str, refs: Collection[Ref], since: datetime | None = None) -> ClusterRecord:
        since_when.append(since)
        return await read(cluster, refs, since)

    monkeypatch.setattr(world.journal, "memory", memory)
    await a_pass(world)

    assert [each.is_open for each in world.journal.episodes.values()] == [True, True]
    assert since_when.count(alerts[0].opened_at) == 1


async def test_a_later_sequence_of_the_same_customer_is_left_to_take_the_alert_over(world: FakeWorld) -> None:
    begun = await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    control(world).close("hilton", ExecutionStatus.TERMINATED)
    await control(world).begin(replace(begun, id="seq-later"))
    await a_pass(world)

    assert (await only_episode(world)).is_open


async def test_a_window_is_told_by_its_own_run_while_the_sequence_goes_on(world: FakeWorld) -> None:
    await taken_over(world)
    close(world, ExecutionStatus.CANCELLED)
    world.engines[CLUSTER].put(struggling(days=window(1, 6)))
    await a_pass(world)
    close(world, ExecutionStatus.COMPLETED, window(1, 6))
    await a_pass(world)

    endings = {episode.window: episode.ending for episode in world.journal.episodes.values()}
    assert endings == {CAMPAIGN: None, window(1, 6): Ending.COMPLETED}


async def test_what_is_not_recognised_belongs_to_no_sequence(world: FakeWorld) -> None:
    await control(world).begin(spec())
    odd = replace(execution("hilton"), ref=Ref(CLUSTER, "someone-elses-copy", "run-1"))
    world.engines[CLUSTER].put(description(activity(attempt=2, last_failure=TIMED_OUT), of=odd))
    await a_pass(world)

    assert kinds(world)[0] == "episode"
    assert next(iter(world.outbox.messages.values())).message.thread_key == ""


async def test_between_two_listings_the_sequences_are_asked_for_only_when_a_run_newly_needs_an_alert(
    world: FakeWorld,
) -> None:
    await world.controls[CLUSTER].begin(spec(thread_key="alert:1"))
    world.engines[CLUSTER].put(struggling())
    state = await watch(CLUSTER, world.services)
    listings = control(world).listings
    for _ in range(3):
        world.now += world.config.watch.slow_round
        await describe_and_conclude(state, world.services)
    unchanged = control(world).listings
    world.engines[CLUSTER].put(struggling("vivint"))
    await watch(CLUSTER, world.services, state)

    assert listings == 1
    assert unchanged == listings
    assert control(world).listings > unchanged
