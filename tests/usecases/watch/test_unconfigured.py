"""Alerts of clusters that were taken out of the configuration end with a message, and nothing shows them as open."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.blocks import alert_lines, alerts
from bot.blocks.notifications import draw
from bot.commands import Cancel, Pause, Retry, Split
from bot.commands import Digest as DigestCommand
from bot.errors import Conflict, Unavailable
from bot.fleet.alerts.episodes import card
from bot.fleet.notifications import notification
from bot.fleet.notifications.keys import episode_id
from bot.fleet.notifications.sequence import SequenceCard, StillOpenLine, WindowLine
from bot.message import Message
from bot.model import (
    Address,
    Ending,
    Episode,
    JournalEntry,
    OutboxMessage,
    Phase,
    RecordedRuns,
    SequenceEnd,
    SequenceProgress,
    WindowEnd,
    cluster_lease,
)
from bot.usecases.digest import digest
from bot.usecases.resolve import resolve_open
from bot.usecases.watch.unconfigured import end_unconfigured
from tests.blocks.gate import action_ids
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import TIMED_OUT, activity, description, execution, window
from tests.fleet.sequences import ended, progress, spec
from tests.usecases.watch.passes import new_state, watch
from tests.usecases.watch.test_outdated_cards import LATER_CARD, LATER_LINE
from tests.wording import declines

LEFT = episode(revision=0)


@pytest.fixture
async def world() -> FakeWorld:
    """voice-prod was taken out of the configuration while one of its runs struggled."""
    world = FakeWorld(config=config({"chat-prod": ("spirit",)}))
    await world.journal.record(JournalEntry(episodes=(LEFT, episode("spirit", "chat-prod", revision=0))), NOW)
    return world


def notifications(world: FakeWorld) -> list[notification.Notification]:
    return [notification.parse(waiting.message.body) for waiting in world.outbox.messages.values()]


async def test_a_pass_over_any_other_cluster_ends_them_and_says_so_once(world: FakeWorld) -> None:
    rounds = new_state("chat-prod")
    for _ in range(3):
        rounds = await watch("chat-prod", world.services, rounds)
        world.now += world.config.watch.slow_round

    assert {name: each.ending for name, each in world.journal.episodes.items() if "voice" in name} == {
        LEFT.id: Ending.UNWATCHED
    }
    ends = [saying.ending for saying in notifications(world) if isinstance(saying, notification.EndLine)]
    assert ends.count(Ending.UNWATCHED) == 1


async def test_those_of_a_cluster_that_another_bot_watches_go_on(world: FakeWorld) -> None:
    """During a deployment, bots with two configurations run side by side."""
    names = [cluster_lease("voice-prod")]
    await world.leases.hold("another bot", names, world.now, world.now + timedelta(minutes=1))
    await end_unconfigured(world.services)
    while_watched = notifications(world)
    await world.leases.give_back("another bot")
    await end_unconfigured(world.services)

    assert while_watched == []
    assert world.journal.episodes[LEFT.id].ending is Ending.UNWATCHED


async def test_what_is_said_tells_why(world: FakeWorld) -> None:
    await end_unconfigured(world.services)
    answer, line = notifications(world)

    assert isinstance(answer, notification.EpisodeCard)
    assert isinstance(line, notification.EndLine)
    end = "no longer watched (its cluster is not configured any more, or its reason is switched off)"
    why = f"{end} on attempt 2, 22 h after the alert."
    assert alerts.episode(answer).text == f"hilton on voice-prod (Jan 1–Feb 20): {why}"
    assert alert_lines.end(line).text == f"hilton (Jan 1–Feb 20): {why}"


async def test_the_digest_does_not_name_them_even_before_that(world: FakeWorld) -> None:
    answer = await digest(DigestCommand(), world.services)

    assert [struggle.cluster for struggle in answer.struggling] == ["chat-prod"]


async def test_a_storm_is_told_with_how_many_of_it_are_over(world: FakeWorld) -> None:
    root = f"storm:voice-prod:{LEFT.opened_at.isoformat()}"
    names = ("vivint", "marriott")
    await world.journal.record(
        JournalEntry(
            episodes=tuple(episode(name, revision=0, root_key=root) for name in names),
            messages=(
                OutboxMessage(
                    root, notification.dump(notification.StormCard("voice-prod", names, 0, LEFT.opened_at))
                ),
            ),
        ),
        NOW,
    )
    await end_unconfigured(world.services)

    (storm,) = [saying for saying in notifications(world) if isinstance(saying, notification.StormCard)]
    assert (storm.over, storm.completed) == (2, 0)


class ContestedJournal(FakeJournal):
    """Every change is a conflict: somebody clicks just before it."""

    async def record(self, entry: JournalEntry, now: datetime) -> None:  # noqa: ARG002
        raise Conflict("store", "somebody else changed the alert meanwhile")


@pytest.mark.parametrize("away", [None, Unavailable("store", "connection refused")], ids=["contested", "away"])
async def test_what_cannot_be_recorded_now_is_left_to_the_next_time(
    world: FakeWorld, away: Unavailable | None
) -> None:
    contested = ContestedJournal(world.outbox, episodes=world.journal.episodes, away=away)
    await end_unconfigured(replace(world.services, journal=contested))
    before = world.journal.episodes[LEFT.id].ending
    await end_unconfigured(world.services)

    assert before is None
    assert world.journal.episodes[LEFT.id].ending is Ending.UNWATCHED


async def stand(world: FakeWorld, *messages: OutboxMessage, episodes: tuple[Episode, ...] = ()) -> None:
    """Posts them."""
    await world.journal.record(JournalEntry(episodes=episodes, messages=messages), NOW)
    for number, message in enumerate(messages):
        known = world.outbox.messages[message.key]
        await world.outbox.done(message.key, known.revision, Address("C1", f"1.{number:06}"))


def shown(world: FakeWorld, key: str) -> Message:
    return draw(notification.parse(world.outbox.messages[key].message.body))


OPEN_ONE = progress()
STOPPED = progress(phase=Phase.ENDED, end=SequenceEnd.STOPPED, running=())


@pytest.mark.parametrize("how", [OPEN_ONE, STOPPED, progress(paused_by="U0OSCAR")], ids=["open", "over", "paused"])
async def test_cards_of_its_sequences_and_their_lines_lose_their_buttons_and_say_why(
    world: FakeWorld, how: SequenceProgress
) -> None:
    lines: list[StillOpenLine | WindowLine] = [
        StillOpenLine(how.spec, LEFT.ref, None, timedelta(hours=1)),
        WindowLine(how.spec, ended(window(1, 6), WindowEnd.FAILED), 1, 10, None, 5, 5),
    ]
    key = how.spec.card_key
    messages = [OutboxMessage(key, notification.dump(SequenceCard(how)))]
    messages += [OutboxMessage(f"{key}:{n}", notification.dump(line), key) for n, line in enumerate(lines)]
    await stand(world, *messages)
    before = [action_ids(shown(world, message.key)) for message in messages]
    await end_unconfigured(world.services)
    revisions = {key: queued.revision for key, queued in world.outbox.messages.items()}
    await end_unconfigured(world.services)

    assert all(before)
    assert [action_ids(shown(world, message.key)) for message in messages] == [[], [], []]
    assert "Its cluster is not configured any more" in shown(world, key).text
    assert {key: queued.revision for key, queued in world.outbox.messages.items()} == revisions, "said once"


async def test_messages_that_a_later_version_has_written_keep_no_buttons_on_others(world: FakeWorld) -> None:
    key = STOPPED.spec.card_key
    later = [OutboxMessage("sequence:later", LATER_CARD), OutboxMessage(f"{key}:1", LATER_LINE, key)]
    await stand(world, *later, OutboxMessage(key, notification.dump(SequenceCard(STOPPED))))
    await end_unconfigured(world.services)

    assert action_ids(shown(world, key)) == []
    assert [world.outbox.messages[message.key].revision for message in later] == [1, 1]


async def test_an_alert_that_had_ended_with_days_missing_loses_its_buttons(world: FakeWorld) -> None:
    over = episode("vivint", revision=0, ending=Ending.INCOMPLETE, ended_at=NOW, sequence=STOPPED)
    await world.journal.record(JournalEntry(seen={"voice-prod": NOW}), NOW)
    await stand(world, card(over), episodes=(over,))
    before = action_ids(shown(world, over.root_key))
    await end_unconfigured(world.services)

    assert before
    assert action_ids(shown(world, over.root_key)) == []


async def test_cards_of_configured_clusters_stay_as_they_are(world: FakeWorld) -> None:
    here = progress(spec=spec("spirit", "chat-prod"))
    await stand(world, OutboxMessage(here.spec.card_key, notification.dump(SequenceCard(here))))
    await end_unconfigured(world.services)

    assert action_ids(shown(world, here.spec.card_key))


@pytest.mark.parametrize("clicked", [Pause, Cancel, Retry, Split])
async def test_a_button_of_before_is_answered_with_what_is_the_matter(
    world: FakeWorld, clicked: type[Pause | Cancel | Retry | Split]
) -> None:
    with declines("No cluster “voice-prod” is configured, or not any more"):
        await resolve_open(clicked(target="voice-prod/hilton"), world.services)


async def test_a_customer_that_has_moved_is_named_where_it_is(world: FakeWorld) -> None:
    with declines("Did you mean chat-prod/spirit"):
        await resolve_open(Cancel(target="voice-prod/spirit"), world.services)


async def test_when_the_cluster_is_back_one_that_still_struggles_goes_on(world: FakeWorld) -> None:
    await world.journal.record(JournalEntry(episodes=(episode(revision=0, id=episode_id(LEFT.ref)),)), NOW)
    await end_unconfigured(world.services)
    again = FakeWorld()
    again.journal, again.outbox = world.journal, world.outbox
    struggling = replace(execution("hilton"), ref=LEFT.ref)
    again.engines["voice-prod"].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=struggling))
    await watch("voice-prod", again.services)

    assert world.journal.episodes[episode_id(LEFT.ref)].is_open


class Odd(FakeJournal):
    """Returns data that causes a bug."""

    async def open_episodes(self) -> tuple[Episode, ...]:
        raise ZeroDivisionError


async def test_what_nobody_has_foreseen_about_them_takes_nothing_away_from_a_pass() -> None:
    world = FakeWorld(config=config({"chat-prod": ("spirit",)}))
    world.journal = Odd(world.outbox)
    with capture_logs() as logs:
        rounds = await watch("chat-prod", world.services)

    assert rounds.history_due == NOW + world.config.watch.slow_round
    (answer,) = [line for line in logs if line["log_level"] == "error"]
    assert answer["event"] == "alerts of clusters that are not configured go on"
    assert len(answer["reference"]) == 8


class OddLedger(FakeLedger):
    """Returns data that causes a bug."""

    async def recall(self, cluster: str) -> RecordedRuns:
        raise ZeroDivisionError(cluster)


async def test_nor_does_what_nobody_has_foreseen_about_the_past(world: FakeWorld) -> None:
    world.ledger = OddLedger()
    with capture_logs() as logs:
        rounds = await watch("chat-prod", world.services)

    assert rounds.history_due == NOW + world.config.watch.slow_round
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["past not read"]
    assert world.journal.episodes[LEFT.id].ending is Ending.UNWATCHED
