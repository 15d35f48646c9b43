"""Whom a message of the bot is about."""

import pytest

from bot.fleet.name_lookup import Target
from bot.fleet.notifications.announcements import ClusterComplete
from bot.fleet.notifications.confirmed import (
    ActivitiesPausedLine,
    ActivitiesResumedLine,
    BulkCard,
    NotBegunLine,
    ResetLine,
    TerminatedLine,
    TimeoutLine,
)
from bot.fleet.notifications.notification import AckLine, EpisodeCard, GroupMember, Notification, StormCard, dump
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, CustomerStopped
from bot.fleet.notifications.sequence import BegunLine, SequenceCard, SequenceEndLine
from bot.fleet.notifications.subject import MessageSubject
from bot.model import Address, Ending, OutboxMessage
from bot.usecases.subject import subject_at, subjects_at
from tests.fakes.episodes import episode
from tests.fakes.services import NOW, FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR
from tests.fleet.sequences import progress, spec
from tests.usecases.campaigns.two import MARCH, two_campaigns

HILTON, DONE = episode(), Ending.COMPLETED
THERE = Address("C1", "1.000001")
ON_PROD = MessageSubject(Target("voice-prod", "hilton"))


def posted(notification: Notification | str, key: str = HILTON.root_key, world: FakeWorld | None = None) -> FakeWorld:
    world = world or FakeWorld()
    world.journal.episodes[HILTON.id] = HILTON
    body = notification if isinstance(notification, str) else dump(notification)
    world.outbox.enqueue(OutboxMessage(key, body), NOW)
    world.outbox.messages[key].address = THERE
    return world


def group(*members: GroupMember) -> StormCard:
    return StormCard("voice-prod", tuple(member.name for member in members), 0, NOW, members=members)


@pytest.mark.parametrize(
    ("notification", "key", "subject"),
    [
        (EpisodeCard(HILTON), HILTON.root_key, ON_PROD),
        (AckLine("hilton", "U1"), f"{HILTON.root_key}:ack", ON_PROD),
        (AckLine("gone", "U1"), "episode:unknown:ack", None),
        (SequenceCard(progress()), "sequence:1", ON_PROD),
        (BegunLine(spec(), 11), "sequence:1:begun", ON_PROD),
        (SequenceEndLine(progress(), HOUR), "sequence:1:end", ON_PROD),
        (TerminatedLine("voice-prod", "hilton", 1, "U1", "stuck"), "terminated:1:hilton", ON_PROD),
        (TimeoutLine("voice-prod", "hilton", 1, HOUR, "U1", "slow"), "timeout:1:hilton", ON_PROD),
        (ResetLine("voice-prod", "hilton", 1, "U1", "slow"), "reset:1:hilton", ON_PROD),
        (ActivitiesResumedLine("voice-prod", "hilton", 1, "U1", "slow"), "resume:1:hilton", ON_PROD),
        (NotBegunLine("voice-prod", "hilton", "It runs.", may_begin=True), "queue:1:hilton", ON_PROD),
        (CustomerComplete("voice-prod", "hilton", CAMPAIGN, True, NOW), "notify:1", ON_PROD),
        (CustomerAlert("voice-prod", "hilton", HILTON.alert_reason, ""), "notify:2", ON_PROD),
        (CustomerStopped(progress()), "notify:3", ON_PROD),
        (BulkCard("run", "U1", "all", ("voice-prod/hilton",)), "bulk:1", ON_PROD),
        (BulkCard("run", "U1", "all", (), ("voice-prod/hilton",)), "bulk:1", ON_PROD),
        (BulkCard("run", "U1", "all", ("voice-prod/hilton", "voice-prod/vivint")), "bulk:1", None),
        (ClusterComplete("voice-prod", CAMPAIGN, 1, 1, NOW), "complete:c:voice-prod", None),
        (StormCard("voice-prod", ("hilton",), 0, NOW), HILTON.root_key, ON_PROD),
        (StormCard("voice-prod", ("hilton", "vivint"), 0, NOW), HILTON.root_key, None),
        (group(GroupMember("hilton"), GroupMember("vivint")), HILTON.root_key, None),
        (group(GroupMember("hilton"), GroupMember("vivint", ending=DONE)), HILTON.root_key, ON_PROD),
        (group(GroupMember("hilton"), GroupMember("vivint", is_taken_over=True)), HILTON.root_key, ON_PROD),
        (group(GroupMember("hilton"), GroupMember("vivint", is_queued=True)), HILTON.root_key, ON_PROD),
        (
            group(GroupMember("hilton", is_taken_over=True), GroupMember("vivint", ending=DONE)),
            HILTON.root_key,
            ON_PROD,
        ),
        (group(GroupMember("hilton", ending=DONE), GroupMember("vivint", ending=DONE)), HILTON.root_key, None),
        (group(GroupMember("hilton", campaign=MARCH), GroupMember("hilton")), HILTON.root_key, ON_PROD),
        ('{"kind": "of a later version"}', HILTON.root_key, None),
    ],
)
async def test_a_message_is_about_the_one_customer_that_it_shows(
    notification: Notification | str, key: str, subject: MessageSubject | None
) -> None:
    assert await subject_at(THERE, posted(notification, key).services) == subject


