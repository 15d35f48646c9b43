"""Routes by campaign, and direct messages about a customer in one campaign."""

from datetime import timedelta

import pytest

from bot.blocks.notify import render
from bot.commands import Notify
from bot.fleet.notifications.announcements import CampaignComplete
from bot.fleet.notifications.notification import parse
from bot.fleet.notifications.personal import CustomerComplete
from bot.fleet.refusals.campaigns import WhichCampaign
from bot.fleet.refusals.declined import Declined
from bot.fleet.status.notify import Subscribed
from bot.message import Message
from bot.model import ExecutionStatus, Subscription, Window
from bot.usecases.notify import notify
from bot.usecases.watch.subscribers import tell_alerts
from handlers.routes import answer
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, TIMED_OUT, activity, description, execution
from tests.usecases.campaigns.two import JAN, MARCH, MARCH_DAYS, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE, completed
from tests.usecases.watch.passes import new_state, watch
from tests.usecases.watch.test_closed_runs import watch_again

TO_MARCH = {"campaigns": [MARCH], "channel": "C0MARCH"}
TO_JAN = {"campaigns": [JAN], "channel": "C0JAN", "reasons": ["failed"]}


@pytest.fixture
def world() -> FakeWorld:
    return two_campaigns(routes=[TO_MARCH, TO_JAN])


def struggles(world: FakeWorld, customer: str, days: Window) -> None:
    run = execution(customer, days, VOICE, started_at=world.now)
    world.engines[VOICE].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=run))


def fails(world: FakeWorld, customer: str, days: Window) -> None:
    failed = {"status": ExecutionStatus.FAILED, "started_at": world.now, "closed_at": world.now}
    world.engines[VOICE].add(execution(customer, days, VOICE, **failed))


async def look(world: FakeWorld) -> None:
    await watch(VOICE, world.services, new_state(VOICE))


async def channels(world: FakeWorld) -> dict[str, str]:
    """The channel of each open alert by customer; "" for the team's."""
    return {episode.customer: episode.route.channel for episode in await world.journal.open_episodes()}


async def ask(world: FakeWorld, campaign: str = "") -> Message:
    return await answer(Notify(target="hilton", campaign=campaign), OLIVIA, world.services)


def notes(world: FakeWorld) -> list[object]:
    return [parse(row.message.body) for key, row in world.outbox.messages.items() if key.startswith("notify:")]


@pytest.mark.parametrize(("days", "channel"), [(MARCH_DAYS, "C0MARCH"), (CAMPAIGN, "")])
async def test_an_alert_goes_where_the_route_of_its_campaign_leads(
    world: FakeWorld, days: Window, channel: str
) -> None:
    struggles(world, "hilton", days)
    await look(world)

    assert await channels(world) == {"hilton": channel}


async def test_an_alert_about_a_closed_run_goes_there_too(world: FakeWorld) -> None:
    state = await watch_again(world, new_state(VOICE))
    fails(world, "hilton", CAMPAIGN)
    await watch_again(world, state)

    assert await channels(world) == {"hilton": "C0JAN"}


async def test_that_a_campaign_is_complete_is_told_in_its_channel(world: FakeWorld) -> None:
    world.config = world.config.model_copy(update={"routes": (world.config.routes[0],)})
    await look(world)
    for customer in ("hilton", "vivint", "sunbit"):
        completed(world, customer, MARCH_DAYS)
    completed(world, "verizon", MARCH_DAYS, "chat-prod")
    for cluster in ("chat-prod", VOICE, "chat-prod"):
        world.now += timedelta(minutes=1)
        await watch(cluster, world.services, new_state(cluster))
    announced = [
        (row.message.destination, parsed.campaign)
        for row in world.outbox.messages.values()
        if isinstance(parsed := parse(row.message.body), CampaignComplete)
    ]

    assert announced == [("C0MARCH", MARCH)]


async def test_notify_is_about_the_campaign_that_it_names(world: FakeWorld) -> None:
    confirmation = await ask(world, "March")
    completed(world, "hilton", CAMPAIGN)
    await look(world)
    before = notes(world)
    world.now += timedelta(minutes=1)
    completed(world, "hilton", MARCH_DAYS)
    await look(world)

    assert "when hilton on voice-prod in march is complete" in confirmation.text
    assert "/backfill notify off hilton in march calls it off." in confirmation.text
    assert before == []
    assert [(note.window, note.campaign) for note in notes(world) if isinstance(note, CustomerComplete)] == [
        (MARCH_DAYS, MARCH)
    ]


async def test_who_asked_about_a_campaign_that_has_left_the_cluster_holds_nobody_else_up() -> None:
    elsewhere = {"name": "april", "start": "2026-04-01", "end": "2026-04-02", "clusters": ["chat-prod"]}
    world = two_campaigns(elsewhere)
    await world.subscriptions.add(Subscription(VOICE, "hilton", "U0OTHER", world.now, "april"))
    await ask(world, MARCH)
    world.now += timedelta(minutes=1)
    completed(world, "hilton", MARCH_DAYS)
    await look(world)

    assert [note.campaign for note in notes(world) if isinstance(note, CustomerComplete)] == [MARCH]


async def test_one_may_ask_about_the_same_customer_in_both_and_call_one_off(world: FakeWorld) -> None:
    for campaign in (MARCH, JAN):
        await ask(world, campaign)
    await answer(Notify(target="hilton", campaign=JAN, is_off=True), OLIVIA, world.services)

    assert [each.campaign for each in await world.subscriptions.waiting() if each.is_personal] == [MARCH]


async def test_off_without_a_campaign_ends_all(world: FakeWorld) -> None:
    for campaign in (MARCH, JAN):
        await ask(world, campaign)
    await answer(Notify(target="hilton", is_off=True), OLIVIA, world.services)

    assert not [each for each in await world.subscriptions.waiting() if each.is_personal]


async def test_an_alert_of_another_campaign_is_not_told_to_who_asked_about_one(world: FakeWorld) -> None:
    await ask(world, MARCH)
    world.now += timedelta(minutes=1)
    struggles(world, "hilton", CAMPAIGN)
    await look(world)
    await tell_alerts(world.services)
    before = notes(world)
    world.now += timedelta(minutes=1)
    struggles(world, "hilton", MARCH_DAYS)
    await look(world)
    await tell_alerts(world.services)

    assert before == []
    assert [getattr(note, "campaign", "") for note in notes(world)] == [MARCH]


async def test_without_a_campaign_notify_means_the_default_one_or_asks(world: FakeWorld) -> None:
    usual = await notify(Notify(target="hilton"), OLIVIA, world.services)
    without = two_campaigns({"name": "april", "start": "2026-04-01", "end": "2026-04-02"}, campaign=None)
    with pytest.raises(Declined) as refused:
        await notify(Notify(target="hilton"), OLIVIA, without.services)

    assert isinstance(usual, Subscribed)
    assert "in default is complete" in render(usual).text
    assert refused.value.reason == WhichCampaign("notify", (MARCH, "april"))
