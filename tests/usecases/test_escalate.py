"""People are called while nobody answers an alert: each time once, whatever the bot does in between."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.fleet.alerts.answers import acknowledge_episode, snooze_episode
from bot.fleet.notifications.notification import MentionLine, parse
from bot.model import Actor, Ending, Episode, JournalEntry, QuietHours, Route
from bot.usecases.escalate import escalate
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld

ALICE = Actor("U1", "T1", "C1")
OPENED = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 2, 22, 7, 0, tzinfo=UTC)
QUIET = Route("C0VOICE", ("S0ONCALL",), QuietHours(time(22), time(7)))


class Night:
    """A bot that is started anew for each look, from ``OPENED`` on."""

    def __init__(self) -> None:
        self.world = FakeWorld(now=OPENED)

    async def know(self, *episodes: Episode) -> None:
        for each in episodes:
            known = await self.world.journal.episode(each.id)
            entry = JournalEntry(episodes=(replace(each, revision=known.revision if known else 0),))
            await self.world.journal.record(entry, self.world.now)

    async def until(self, moment: datetime) -> None:
        while self.world.now < moment:
            self.world.now += timedelta(minutes=1)
            await escalate(self.world.services)

    def calls(self) -> list[MentionLine]:
        parsed = (parse(row.message.body) for row in self.world.outbox.messages.values())
        return [line for line in parsed if isinstance(line, MentionLine)]


@pytest.fixture
def night() -> Night:
    return Night()


def alert(customer: str = "hilton", **facts: object) -> Episode:
    return episode(customer, opened_at=OPENED, revision=0, route=QUIET, **facts)


async def test_an_alert_of_quiet_hours_mentions_people_at_their_end_and_once(night: Night) -> None:
    await night.know(alert())
    await night.until(MORNING - timedelta(minutes=1))
    before = night.calls()
    await night.until(MORNING + timedelta(hours=3))

    assert before == []
    assert [(line.names, line.mention) for line in night.calls()] == [(("hilton",), ("S0ONCALL",))]


async def test_the_channel_shows_the_mention_too(night: Night) -> None:
    await night.know(alert())
    await night.until(MORNING)

    (row,) = night.world.outbox.messages.values()
    assert (row.message.thread_key, row.message.broadcast) == (alert().root_key, True)


@pytest.mark.parametrize(
    "answered",
    [
        acknowledge_episode(alert(), ALICE, OPENED)[0],
        snooze_episode(alert(), ALICE, None, OPENED)[0],
        alert(ending=Ending.COMPLETED, ended_at=OPENED),
    ],
    ids=["acknowledged", "snoozed", "over"],
)
async def test_an_alert_that_needs_nobody_any_more_mentions_nobody(night: Night, answered: Episode) -> None:
    await night.know(answered)
    await night.until(MORNING + timedelta(hours=3))

    assert night.calls() == []


async def test_an_alert_outside_of_quiet_hours_has_mentioned_people_itself(night: Night) -> None:
    await night.know(replace(alert(), opened_at=MORNING))
    await night.until(MORNING + timedelta(days=2))

    assert night.calls() == []


async def test_a_group_of_alerts_mentions_people_once(night: Night) -> None:
    first = alert("hilton")
    group = {"root_key": first.root_key, "group": first.id}
    await night.know(replace(first, group=first.id), alert("vivint", **group), alert("spirit", **group))
    await night.until(MORNING + timedelta(hours=3))

    assert [line.names for line in night.calls()] == [("hilton", "spirit", "vivint")]


async def test_who_acknowledges_one_alert_of_a_group_has_answered_for_all(night: Night) -> None:
    first = alert("hilton")
    await night.know(
        replace(first, group=first.id),
        alert("vivint", root_key=first.root_key, group=first.id, acked_by="U1"),
    )
    await night.until(MORNING + timedelta(hours=3))

    assert night.calls() == []


async def test_a_cluster_that_does_not_answer_delays_no_mention(night: Night) -> None:
    await night.know(alert(cluster="not-even-configured"))
    await night.until(MORNING)

    assert len(night.calls()) == 1
