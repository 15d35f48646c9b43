"""Which messages are settled: what they are about has ended, and nobody has to look at it."""

from dataclasses import replace

import pytest

from bot.fleet.notifications.notification import AckLine, EpisodeCard, GroupMember, Notification, StormCard
from bot.fleet.notifications.sequence import SequenceCard
from bot.fleet.notifications.settled import is_settled
from bot.model import Ending, SequenceEnd
from tests.fakes.episodes import episode
from tests.fakes.services import NOW
from tests.fleet.sequences import progress


@pytest.mark.parametrize(
    ("ending", "settled"),
    [
        (None, False),
        (Ending.COMPLETED, True),
        (Ending.CANCELLED, True),
        (Ending.TERMINATED, True),
        (Ending.CONTINUED, True),
        (Ending.CUT_SHORT, True),
        (Ending.FAILED, False),
        (Ending.GONE, False),
        (Ending.INCOMPLETE, False),
    ],
)
def test_an_alert_is_settled_when_it_has_ended_and_nobody_has_to_look(ending: Ending | None, settled: bool) -> None:
    assert is_settled(EpisodeCard(replace(episode(), ending=ending))) is settled


@pytest.mark.parametrize(
    ("end", "settled"),
    [
        (None, False),
        (SequenceEnd.COMPLETE, True),
        (SequenceEnd.CANCELLED, True),
        (SequenceEnd.STOPPED, False),
        (SequenceEnd.INCOMPLETE, False),
    ],
)
def test_a_sequence_is_settled_when_it_has_ended_as_it_should_or_as_somebody_asked(
    end: SequenceEnd | None, settled: bool
) -> None:
    assert is_settled(SequenceCard(replace(progress(), end=end))) is settled


@pytest.mark.parametrize(
    ("message", "settled"),
    [
        (StormCard("voice-prod", ("hilton", "vivint"), over=1, opened_at=NOW, completed=1), False),
        (StormCard("voice-prod", ("hilton", "vivint"), over=2, opened_at=NOW, completed=1), False),
        (StormCard("voice-prod", ("hilton", "vivint"), over=2, opened_at=NOW, completed=2), True),
        (AckLine("hilton", "U1"), False),
    ],
)
def test_a_storm_is_settled_when_all_of_it_has_ended_well(message: Notification, settled: bool) -> None:
    assert is_settled(message) is settled


@pytest.mark.parametrize(
    ("other", "settled"),
    [
        (GroupMember("vivint"), False),
        (GroupMember("vivint", is_taken_over=True), False),
        (GroupMember("vivint", ending=Ending.FAILED), False),
        (GroupMember("vivint", ending=Ending.UNWATCHED), False),
        (GroupMember("vivint", ending=Ending.UNWATCHED, ended_with_campaign=True), True),
        (GroupMember("vivint", ending=Ending.CANCELLED), True),
        (GroupMember("vivint", ending=Ending.TERMINATED), True),
        (GroupMember("vivint", ending=Ending.REPLACED), True),
    ],
)
def test_a_storm_is_settled_when_each_of_its_alerts_would_be(other: GroupMember, settled: bool) -> None:
    members = (GroupMember("hilton", ending=Ending.COMPLETED), other)
    names = ("hilton", "vivint")

    assert is_settled(StormCard("voice-prod", names, 2, NOW, completed=1, members=members)) is settled
