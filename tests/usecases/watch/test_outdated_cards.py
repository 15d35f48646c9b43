"""Cards whose days have been completed since say so, link to the run, and have no buttons."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.blocks.notifications import draw
from bot.fleet.alerts.episodes import card
from bot.fleet.notifications import notification
from bot.fleet.notifications.sequence import SequenceCard, StillOpenLine, WindowLine
from bot.message import Message
from bot.model import (
    Address,
    Ending,
    Episode,
    ExecutionStatus,
    JournalEntry,
    OutboxMessage,
    Phase,
    SequenceEnd,
    WindowEnd,
)
from bot.usecases.watch.outdated_cards import mark_overtaken
from tests.blocks.gate import action_ids
from tests.fakes.episodes import episode
from tests.fakes.services import NOW, FakeWorld
from tests.fleet.builders import CAMPAIGN, closed, execution, window
from tests.fleet.sequences import ended, progress, spec

HOUR = timedelta(hours=1)
# Messages that only a later version of the bot can read.
LATER_CARD = '{"steps":7,"kind":"sequence"}'
LATER_LINE = '{"steps":7,"kind":"sequence_step"}'
OVER = progress(phase=Phase.ENDED, end=SequenceEnd.STOPPED, running=())


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def record(
    world: FakeWorld, *messages: OutboxMessage, episodes: tuple[Episode, ...] = (), ago: timedelta = HOUR
) -> None:
    """Records the messages and posts them."""
    await world.journal.record(JournalEntry(episodes=episodes, messages=messages), world.now - ago)
    for number, message in enumerate(messages):
        known = world.outbox.messages[message.key]
        await world.outbox.done(message.key, known.revision, Address("C1", f"1.{number:06}"))


async def complete(world: FakeWorld, *days: object, at: datetime = NOW) -> None:
    runs = [
        replace(
            closed(ExecutionStatus.COMPLETED, "hilton", each, run=f"{number}"),  # type: ignore[arg-type]
            closed_at=at - timedelta(minutes=number),
        )
        for number, each in enumerate(days)
    ]
    await world.ledger.keep(runs)


def shown(world: FakeWorld, key: str) -> Message:
    return draw(notification.parse(world.outbox.messages[key].message.body))


def left(ending: Ending = Ending.INCOMPLETE, **changes: object) -> Episode:
    over = episode(revision=0, ending=ending, ended_at=NOW - HOUR, opened_at=NOW - 2 * HOUR, changed_at=NOW - HOUR)
    return replace(over, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", [Ending.INCOMPLETE, Ending.FAILED, Ending.CANCELLED, Ending.TERMINATED])
async def test_an_alert_whose_days_were_completed_since_says_so_and_has_no_buttons(
    world: FakeWorld, ending: Ending
) -> None:
    alert = left(ending, sequence=OVER)
    await record(world, card(alert), episodes=(alert,))
    before = shown(world, alert.root_key)
    await complete(world, CAMPAIGN)
    await mark_overtaken("voice-prod", world.services)
    after = shown(world, alert.root_key)

    assert action_ids(before) != []
    assert action_ids(after) == []
    assert "completed since" in after.text
    assert "Temporal>" in str(after.blocks)
    assert ":red_circle:" not in str(after.blocks)


async def test_windows_of_anybody_count_together(world: FakeWorld) -> None:
    alert = left(sequence=OVER)
    await record(world, card(alert), episodes=(alert,))
    await complete(world, window(11, 52), window(1, 11))
    await mark_overtaken("voice-prod", world.services)

    assert "completed since" in shown(world, alert.root_key).text


@pytest.mark.parametrize(
    ("days", "at"),
    [([window(1, 11)], NOW), ([CAMPAIGN], NOW - 2 * HOUR), ([window(1, 11), window(12, 52)], NOW)],
    ids=["some days", "before it ended", "all but one"],
)
async def test_what_is_still_missing_keeps_its_buttons(world: FakeWorld, days: list[object], at: datetime) -> None:
    alert = left(sequence=OVER)
    await record(world, card(alert), episodes=(alert,))
    await complete(world, *days, at=at)
    await mark_overtaken("voice-prod", world.services)

    assert action_ids(shown(world, alert.root_key)) != []


@pytest.mark.parametrize("ahead", [2 * HOUR, -2 * HOUR], ids=["ahead", "behind"])
async def test_what_came_after_is_told_by_the_clock_of_the_cluster(world: FakeWorld, ahead: timedelta) -> None:
    """The bot's clock is wrong, and so is its time of the alert's end: by the cluster's clock, an hour ago."""
    alert = left(ended_at=NOW - HOUR + ahead, sequence=OVER)
    world.engines["voice-prod"].is_ahead = ahead
    await record(world, card(alert), episodes=(alert,))
    await complete(world, CAMPAIGN, at=NOW - 2 * HOUR)
    await mark_overtaken("voice-prod", world.services)
    before = shown(world, alert.root_key)
    await complete(world, CAMPAIGN)
    await mark_overtaken("voice-prod", world.services)

    assert action_ids(before) != []
    assert action_ids(shown(world, alert.root_key)) == []


