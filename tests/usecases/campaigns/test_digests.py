"""The digest and the report by campaign: one message for each open campaign, with its own news."""

from datetime import timedelta

import pytest

from bot.commands import Digest as DigestCommand
from bot.commands.campaign import Campaign, CampaignAction
from bot.fleet.notifications.notification import DigestCard, parse
from bot.fleet.report.span import Span
from bot.fleet.status.digest import Digest
from bot.message import Message
from bot.model import AlertReason, JournalEntry, KnownReason, Window
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.digest import announce, digest
from bot.usecases.report import report_of
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN
from tests.usecases.campaigns.two import APRIL, JAN, MARCH, MARCH_DAYS, confirmed, two_campaigns
from tests.usecases.steered import VOICE, completed

HOUR = timedelta(hours=1)


@pytest.fixture
async def world() -> FakeWorld:
    world = two_campaigns()
    await world.journal.record(JournalEntry(seen={VOICE: APRIL - HOUR, "chat-prod": APRIL - HOUR}), APRIL)
    return world


def announced(world: FakeWorld) -> list[Digest]:
    shown = [parse(waiting.message.body) for waiting in world.outbox.messages.values()]
    return [each.digest for each in shown if isinstance(each, DigestCard)]


async def post_all(world: FakeWorld) -> None:
    for key in list(world.outbox.messages):
        await world.outbox.done(key, 1, await world.channel.post(Message("digest"), key))


async def test_each_open_campaign_has_a_digest_of_its_own_days_and_news(world: FakeWorld) -> None:
    completed(world, "hilton", CAMPAIGN)
    await announce(APRIL, world.services)
    await post_all(world)
    world.now += HOUR
    completed(world, "hilton", MARCH_DAYS)
    await announce(world.now, world.services)
    *first, of_jan, of_march = announced(world)

    assert [(each.campaign, each.range, each.complete) for each in first] == [
        (JAN, CAMPAIGN, 1),
        (MARCH, MARCH_DAYS, 0),
    ]
    assert (of_jan.news.finished, of_jan.complete) == ((), 1)
    assert (of_march.news.finished, of_march.complete) == ((f"{VOICE}/hilton",), 1)


async def test_failures_from_before_the_bot_are_in_the_digest_of_the_first_campaign_alone(world: FakeWorld) -> None:
    known = KnownReason(VOICE, AlertReason.FAILED, APRIL, 100)
    world.journal.known[VOICE, AlertReason.FAILED] = known
    await announce(APRIL, world.services)

    assert [(each.campaign, each.older_failures) for each in announced(world)] == [(JAN, 100), (MARCH, 0)]


async def test_asked_for_it_is_about_the_campaign_that_is_named(world: FakeWorld) -> None:
    completed(world, "hilton", MARCH_DAYS)
    command, services = await in_its_campaign(DigestCommand(campaign=MARCH), world.services)
    answer = await digest(command, services)

    assert (answer.campaign, answer.range, answer.complete) == (MARCH, MARCH_DAYS, 1)


async def test_a_closed_campaign_has_no_digest_any_more(world: FakeWorld) -> None:
    await confirmed(world, Campaign(target=MARCH, action=CampaignAction.CLOSE))
    world.now += HOUR
    await announce(world.now, world.services)

    assert [each.campaign for each in announced(world)] == [JAN]


async def test_the_end_of_a_campaign_that_is_moved_is_in_the_next_digest(world: FakeWorld) -> None:
    days = Window(MARCH_DAYS.end, MARCH_DAYS.end + timedelta(days=7))
    await confirmed(world, Campaign(target="april", action=CampaignAction.OPEN, range=days))
    await announce(APRIL, world.services)
    longer = days.end + timedelta(days=7)
    await confirmed(world, Campaign(target="april", action=CampaignAction.EXTEND, end=longer))
    world.now += HOUR
    await announce(world.now, world.services)

    assert [each.range for each in announced(world) if each.campaign == "april"] == [
        days,
        Window(days.start, longer),
    ]


async def test_a_report_is_about_one_campaign_and_says_which(world: FakeWorld) -> None:
    _, services = await in_its_campaign(DigestCommand(campaign=MARCH), world.services)
    made = await report_of(Span(APRIL - HOUR, APRIL), services)

    assert (made.campaign, made.range) == (MARCH, MARCH_DAYS)
