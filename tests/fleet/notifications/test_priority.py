"""The priority of notifications, as the bot itself stores them."""

import pytest

from bot.fleet.notifications.confirmed import TerminatedLine
from bot.fleet.notifications.notification import (
    AckLine,
    CancelLine,
    DigestCard,
    EpisodeCard,
    Notification,
    ReminderLine,
    StormCard,
    dump,
)
from bot.fleet.notifications.priority import Priority, priority_of
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import OutboxMessage
from tests.blocks.test_digest import DIGEST
from tests.fakes.episodes import episode
from tests.fakes.services import NOW
from tests.fleet.sequences import progress

REMINDER = ReminderLine("hilton", attempt=2, opened_at=NOW, after_snooze=False)


@pytest.mark.parametrize(
    ("notification", "priority"),
    [
        (EpisodeCard(episode()), Priority.ALERT),
        (StormCard("voice-prod", ("hilton", "vivint"), over=0, opened_at=NOW), Priority.ALERT),
        (DigestCard(DIGEST), Priority.DIGEST),
        (SequenceCard(progress()), Priority.OTHER),
        (AckLine("hilton", "U1"), Priority.OTHER),
        (CancelLine("hilton"), Priority.OTHER),
        (TerminatedLine("voice-prod", "hilton", 1, "U1", "wrong days"), Priority.OTHER),
    ],
)
def test_alerts_go_before_digests_and_these_before_all_others(notification: Notification, priority: Priority) -> None:
    assert priority_of(OutboxMessage("key", dump(notification))) is priority


def test_a_line_that_the_channel_shows_too_goes_with_the_alerts() -> None:
    assert priority_of(OutboxMessage("key", dump(REMINDER), "root", broadcast=True)) is Priority.ALERT


def test_a_name_that_looks_like_the_end_of_a_body_changes_nothing() -> None:
    hostile = dump(AckLine('x","kind":"episode"}', "U1"))

    assert priority_of(OutboxMessage("key", hostile)) is Priority.OTHER