async def test_the_message_of_a_sequence_and_its_lines_lose_theirs_too(world: FakeWorld) -> None:
    of = spec()
    answer = replace(OVER, spec=of)
    mended = WindowLine(of, ended(window(1, 6), WindowEnd.FAILED), 1, 11, None, 5, 5)
    stuck = StillOpenLine(of, execution().ref, CAMPAIGN, HOUR)
    bodies = (notification.dump(mended), notification.dump(stuck))
    lines = [OutboxMessage(f"{of.card_key}:{n}", body, of.card_key) for n, body in enumerate(bodies)]
    await record(world, OutboxMessage(of.card_key, notification.dump(SequenceCard(answer))), *lines)
    keys = [of.card_key, *(line.key for line in lines)]
    before = [action_ids(shown(world, key)) for key in keys]
    await complete(world, CAMPAIGN)
    await mark_overtaken("voice-prod", world.services)

    assert all(before)
    assert [action_ids(shown(world, key)) for key in keys] == [[], [], []]
    assert "completed since" in shown(world, of.card_key).text


async def test_messages_that_a_later_version_has_written_keep_no_buttons_on_others(world: FakeWorld) -> None:
    over = replace(OVER, spec=spec())
    key = over.spec.card_key
    unreadable = [OutboxMessage("sequence:later", LATER_CARD), OutboxMessage(f"{key}:1", LATER_LINE, key)]
    await record(world, *unreadable, OutboxMessage(key, notification.dump(SequenceCard(over))))
    await complete(world, CAMPAIGN)
    await mark_overtaken("voice-prod", world.services)

    assert action_ids(shown(world, key)) == []
    assert [world.outbox.messages[message.key].revision for message in unreadable] == [1, 1]


async def test_it_is_said_once(world: FakeWorld) -> None:
    alert = left()
    await record(world, card(alert), episodes=(alert,))
    await complete(world, CAMPAIGN)
    await mark_overtaken("voice-prod", world.services)
    revision = world.outbox.messages[alert.root_key].revision
    await mark_overtaken("voice-prod", world.services)

    assert world.outbox.messages[alert.root_key].revision == revision


async def test_other_customers_and_clusters_complete_nothing_of_it(world: FakeWorld) -> None:
    alert = left(sequence=OVER)
    await record(world, card(alert), episodes=(alert,))
    await world.ledger.keep(
        [
            closed(ExecutionStatus.COMPLETED, "vivint", CAMPAIGN, ago=timedelta(0)),
            closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, cluster="chat-prod", ago=timedelta(0)),
        ]
    )
    await mark_overtaken("voice-prod", world.services)

    assert action_ids(shown(world, alert.root_key)) != []