async def test_a_message_of_several_customers_is_about_those_that_still_need_a_person() -> None:
    card = group(
        GroupMember("hilton"), GroupMember("spirit", ending=DONE), GroupMember("vivint"), GroupMember("hilton")
    )
    found = await subjects_at(THERE, posted(card).services)

    assert [str(subject.target) for subject in found] == ["voice-prod/hilton", "voice-prod/vivint"]


async def test_an_alert_without_a_customer_is_about_its_workflow() -> None:
    unknown = episode(customer="")
    found = await subject_at(THERE, posted(EpisodeCard(unknown)).services)

    assert found == MessageSubject(Target("voice-prod", unknown.ref.workflow_id))


async def test_any_other_message_is_about_nobody() -> None:
    assert await subject_at(Address("C1", "9.000009"), posted(EpisodeCard(HILTON)).services) is None


@pytest.mark.parametrize(
    "notification",
    [
        EpisodeCard(episode(campaign=MARCH)),
        SequenceCard(progress(of=spec(campaign=MARCH))),
        BegunLine(spec(campaign=MARCH), 11),
        NotBegunLine("voice-prod", "hilton", "It runs.", may_begin=True, campaign=MARCH),
        CustomerComplete("voice-prod", "hilton", CAMPAIGN, True, NOW, campaign=MARCH),
        CustomerAlert("voice-prod", "hilton", HILTON.alert_reason, "", campaign=MARCH),
        TerminatedLine("voice-prod", "hilton", 1, "U1", "stuck", MARCH),
        TimeoutLine("voice-prod", "hilton", 1, HOUR, "U1", "slow", MARCH),
        ResetLine("voice-prod", "hilton", 1, "U1", "slow", MARCH),
        ActivitiesPausedLine("voice-prod", "hilton", 1, "U1", "slow", MARCH),
        ActivitiesResumedLine("voice-prod", "hilton", 1, "U1", "slow", MARCH),
        BulkCard("run", "U1", "all", ("voice-prod/hilton",), campaign=MARCH),
        StormCard("voice-prod", ("hilton",), 0, NOW, members=(GroupMember("hilton", campaign=MARCH),)),
    ],
)
async def test_a_message_is_about_its_campaign_where_there_are_several(notification: Notification) -> None:
    several, one = posted(notification, world=two_campaigns()), posted(notification)

    assert await subject_at(THERE, several.services) == MessageSubject(ON_PROD.target, MARCH)
    assert await subject_at(THERE, one.services) == ON_PROD


async def test_a_campaign_that_is_gone_is_left_out() -> None:
    world = posted(EpisodeCard(episode(campaign="gone")), world=two_campaigns())

    assert await subject_at(THERE, world.services) == ON_PROD
