"""Whom a message of the bot is about."""

import pytest

from bot.fleet.name_lookup import Target
from bot.fleet.notifications.announcements import ClusterComplete
from bot.fleet.notifications.confirmed import BulkCard, NotBegunLine, ResetLine, TerminatedLine, TimeoutLine
from bot.fleet.notifications.notification import AckLine, EpisodeCard, Notification, StormCard, dump
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, CustomerStopped
from bot.fleet.notifications.sequence import BegunLine, SequenceCard, SequenceEndLine
from bot.model import Address, OutboxMessage
from bot.usecases.subject import subject_at
from tests.fakes.episodes import episode
from tests.fakes.services import NOW, FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR
from tests.fleet.sequences import progress, spec

HILTON = episode()
THERE = Address("C1", "1.000001")
ON_PROD = Target("voice-prod", "hilton")


def posted(notification: Notification | str, key: str = HILTON.root_key) -> FakeWorld:
    world = FakeWorld()
    world.journal.episodes[HILTON.id] = HILTON
    body = notification if isinstance(notification, str) else dump(notification)
    world.outbox.enqueue(OutboxMessage(key, body), NOW)
    world.outbox.messages[key].address = THERE
    return world


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
        ('{"kind": "of a later version"}', HILTON.root_key, None),
    ],
)
async def test_a_message_is_about_the_one_customer_that_it_shows(
    notification: Notification | str, key: str, subject: Target | None
) -> None:
    assert await subject_at(THERE, posted(notification, key).services) == subject


async def test_an_alert_without_a_customer_is_about_its_workflow() -> None:
    unknown = episode(customer="")
    found = await subject_at(THERE, posted(EpisodeCard(unknown)).services)

    assert found == Target("voice-prod", unknown.ref.workflow_id)


async def test_any_other_message_is_about_nobody() -> None:
    assert await subject_at(Address("C1", "9.000009"), posted(EpisodeCard(HILTON)).services) is None
