"""Acknowledging an open alert."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from bot.commands import Ack
from bot.errors import Conflict
from bot.fleet.alerts.lookup import AckResult, ClusterAckResult
from bot.fleet.notifications.notification import AckLine, StormCard, parse
from bot.model import Actor, AuditOutcome, Ending, Episode, JournalEntry, Subject
from bot.services import Services
from bot.usecases.ack import ack
from bot.usecases.open_alert import TRIES
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, NOW, OPERATOR, TEAM, FakeWorld
from tests.wording import declines

OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
OSCAR = Actor(GROUP_OPERATOR, TEAM, CHANNEL)


async def ack_one(command: Ack, actor: Actor, services: Services) -> AckResult:
    """The result for the one alert that the command names."""
    result = await ack(command, actor, services)
    assert isinstance(result, AckResult)
    return result


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    hilton = episode()
    world.journal.episodes[hilton.id] = hilton
    return world


@pytest.mark.parametrize("command", [Ack(target="Hilton"), Ack(episode="id-voice-prod-hilton")])
async def test_an_alert_is_acknowledged_by_name_or_by_button(world: FakeWorld, command: Ack) -> None:
    result = await ack_one(command, OLIVIA, world.services)

    assert result.already_by == ""
    assert world.journal.episodes[result.episode.id].acked_by == OPERATOR
    assert world.journal.episodes[result.episode.id].changed_at == NOW


async def test_the_message_and_the_thread_are_told(world: FakeWorld) -> None:
    result = await ack_one(Ack(target="hilton"), OLIVIA, world.services)

    assert list(world.outbox.messages) == [result.episode.root_key, f"{result.episode.root_key}:ack"]


async def test_the_audit_has_it_once_with_before_and_after(world: FakeWorld) -> None:
    for _ in range(2):
        await ack(Ack(target="hilton"), OLIVIA, world.services)

    (record,) = world.journal.audited
    assert (record.at, record.user_id, record.command, record.outcome) == (NOW, OPERATOR, "ack", AuditOutcome.DONE)
    assert record.subject == Subject("voice-prod", "hilton", "backfill-hilton-2026-01-01-2026-02-21")
    assert (record.before, record.after) == ("not acknowledged", "acknowledged")


async def test_a_second_person_hears_whose_it_is_and_nothing_changes(world: FakeWorld) -> None:
    await ack(Ack(target="hilton"), OLIVIA, world.services)
    posted = dict(world.outbox.messages)

    result = await ack_one(Ack(target="hilton"), OSCAR, world.services)

    assert result.already_by == OPERATOR
    assert world.outbox.messages == posted
    assert [record.user_id for record in world.journal.audited] == [OPERATOR]


async def test_an_alert_that_is_over_cannot_be_acknowledged(world: FakeWorld) -> None:
    over = replace(episode(), ending=Ending.COMPLETED, ended_at=NOW)
    world.journal.episodes[over.id] = over

    with declines("The alert about hilton is over: completed"):
        await ack(Ack(episode=over.id), OLIVIA, world.services)


async def test_a_button_of_an_unknown_alert_is_told(world: FakeWorld) -> None:
    with declines("not known any more"):
        await ack(Ack(episode="gone"), OLIVIA, world.services)


@dataclass
class ReadByTwoAtOnce(FakeJournal):
    """Answers a read only when a second reader waits for it too."""

    def __post_init__(self) -> None:
        self._both = asyncio.Barrier(2)
        self._readings = 0

    async def episode(self, episode_id: str) -> Episode | None:
        found = await super().episode(episode_id)
        self._readings += 1
        if self._readings <= 2:
            await self._both.wait()
        return found


async def test_of_two_people_at_once_one_takes_it_and_the_other_hears_who(world: FakeWorld) -> None:
    world.journal = ReadByTwoAtOnce(world.outbox, episodes=world.journal.episodes)
    command = Ack(episode="id-voice-prod-hilton")

    results = await asyncio.gather(*(ack_one(command, each, world.services) for each in (OLIVIA, OSCAR)))

    winner = world.journal.episodes[command.episode].acked_by
    assert sorted(result.already_by for result in results) == ["", winner]
    assert {result.episode.acked_by for result in results} == {winner}
    assert list(world.outbox.messages) == [results[0].episode.root_key, f"{results[0].episode.root_key}:ack"]
    assert [record.user_id for record in world.journal.audited] == [winner]


@dataclass
class AlwaysOvertaken(FakeJournal):
    """Every change of an alert is a conflict."""

    tries: int = 0

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        if entry.episodes:
            self.tries += len(entry.episodes)
            raise Conflict("store", "somebody else changed it meanwhile")
        await super().record(entry, now)


async def test_an_alert_that_changes_all_the_time_is_given_up_on_and_the_person_told(world: FakeWorld) -> None:
    journal = AlwaysOvertaken(world.outbox, episodes=world.journal.episodes)
    world.journal = journal

    with pytest.raises(Conflict):
        await ack(Ack(target="hilton"), OLIVIA, world.services)

    assert journal.tries == TRIES


def storm(*customers: str, cluster: str = "voice-prod") -> list[Episode]:
    """Alerts that share the thread of the first."""
    first = episode(customers[0], cluster)
    return [episode(name, cluster, root_key=first.root_key, group=first.id) for name in customers]


def given(world: FakeWorld, *episodes: Episode) -> None:
    world.journal.episodes = {each.id: each for each in episodes}


async def test_a_cluster_means_all_its_open_alerts_with_an_audit_record_each(world: FakeWorld) -> None:
    over = replace(episode("vivint"), ending=Ending.COMPLETED, ended_at=NOW)
    given(
        world,
        episode("hilton"),
        episode("spirit", acked_by=GROUP_OPERATOR),
        episode("nrg"),
        over,
        episode("marriott", "chat-prod"),
    )
    result = await ack(Ack(target="Voice-Prod"), OLIVIA, world.services)

    acked = {each.customer: each.acked_by for each in world.journal.episodes.values()}
    assert result == ClusterAckResult("voice-prod", acked=2, already=1)
    assert acked == {
        "hilton": OPERATOR,
        "nrg": OPERATOR,
        "spirit": GROUP_OPERATOR,
        "vivint": "",
        "marriott": "",
    }
    assert sorted(record.subject.customer for record in world.journal.audited) == ["hilton", "nrg"]


async def test_alerts_that_share_a_thread_share_a_line(world: FakeWorld) -> None:
    given(world, *storm("a", "b", "c"), episode("hilton"))
    await ack(Ack(target="voice-prod"), OLIVIA, world.services)

    parsed = [parse(row.message.body) for row in world.outbox.messages.values()]
    lines = [(line.name, line.others) for line in parsed if isinstance(line, AckLine)]
    assert sorted(others for _, others in lines) == [0, 2]
    assert len(parsed) == 4 + 2 + 1  # cards, lines, and the message of the group


async def test_all_alerts_of_a_cluster_again_change_nothing(world: FakeWorld) -> None:
    await ack(Ack(target="voice-prod"), OLIVIA, world.services)
    result = await ack(Ack(target="voice-prod"), OSCAR, world.services)

    assert result == ClusterAckResult("voice-prod", acked=0, already=1)
    assert [record.user_id for record in world.journal.audited] == [OPERATOR]


async def test_a_cluster_without_an_open_alert_says_so(world: FakeWorld) -> None:
    given(world)

    with declines("No alert of voice-prod is open."):
        await ack(Ack(target="voice-prod"), OLIVIA, world.services)


async def test_one_button_acknowledges_a_group_and_its_message_says_by_whom(world: FakeWorld) -> None:
    first = episode("marriott", "us-east-1-prod", id="e1", root_key="episode:e1", group="e1")
    second = episode("spirit", "us-east-1-prod", id="e2", root_key="episode:e1", group="e1")
    apart = episode("nrg", "us-east-1-prod", id="e3", root_key="episode:e3")
    for each in (first, second, apart):
        world.journal.episodes[each.id] = each

    result = await ack(Ack(group="e1"), OLIVIA, world.services)

    assert result == ClusterAckResult("us-east-1-prod", 2, 0)
    assert {e.name for e in world.journal.episodes.values() if e.acked_by} == {"marriott", "spirit"}
    card = parse(world.outbox.messages["episode:e1"].message.body)
    assert isinstance(card, StormCard)
    assert {member.acked_by for member in card.members} == {OPERATOR}


async def test_a_group_that_is_over_is_acknowledged_by_nobody(world: FakeWorld) -> None:
    over = episode("marriott", "us-east-1-prod", id="e1", root_key="episode:e1", group="e1", ending=Ending.COMPLETED)
    world.journal.episodes["e1"] = over

    with declines("No alert of us-east-1-prod is open."):
        await ack(Ack(group="e1"), OLIVIA, world.services)
