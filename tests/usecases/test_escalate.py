"""People are called while nobody answers an alert: each time once, whatever the bot does in between."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.alerts.episodes import Step
from bot.fleet.alerts.reminders import with_reminders
from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.notification import parse
from bot.model import (
    WEBHOOK,
    ActiveSnooze,
    Actor,
    Ending,
    Episode,
    EscalationStep,
    JournalEntry,
    OutboxMessage,
    QuietHours,
    Route,
)
from bot.usecases.escalate import escalate
from tests.fakes.episodes import acknowledge_episode, episode
from tests.fakes.services import FakeWorld

ALICE = Actor("U1", "T1", "C1")
OPENED = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 2, 22, 7, 0, tzinfo=UTC)
QUIET = Route("C0VOICE", ("S0ONCALL",), QuietHours(time(22), time(7)))


class Night:
    """A bot that is started anew for each pass, from ``OPENED`` on."""

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
        rows = (row for row in self.world.outbox.messages.values() if not row.message.destination)
        parsed = (parse(row.message.body) for row in rows)
        return [line for line in parsed if isinstance(line, MentionLine)]


@pytest.fixture
def night() -> Night:
    return Night()


def alert(customer: str = "hilton", **facts: Any) -> Episode:
    return episode(customer, **{"opened_at": OPENED, "revision": 0, "route": QUIET, **facts})


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


async def acknowledged_before_others(night: Night, route: Route, **first: Any) -> None:
    """Somebody acknowledges the first alert after a minute, and four minutes later another one joins it."""
    hilton = alert(route=route, group="id-voice-prod-hilton")
    await night.know(hilton)
    await night.until(OPENED + timedelta(minutes=1))
    await night.know(replace(acknowledge_episode(hilton, ALICE, night.world.now)[0], **first))
    await night.until(OPENED + timedelta(minutes=5))
    joined = {"root_key": hilton.root_key, "group": hilton.id, "route": route, "opened_at": night.world.now}
    await night.know(alert("vivint", **joined))


@pytest.mark.parametrize("first", [{}, {"ending": Ending.CANCELLED, "ended_at": OPENED}], ids=["open", "over"])
async def test_an_alert_that_joins_a_group_after_its_acknowledgement_calls_people(
    night: Night, first: dict[str, Any]
) -> None:
    await acknowledged_before_others(night, LOUD, **first)
    made: list[int] = []
    for minutes in (19, 20, 34, 35, 300):
        await night.until(OPENED + timedelta(minutes=minutes))
        made.append(len(night.calls()))

    assert made == [0, 1, 1, 2, 2]
    assert {line.names for line in night.calls()} == {("vivint",)}


async def test_it_mentions_people_although_the_message_of_its_group_has_mentioned_them(night: Night) -> None:
    await acknowledged_before_others(night, Route("C0VOICE", ("S0ONCALL",)))
    await night.until(OPENED + timedelta(hours=3))

    assert [(line.names, line.mention) for line in night.calls()] == [(("vivint",), ("S0ONCALL",))]


async def test_who_acknowledges_one_alert_of_a_group_has_answered_for_those_that_stay_when_it_ends(
    night: Night,
) -> None:
    first = alert("hilton", route=LOUD)
    await night.know(first, alert("vivint", route=LOUD, root_key=first.root_key, group=first.id))
    await night.until(OPENED + timedelta(minutes=1))
    acked = acknowledge_episode(replace(first, group=first.id), ALICE, night.world.now)[0]
    await night.know(replace(acked, ending=Ending.COMPLETED, ended_at=night.world.now))
    await night.until(OPENED + timedelta(hours=5))

    assert night.calls() == []


async def test_a_cluster_that_does_not_answer_delays_no_mention(night: Night) -> None:
    await night.know(alert(cluster="not-even-configured"))
    await night.until(MORNING)

    assert len(night.calls()) == 1


STEPS = (
    EscalationStep(timedelta(minutes=15), ("S0ONCALL",)),
    EscalationStep(timedelta(minutes=30), ("S0LEADS", "U0OLIVIA")),
)
LOUD = Route("C0VOICE", escalate=STEPS)


async def test_each_step_is_made_once_when_its_time_has_come(night: Night) -> None:
    await night.know(alert(route=LOUD))
    made: list[list[tuple[str, ...]]] = []
    for minutes in (14, 15, 29, 30, 300):
        await night.until(OPENED + timedelta(minutes=minutes))
        made.append([line.mention for line in night.calls()])

    first, second = ("S0ONCALL",), ("S0LEADS", "U0OLIVIA")
    assert made == [[], [first], [first], [first, second], [first, second]]


async def test_whoever_acknowledges_stops_the_steps_that_are_left(night: Night) -> None:
    await night.know(alert(route=LOUD))
    await night.until(OPENED + timedelta(minutes=20))
    await night.know(acknowledge_episode(alert(route=LOUD), ALICE, night.world.now)[0])
    await night.until(OPENED + timedelta(hours=5))

    assert [line.mention for line in night.calls()] == [("S0ONCALL",)]


async def test_the_steps_begin_anew_when_a_snooze_is_over(night: Night) -> None:
    await night.know(alert(route=LOUD))
    await night.until(OPENED + timedelta(minutes=20))
    await night.know(snooze_episode(alert(route=LOUD), ALICE, None, night.world.now)[0])
    await night.until(OPENED + timedelta(hours=2))
    before = len(night.calls())
    await night.know(alert(route=LOUD, calls_again_at=night.world.now))
    await night.until(OPENED + timedelta(hours=2, minutes=14))
    still_before = len(night.calls())
    await night.until(OPENED + timedelta(hours=5))

    assert (before, still_before) == (1, 1)
    assert [line.mention for line in night.calls()[1:]] == [step.mention for step in STEPS]


async def test_a_snooze_ends_although_its_cluster_does_not_answer(night: Night) -> None:
    """No pass takes the snooze away. Once one does, the steps that were made are not made again."""
    snoozed = snooze_episode(alert(route=LOUD), ALICE, OPENED + timedelta(minutes=30), OPENED)[0]
    await night.know(snoozed)
    await night.until(OPENED + timedelta(minutes=44))
    before = night.calls()
    await night.until(OPENED + timedelta(minutes=50))
    during = len(night.calls())
    (over,) = with_reminders([Step(snoozed)], lambda _: False, timedelta(hours=4), night.world.now)
    await night.know(over.episode)
    await night.until(OPENED + timedelta(hours=5))

    assert over.episode.quiet is None
    assert (before, during) == ([], 1)
    assert [line.mention for line in night.calls()] == [step.mention for step in STEPS]


async def test_a_snooze_of_one_alert_of_a_group_delays_no_step_of_the_others(night: Night) -> None:
    first = alert("hilton", route=LOUD)
    group = {"root_key": first.root_key, "group": first.id, "route": LOUD}
    await night.know(replace(first, group=first.id), alert("vivint", **group))
    await night.until(OPENED + timedelta(minutes=10))
    await night.know(alert("vivint", **group, quiet=ActiveSnooze("U1", OPENED + timedelta(minutes=25))))
    await night.until(OPENED + timedelta(minutes=26))
    await night.know(alert("vivint", **group, calls_again_at=night.world.now))
    await night.until(OPENED + timedelta(hours=5))

    assert [(line.names, line.mention) for line in night.calls()] == [
        (("hilton",), STEPS[0].mention),
        (("hilton", "vivint"), STEPS[1].mention),
    ]


async def test_a_snooze_of_the_first_alert_of_a_group_repeats_and_delays_no_step_of_those_that_had_joined(
    night: Night,
) -> None:
    first = alert("hilton", route=LOUD)
    first = replace(first, group=first.id)
    later = {"opened_at": OPENED + timedelta(minutes=10)}
    await night.know(first, alert("vivint", route=LOUD, root_key=first.root_key, group=first.id, **later))
    await night.until(OPENED + timedelta(minutes=20))
    await night.know(snooze_episode(first, ALICE, OPENED + timedelta(minutes=80), night.world.now)[0])
    made: list[int] = []
    for minutes in (20, 29, 30, 79, 80, 300):
        await night.until(OPENED + timedelta(minutes=minutes))
        made.append(len(night.calls()))

    assert made == [1, 1, 2, 2, 2, 2]


async def test_in_quiet_hours_the_steps_count_from_their_end(night: Night) -> None:
    await night.know(alert(route=replace(QUIET, escalate=STEPS)))
    made: list[int] = []
    for minutes in (-1, 0, 14, 15, 30):
        await night.until(MORNING + timedelta(minutes=minutes))
        made.append(len(night.calls()))

    assert made == [0, 1, 1, 2, 3]


async def test_a_group_of_alerts_makes_each_step_once(night: Night) -> None:
    first = alert("hilton", route=LOUD)
    group = {"root_key": first.root_key, "group": first.id, "route": LOUD}
    later = {"opened_at": OPENED + timedelta(minutes=5)}
    await night.know(replace(first, group=first.id), alert("vivint", **group, **later))
    await night.until(OPENED + timedelta(minutes=20))
    await night.know(replace(first, group=first.id, ending=Ending.COMPLETED, ended_at=night.world.now))
    await night.until(OPENED + timedelta(hours=5))

    assert [(line.names, line.mention) for line in night.calls()] == [
        (("hilton", "vivint"), STEPS[0].mention),
        (("vivint",), STEPS[1].mention),
    ]


async def test_a_page_that_this_version_cannot_read_holds_up_no_other_call(night: Night) -> None:
    unreadable = OutboxMessage("page:e1:step:0", '{"action":"merge"}', destination=f"{WEBHOOK}pager")
    await night.world.journal.record(JournalEntry(messages=(unreadable,)), OPENED)
    await night.know(alert(route=LOUD))
    await night.until(OPENED + timedelta(minutes=15))

    assert [line.mention for line in night.calls()] == [STEPS[0].mention]
