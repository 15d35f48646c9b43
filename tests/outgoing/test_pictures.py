"""Pictures are added to messages that are in the channel already, and keep none of them from going out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import AccessDenied, DependencyError, Refused, Unavailable
from bot.fleet.notifications.notification import EpisodeCard, dump
from bot.message import Message
from bot.model import Address, AttemptProgress, Ending, Episode, JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.outgoing.pictures import MOST_TRIES, PAUSE, PROCESSING, REDRAWN_EVERY, TRY_AGAIN
from tests.fakes.channel import FakeChannel
from tests.fakes.episodes import episode
from tests.fakes.leading import always
from tests.fakes.services import CHANNEL, FakeWorld

FIRST = AttemptProgress(1, "day 2026-01-04, 3,619 of 61,500 rows")
SECOND = AttemptProgress(2, "day 2026-01-03, 3,000 of 61,500 rows")
ALERT = episode(attempts=(FIRST,))


class PicturelessChannel(FakeChannel):
    """Refuses edits to messages with images, as Slack does until it has processed the file."""

    refusal: DependencyError | None = Refused("slack", "invalid_blocks")

    async def edit(self, address: Address, message: Message, key: str) -> None:
        if self.refusal and images(message):
            raise self.refusal
        await super().edit(address, message, key)


class Bot:
    """A bot whose jobs are run by hand."""

    def __init__(self) -> None:
        self.world = FakeWorld()
        self.start()

    def start(self) -> None:
        """Start the process, anew if it ran before."""
        self.dispatcher = OutboxDispatcher(self.world.services, always)

    async def record(self, alert: Episode) -> None:
        body = dump(EpisodeCard(alert))
        message = OutboxMessage(alert.root_key, body)
        await self.world.journal.record(JournalEntry(messages=(message,)), self.world.now)

    async def work(self, within: timedelta = timedelta(minutes=1)) -> None:
        """Run both jobs each second of this time."""
        for _ in range(int(within.total_seconds())):
            await self.dispatcher.pictures.step()
            await self.dispatcher.dispatch()
            self.world.now += timedelta(seconds=1)

    def shown(self) -> list[str]:
        """The ids of the pictures in the only message."""
        (posted,) = self.world.channel.messages
        return [image["slack_file"]["id"] for image in images(posted.message)]


def images(message: Message) -> list[Mapping[str, Any]]:
    return [block for block in message.blocks if block["type"] == "image"]


@pytest.fixture
def bot() -> Bot:
    return Bot()


async def test_an_alert_is_posted_at_once_and_one_edit_adds_its_picture(bot: Bot) -> None:
    await bot.record(ALERT)
    await bot.dispatcher.dispatch()
    assert bot.shown() == []

    await bot.work(PROCESSING + timedelta(seconds=5))
    assert bot.shown() == ["F1"]
    assert bot.world.channel.messages[0].edits == 1

    await bot.work()
    assert (len(bot.world.pictures.drawn), bot.world.channel.messages[0].edits) == (1, 1)


async def test_while_the_next_picture_is_drawn_the_one_before_stays(bot: Bot) -> None:
    await bot.record(ALERT)
    await bot.work()
    await bot.record(episode(attempts=(FIRST, SECOND), attempt=3))
    await bot.work(REDRAWN_EVERY / 4)
    assert bot.shown() == ["F1"]

    await bot.work(REDRAWN_EVERY)
    assert bot.shown() == ["F2"]


async def test_a_change_of_other_things_draws_nothing_and_keeps_the_picture(bot: Bot) -> None:
    await bot.record(ALERT)
    await bot.work()
    await bot.record(episode(attempts=(FIRST,), acked_by="U1"))
    await bot.work()

    assert (bot.shown(), len(bot.world.pictures.drawn)) == (["F1"], 1)


async def test_an_alert_that_ends_loses_its_picture(bot: Bot) -> None:
    await bot.record(ALERT)
    await bot.work()
    await bot.record(episode(attempts=(FIRST,), ending=Ending.COMPLETED, ended_at=bot.world.now))
    await bot.work()

    assert bot.shown() == []


async def test_an_alert_may_end_while_another_gets_its_picture(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both jobs run at the same time: the store answers one while the other edits."""
    ended = episode("vivint", attempts=(FIRST,))
    for alert in (ALERT, ended):
        await bot.record(alert)
    await bot.dispatcher.dispatch()
    bot.world.now += timedelta(minutes=1)
    await bot.dispatcher.dispatch()
    for _ in range(2):
        await bot.dispatcher.pictures.step()
    bot.world.now += PROCESSING
    address = bot.world.outbox.address

    async def address_while_the_other_ends(key: str) -> Address | None:
        bot.dispatcher.pictures.add_to(Message("vivint on voice-prod: complete."), ended.root_key)
        return await address(key)

    monkeypatch.setattr(bot.world.outbox, "address", address_while_the_other_ends)
    await bot.dispatcher.pictures.step()
    monkeypatch.undo()
    bot.world.now += timedelta(minutes=1)
    await bot.dispatcher.dispatch()

    assert len(bot.world.pictures.drawn) == 2
    assert [len(images(posted.message)) for posted in bot.world.channel.messages] == [1, 0]


