"""Pages reach their webhooks: at least once with one key, whatever fails, and the channel knows when they do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import NoAnswer, RateLimited, Refused, Unavailable, Unreachable
from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.notifications.calls import PageFailedLine
from bot.fleet.notifications.notification import parse
from bot.model import Actor, Ending, Episode, EscalationStep, JournalEntry, PageAction, Route
from bot.outgoing.pages import PageDispatcher
from bot.usecases.escalate import escalate
from tests.fakes.episodes import acknowledge_episode, episode
from tests.fakes.leading import always
from tests.fakes.services import FakeWorld

ALICE = Actor("U1", "T1", "C1")
OPENED = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
PAGED = Route("C0VOICE", escalate=(EscalationStep(timedelta(minutes=30), webhook="pagerduty"),))
TRIGGER, ACKNOWLEDGE, RESOLVE = PageAction
KEY = f"page:id-voice-prod-hilton:escalate:{int(OPENED.timestamp())}:1"


class Night:
    """A bot that is started anew for each pass, from ``OPENED`` on."""

    def __init__(self) -> None:
        self.world = FakeWorld(now=OPENED)

    async def know(self, each: Episode) -> None:
        known = await self.world.journal.episode(each.id)
        from_store = episode_with(each, revision=known.revision if known else 0)
        await self.world.journal.record(JournalEntry(episodes=(from_store,)), self.world.now)

    async def pass_by(self, span: timedelta) -> None:
        until = self.world.now + span
        while self.world.now < until:
            self.world.now += timedelta(seconds=5)
            await escalate(self.world.services)
            await PageDispatcher(self.world.services, always).dispatch()

    @property
    def received(self) -> list[tuple[str, PageAction]]:
        return [(call.key, call.action) for call in self.world.webhooks.received]

    def page_failures(self) -> list[PageFailedLine]:
        rows = self.world.outbox.messages.values()
        parsed = (parse(row.message.body) for row in rows if not row.message.destination)
        return [line for line in parsed if isinstance(line, PageFailedLine)]


def episode_with(known: Episode, **facts: Any) -> Episode:
    return episode(known.customer, **{name: getattr(known, name) for name in FIELDS} | facts)


FIELDS = ("opened_at", "route", "acked_by", "quiet", "ending", "ended_at", "calls_again_at", "sequence", "acked_at")


def alert(**facts: Any) -> Episode:
    return episode(**{"opened_at": OPENED, "route": PAGED, **facts})


@pytest.fixture
async def night() -> Night:
    known = Night()
    await known.know(alert())
    return known


HALF_AN_HOUR = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


async def test_an_alert_that_nobody_answers_is_paged_once(night: Night) -> None:
    await night.pass_by(HALF_AN_HOUR - MINUTE)
    before = night.received
    await night.pass_by(timedelta(hours=3))

    assert before == []
    assert night.received == [(KEY, TRIGGER)]
    (call,) = night.world.webhooks.received
    assert (call.cluster, call.names, call.since) == ("voice-prod", ("hilton",), OPENED)


async def test_acknowledging_and_resolving_follow_with_the_same_key(night: Night) -> None:
    await night.pass_by(HALF_AN_HOUR)
    await night.know(acknowledge_episode(alert(), ALICE, night.world.now)[0])
    await night.pass_by(MINUTE)
    await night.know(alert(acked_by="U1", ending=Ending.COMPLETED, ended_at=night.world.now))
    await night.pass_by(MINUTE)

    assert night.received == [(KEY, TRIGGER), (KEY, ACKNOWLEDGE), (KEY, RESOLVE)]


async def test_an_alert_that_ends_without_an_answer_resolves_its_page(night: Night) -> None:
    await night.pass_by(HALF_AN_HOUR)
    await night.know(alert(ending=Ending.COMPLETED, ended_at=night.world.now))
    await night.pass_by(MINUTE)

    assert night.received == [(KEY, TRIGGER), (KEY, RESOLVE)]


async def test_an_alert_that_is_answered_before_anybody_was_paged_calls_no_webhook(night: Night) -> None:
    night.world.webhooks.away = Unreachable("Webhook pagerduty", "nobody listens there")
    await night.pass_by(HALF_AN_HOUR + MINUTE)
    await night.know(acknowledge_episode(alert(), ALICE, night.world.now)[0])
    await night.pass_by(MINUTE)
    night.world.webhooks.away = None
    await night.know(alert(acked_by="U1", ending=Ending.COMPLETED, ended_at=night.world.now))
    await night.pass_by(timedelta(hours=1))

    assert night.received == []


async def test_a_snooze_acknowledges_the_page_and_its_end_pages_anew(night: Night) -> None:
    await night.pass_by(HALF_AN_HOUR)
    await night.know(snooze_episode(alert(), ALICE, None, night.world.now)[0])
    await night.pass_by(timedelta(hours=2))
    again_at = night.world.now
    await night.know(alert(calls_again_at=again_at))
    await night.pass_by(HALF_AN_HOUR)
    await night.know(alert(calls_again_at=again_at, ending=Ending.FAILED, ended_at=night.world.now))
    await night.pass_by(MINUTE)

    second = KEY.replace(str(int(OPENED.timestamp())), str(int(again_at.timestamp())))
    assert night.received == [
        (KEY, TRIGGER),
        (KEY, ACKNOWLEDGE),
        (second, TRIGGER),
        (KEY, RESOLVE),
        (second, RESOLVE),
    ]


async def test_a_snooze_of_one_alert_of_a_group_acknowledges_no_page_of_the_others(night: Night) -> None:
    vivint = episode("vivint", root_key=alert().root_key, group=alert().id, opened_at=OPENED, route=PAGED)
    await night.world.journal.record(JournalEntry(episodes=(replace(vivint, revision=0),)), OPENED)
    await night.know(alert(group=alert().id))
    await night.pass_by(HALF_AN_HOUR)
    until = night.world.now + HALF_AN_HOUR
    (stored,) = [each for each in await night.world.journal.open_episodes() if each.customer == "vivint"]
    quiet = snooze_episode(stored, ALICE, until, night.world.now)[0]
    await night.world.journal.record(JournalEntry(episodes=(quiet,)), night.world.now)
    await night.pass_by(timedelta(hours=2))

    assert night.received == [(KEY, TRIGGER)]


async def test_lost_replies_repeat_the_call_with_the_same_key(night: Night) -> None:
    away = Unavailable("Webhook pagerduty", "the connection was closed")
    night.world.webhooks.lost_replies = [away, NoAnswer("Webhook pagerduty", "no answer within 10 s")]
    await night.pass_by(HALF_AN_HOUR + MINUTE)

    assert night.received == [(KEY, TRIGGER)] * 3
    assert await night.world.outbox.dead_letters(OPENED) == []


async def test_a_page_whose_reply_was_lost_is_resolved_too(night: Night) -> None:
    night.world.webhooks.lost_replies = [NoAnswer("Webhook pagerduty", "no answer within 10 s")]
    await night.pass_by(HALF_AN_HOUR)
    await night.know(alert(ending=Ending.COMPLETED, ended_at=night.world.now))
    await night.pass_by(MINUTE)

    assert night.received == [(KEY, TRIGGER), (KEY, RESOLVE)]


async def test_a_refused_page_is_a_dead_letter_and_told_in_the_channel_once(night: Night) -> None:
    night.world.webhooks.away = Refused("Webhook pagerduty", "HTTP status 400: invalid routing key")
    await night.pass_by(timedelta(hours=1))
    await night.know(acknowledge_episode(alert(), ALICE, night.world.now)[0])
    await night.pass_by(timedelta(hours=1))

    ((key, _),) = await night.world.outbox.dead_letters(OPENED)
    assert key == KEY
    assert night.page_failures() == [
        PageFailedLine("voice-prod", ("hilton",), "pagerduty", "HTTP status 400: invalid routing key", goes_on=False)
    ]


async def test_a_webhook_that_does_not_answer_is_told_once_and_tried_again_until_it_does(night: Night) -> None:
    night.world.webhooks.away = Unavailable("Webhook pagerduty", "HTTP status 503")
    await night.pass_by(timedelta(hours=2))
    shown = night.page_failures()
    night.world.webhooks.away = None
    await night.pass_by(timedelta(minutes=6))

    assert shown == [PageFailedLine("voice-prod", ("hilton",), "pagerduty", "HTTP status 503", goes_on=True)]
    assert night.received == [(KEY, TRIGGER)]


async def test_a_webhook_that_asks_to_wait_is_given_the_time(night: Night) -> None:
    night.world.webhooks.away = RateLimited("Webhook pagerduty", "HTTP status 429", timedelta(minutes=10))
    await night.pass_by(HALF_AN_HOUR)
    night.world.webhooks.away = None
    await night.pass_by(timedelta(minutes=9))
    before = night.received
    await night.pass_by(timedelta(minutes=2))

    assert (before, night.received) == ([], [(KEY, TRIGGER)])


async def test_a_page_goes_out_while_slack_is_away(night: Night) -> None:
    night.world.channel.away = Unavailable("slack", "HTTP 503")
    await night.pass_by(HALF_AN_HOUR)

    assert night.received == [(KEY, TRIGGER)]


async def test_a_bot_that_leads_no_more_pages_nobody(night: Night) -> None:
    night.world.now += HALF_AN_HOUR
    await escalate(night.world.services)
    await PageDispatcher(night.world.services, lambda: False).dispatch()

    assert night.received == []
