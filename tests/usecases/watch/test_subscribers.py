"""Direct messages that people have asked for: once, when the customer is complete or needs a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fleet.alerts.handed_over import released
from bot.fleet.notifications.notification import parse
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete
from bot.model import ActiveSnooze, ExecutionStatus, Subscription, Window
from bot.usecases.watch.subscribers import tell_alerts
from tests.fakes.episodes import episode
from tests.fakes.services import NOW, VIEWER, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, execution, window
from tests.fleet.sequences import progress
from tests.usecases.watch.passes import new_state, watch

VOICE = "voice-prod"
MINUTE = timedelta(minutes=1)
VICTOR, OTHER = Subscription(VOICE, "hilton", VIEWER, NOW), Subscription(VOICE, "hilton", "U0OTHER", NOW)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(config({VOICE: ("hilton", "vivint")}), now=NOW)


def notes(world: FakeWorld) -> list[tuple[str, object]]:
    """Whom it goes to, and what they are told."""
    rows = [row.message for key, row in world.outbox.messages.items() if key.startswith("notify:")]
    return [(row.destination, parse(row.body)) for row in rows]


def complete(world: FakeWorld, days: Window = CAMPAIGN) -> None:
    times = {"started_at": world.now - MINUTE, "closed_at": world.now}
    world.engines[VOICE].add(execution("hilton", days, VOICE, status=ExecutionStatus.COMPLETED, **times))


async def look(world: FakeWorld) -> None:
    world.now += MINUTE
    await watch(VOICE, world.services, new_state(VOICE))


async def test_everybody_who_asked_is_told_once_that_a_customer_is_complete(world: FakeWorld) -> None:
    for each in (VICTOR, OTHER):
        await world.subscriptions.add(each)
    complete(world, window(1, 6))
    await look(world)
    before = notes(world)
    complete(world)
    for _ in range(2):
        await look(world)

    news = CustomerComplete(VOICE, "hilton", CAMPAIGN, is_verified=False, at=NOW + 2 * MINUTE)
    assert before == []
    assert notes(world) == [("U0OTHER", news), (VIEWER, news)]
    assert await world.subscriptions.waiting() == [
        each for each in await world.subscriptions.waiting() if not each.is_personal
    ]


async def test_a_customer_that_nobody_expects_is_told_as_well(world: FakeWorld) -> None:
    world.config = config({VOICE: ("vivint",)})
    await world.subscriptions.add(VICTOR)
    complete(world)
    await look(world)

    assert [user for user, _ in notes(world)] == [VIEWER]


async def test_an_alert_that_opens_after_the_question_is_told_once(world: FakeWorld) -> None:
    await world.subscriptions.add(VICTOR)
    before = await tell_alerts(world.services)
    opened = replace(episode(), opened_at=NOW + MINUTE)
    world.journal.episodes[opened.id] = opened
    first, second = await tell_alerts(world.services), await tell_alerts(world.services)

    assert (before, first, second) == (False, True, False)
    assert notes(world) == [(VIEWER, CustomerAlert(VOICE, "hilton", opened.alert_reason, opened.link))]


async def test_an_alert_from_before_the_question_or_in_the_care_of_a_sequence_is_not_told(
    world: FakeWorld,
) -> None:
    await world.subscriptions.add(VICTOR)
    earlier = replace(episode(), opened_at=NOW - MINUTE)
    taken_over = replace(episode(), id="e2", opened_at=NOW + MINUTE, sequence=progress())
    world.journal.episodes |= {each.id: each for each in (earlier, taken_over)}

    assert not await tell_alerts(world.services)
    assert notes(world) == []


async def test_an_alert_that_a_sequence_has_given_back_since_the_question_is_told(world: FakeWorld) -> None:
    earlier = replace(episode(), opened_at=NOW - MINUTE, sequence=progress())
    world.journal.episodes[earlier.id] = earlier
    await world.subscriptions.add(VICTOR)
    before = await tell_alerts(world.services)
    back = released(earlier, NOW + MINUTE).episode
    world.journal.episodes[back.id] = back

    assert (before, await tell_alerts(world.services)) == (False, True)


async def test_an_alert_whose_snooze_has_ended_since_the_question_is_told(world: FakeWorld) -> None:
    snoozed = replace(episode(), opened_at=NOW - MINUTE, quiet=ActiveSnooze("U1", NOW + MINUTE))
    world.journal.episodes[snoozed.id] = snoozed
    await world.subscriptions.add(VICTOR)
    before = await tell_alerts(world.services)
    world.now += 2 * MINUTE

    assert (before, await tell_alerts(world.services)) == (False, True)


@pytest.mark.parametrize(
    ("expected", "user_ids"),
    [
        ({"chat-prod": (), VOICE: ("hilton",)}, [VIEWER]),
        ({"chat-prod": ("hilton",), VOICE: ("hilton",)}, []),
        ({"chat-prod": (), VOICE: ()}, []),
    ],
    ids=["moved", "on both", "nowhere"],
)
async def test_news_of_a_customer_that_has_moved_to_another_cluster_come_from_there(
    expected: dict[str, tuple[str, ...]], user_ids: list[str]
) -> None:
    world = FakeWorld(config(expected), now=NOW)
    await world.subscriptions.add(replace(VICTOR, cluster="chat-prod"))
    complete(world)
    await look(world)

    assert [user for user, _ in notes(world)] == user_ids


async def test_an_alert_about_a_customer_that_has_moved_is_told(world: FakeWorld) -> None:
    await world.subscriptions.add(replace(VICTOR, cluster="chat-prod"))
    opened = replace(episode(), opened_at=NOW + MINUTE)
    world.journal.episodes[opened.id] = opened

    assert await tell_alerts(world.services)


async def test_a_bot_that_dies_after_recording_the_message_records_no_second_one(world: FakeWorld) -> None:
    await world.subscriptions.add(VICTOR)
    complete(world)
    await look(world)
    world.subscriptions.rows["", VOICE, "hilton", VIEWER] = VICTOR
    await look(world)

    assert len(notes(world)) == 1


async def test_whoever_asks_again_is_told_again(world: FakeWorld) -> None:
    await world.subscriptions.add(VICTOR)
    complete(world)
    await look(world)
    await world.subscriptions.add(replace(VICTOR, since=world.now))
    await look(world)

    assert len(notes(world)) == 2