@pytest.mark.parametrize("away", ["pictures", "files"])
async def test_a_picture_that_cannot_be_made_is_left_out_and_tried_again_after_a_pause(bot: Bot, away: str) -> None:
    getattr(bot.world, away).away = Unavailable(away, "not drawn within 10 s")
    await bot.record(ALERT)
    await bot.work()
    assert bot.shown() == []

    getattr(bot.world, away).away = None
    await bot.record(episode(attempts=(FIRST,), acked_by="U1"))
    await bot.work(PAUSE)
    assert bot.shown() == ["F1"]


async def test_a_message_that_slack_refuses_with_its_picture_goes_without_until_it_is_processed(bot: Bot) -> None:
    bot.world.channel = channel = PicturelessChannel(lambda: bot.world.now, CHANNEL)
    bot.start()
    await bot.record(ALERT)
    await bot.work(PROCESSING + timedelta(seconds=5))
    assert bot.shown() == []
    assert list(await bot.world.outbox.dead_letters(bot.world.now - timedelta(hours=1))) == []

    channel.refusal = None
    await bot.work(TRY_AGAIN + timedelta(seconds=5))
    assert bot.shown() == ["F1"]


async def test_a_picture_that_is_refused_again_and_again_is_given_up_and_the_message_goes_on(bot: Bot) -> None:
    bot.world.channel = PicturelessChannel(lambda: bot.world.now, CHANNEL)
    bot.start()
    await bot.record(ALERT)
    await bot.work(TRY_AGAIN * (MOST_TRIES + 1))
    await bot.record(episode(attempts=(FIRST,), acked_by="U1"))
    await bot.work()

    (posted,) = bot.world.channel.messages
    assert "Acknowledged by" in posted.message.text
    assert len(bot.world.pictures.drawn) == 1
    assert list(await bot.world.outbox.dead_letters(bot.world.now - timedelta(hours=1))) == []


async def test_a_bot_without_access_does_not_blame_the_picture(bot: Bot) -> None:
    bot.world.channel = channel = PicturelessChannel(lambda: bot.world.now, CHANNEL)
    channel.refusal = AccessDenied("slack", "not_in_channel")
    bot.start()
    await bot.record(ALERT)
    await bot.work()
    channel.refusal = None
    await bot.work(timedelta(minutes=5))

    assert bot.shown() == ["F1"]


async def test_after_a_restart_the_picture_is_back_with_the_edit_after_the_next(bot: Bot) -> None:
    await bot.record(ALERT)
    await bot.work()
    bot.start()
    await bot.work()
    assert bot.shown() == ["F1"]

    await bot.record(episode(attempts=(FIRST,), acked_by="U1"))
    await bot.work()
    assert bot.shown() == ["F2"]
