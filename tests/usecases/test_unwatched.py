"""Alerts of clusters that were taken out of the configuration: they end with a word, and are nowhere told as open."""

from dataclasses import replace
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.blocks import alert_lines, alerts
from bot.commands import Digest as DigestCommand
from bot.errors import Conflict, Unavailable
from bot.fleet import sayings
from bot.fleet.episode_names import episode_id
from bot.model import Ending, Entry, Episode, Recalled, Speech
from bot.usecases.digest import digest
from bot.usecases.unwatched import end_unwatched
from bot.usecases.watch import Rounds, watch
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import TIMED_OUT, activity, description, execution

LEFT = episode(revision=0)


@pytest.fixture
async def world() -> FakeWorld:
    """voice-prod was taken out, while one of its runs struggled."""
    world = FakeWorld(config=config({"chat-prod": ("spirit",)}))
    await world.journal.record(Entry(episodes=(LEFT, episode("spirit", "chat-prod", revision=0))), NOW)
    return world


def said(world: FakeWorld) -> list[sayings.Saying]:
    return [sayings.parse(waiting.speech.body) for waiting in world.outbox.speeches.values()]


async def test_a_pass_over_any_other_cluster_ends_them_and_says_so_once(world: FakeWorld) -> None:
    rounds = Rounds()
    for _ in range(3):
        rounds = await watch("chat-prod", rounds, world.services)
        world.now += world.config.watch.slow_round

    assert {name: one.ending for name, one in world.journal.episodes.items() if "voice" in name} == {
        LEFT.id: Ending.UNWATCHED
    }
    ends = [saying.ending for saying in said(world) if isinstance(saying, sayings.EndLine)]
    assert ends.count(Ending.UNWATCHED) == 1


async def test_what_is_said_tells_why(world: FakeWorld) -> None:
    await end_unwatched(world.services)
    card, line = said(world)

    assert isinstance(card, sayings.EpisodeCard)
    assert isinstance(line, sayings.EndLine)
    why = "no longer watched (its cluster is not configured any more) on attempt 2, 22 h after the alert."
    assert alerts.episode(card).text == f"hilton on voice-prod (Jan 1 → Feb 21): {why}"
    assert alert_lines.end(line).text == f"hilton (Jan 1 → Feb 21): {why}"


async def test_the_digest_does_not_name_them_even_before_that(world: FakeWorld) -> None:
    told = await digest(DigestCommand(), world.services)

    assert [struggle.cluster for struggle in told.struggling] == ["chat-prod"]


async def test_a_storm_is_told_with_how_many_of_it_are_over(world: FakeWorld) -> None:
    root = f"storm:voice-prod:{LEFT.opened_at.isoformat()}"
    names = ("vivint", "marriott")
    await world.journal.record(
        Entry(
            episodes=tuple(episode(name, revision=0, root_key=root) for name in names),
            speeches=(Speech(root, sayings.dump(sayings.StormCard("voice-prod", names, 0, LEFT.opened_at))),),
        ),
        NOW,
    )
    await end_unwatched(world.services)

    (storm,) = [saying for saying in said(world) if isinstance(saying, sayings.StormCard)]
    assert (storm.over, storm.completed) == (2, 0)


class ContestedJournal(FakeJournal):
    """Somebody clicks just before each change."""

    async def record(self, entry: Entry, now: datetime) -> None:  # noqa: ARG002
        raise Conflict("store", "somebody else changed the alert meanwhile")


@pytest.mark.parametrize("away", [None, Unavailable("store", "connection refused")], ids=["contested", "away"])
async def test_what_cannot_be_recorded_now_is_left_to_the_next_time(
    world: FakeWorld, away: Unavailable | None
) -> None:
    contested = ContestedJournal(world.outbox, episodes=world.journal.episodes, away=away)
    await end_unwatched(replace(world.services, journal=contested))
    before = world.journal.episodes[LEFT.id].ending
    await end_unwatched(world.services)

    assert before is None
    assert world.journal.episodes[LEFT.id].ending is Ending.UNWATCHED


async def test_when_the_cluster_is_back_one_that_still_struggles_goes_on(world: FakeWorld) -> None:
    await world.journal.record(Entry(episodes=(episode(revision=0, id=episode_id(LEFT.ref)),)), NOW)
    await end_unwatched(world.services)
    again = FakeWorld()
    again.journal, again.outbox = world.journal, world.outbox
    struggling = replace(execution("hilton"), ref=LEFT.ref)
    again.engines["voice-prod"].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=struggling))
    await watch("voice-prod", Rounds(), again.services)

    assert world.journal.episodes[episode_id(LEFT.ref)].is_open


class Odd(FakeJournal):
    """One that holds what nobody understands."""

    async def open_episodes(self) -> tuple[Episode, ...]:
        raise ZeroDivisionError


async def test_what_nobody_has_foreseen_about_them_takes_nothing_away_from_a_pass() -> None:
    world = FakeWorld(config=config({"chat-prod": ("spirit",)}))
    world.journal = Odd(world.outbox)
    with capture_logs() as logs:
        rounds = await watch("chat-prod", Rounds(), world.services)

    assert rounds.past_due == NOW + world.config.watch.slow_round
    (told,) = [line for line in logs if line["log_level"] == "error"]
    assert told["event"] == "alerts of clusters that are not configured go on"
    assert len(told["reference"]) == 8


class OddLedger(FakeLedger):
    """One that holds what nobody understands."""

    async def recall(self, cluster: str) -> Recalled:
        raise ZeroDivisionError(cluster)


async def test_nor_does_what_nobody_has_foreseen_about_the_past(world: FakeWorld) -> None:
    world.ledger = OddLedger()
    with capture_logs() as logs:
        rounds = await watch("chat-prod", Rounds(), world.services)

    assert rounds.past_due == NOW + world.config.watch.slow_round
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["past not read"]
    assert world.journal.episodes[LEFT.id].ending is Ending.UNWATCHED
