"""A failure of Slack or of the channel holds all messages in order; one of a single message holds up that one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.blocks.notifications import draw
from bot.errors import (
    AccessDenied,
    DependencyError,
    NoAnswer,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    UnrecognisedRefusal,
)
from bot.fleet.alerts.episodes import card, end_episode
from bot.fleet.notifications.keys import card_key
from bot.fleet.notifications.notification import AckLine, StormCard, dump, parse
from bot.message import Message
from bot.model import MIN_EDIT_INTERVAL, Address, Ending, Episode, JournalEntry, OutboxMessage, Queued
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.outgoing.failures import LATE_EFFECT
from tests.fakes.channel import FakeChannel
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.leading import always
from tests.fakes.outbox import FakeOutbox
from tests.fakes.services import CHANNEL, NOW, FakeWorld

DAY = timedelta(days=1)


@dataclass
class Choosy(FakeChannel):
    """Fails with ``answer`` for each call about the message with this key, and with ``posting``, ``finding`` or
    ``checking`` for all calls of that kind; works otherwise."""

    key: str = ""
    answer: Exception | None = None
    finding: DependencyError | None = None
    posting: DependencyError | None = None
    checking: DependencyError | None = None

    async def post(
        self, message: Message, key: str, thread: Address | None = None, *, broadcast: bool = False, channel: str = ""
    ) -> Address:
        self._judge(key)
        if self.posting is not None:
            raise self.posting
        return await super().post(message, key, thread, broadcast=broadcast, channel=channel)

    async def edit(self, address: Address, message: Message, key: str) -> None:
        self._judge(key)
        await super().edit(address, message, key)

    async def find(self, *args: object, **more: object) -> Address | None:
        if self.finding is not None:
            raise self.finding
        return await super().find(*args, **more)  # type: ignore[arg-type]

    async def check(self) -> str:
        if self.checking is not None:
            raise self.checking
        return await super().check()

    def _judge(self, key: str) -> None:
        if key == self.key and self.answer is not None:
            raise self.answer


@dataclass
class Scene:
    """One bot that dispatches every second."""

    world: FakeWorld
    channel: Choosy
    dispatcher: OutboxDispatcher

    async def record(self, *messages: OutboxMessage, of: Episode | None = None) -> None:
        known = await self.world.journal.episode(of.id) if of else None
        changed = (replace(of, revision=known.revision if known else 0),) if of else ()
        await self.world.journal.record(JournalEntry(episodes=changed, messages=messages), self.world.now)

    async def pass_by(self, span: timedelta, step: timedelta = timedelta(seconds=1)) -> None:
        until = self.world.now + span
        while self.world.now < until:
            await self.dispatcher.dispatch()
            self.world.now += step

    def posted_keys(self) -> list[str]:
        return [post.key for post in self.channel.messages]


@pytest.fixture
def scene() -> Scene:
    world = FakeWorld()
    world.channel = channel = Choosy(lambda: world.now, CHANNEL)
    return Scene(world, channel, OutboxDispatcher(world.services, always))


def storm(number: int, over: int = 0) -> OutboxMessage:
    return OutboxMessage(f"storm:{number}", dump(StormCard(f"c-{number}", ("hilton", "vivint"), over, NOW)))


def line(number: int, name: str = "hilton") -> OutboxMessage:
    return OutboxMessage(f"storm:{number}:{name}", dump(AckLine(name, "U1")), f"storm:{number}")


AWAY = (
    Unavailable("slack", "HTTP 503"),
    NoAnswer("slack", "no answer in time"),
    RateLimited("slack", "ratelimited", timedelta(seconds=30)),
    AccessDenied("slack", "is_archived"),
)


@pytest.mark.parametrize("away", AWAY, ids=lambda away: type(away).__name__)
async def test_after_an_outage_everything_is_told_once_and_in_the_order_recorded(
    scene: Scene, away: DependencyError
) -> None:
    scene.channel.away = away
    for number in range(6):
        await scene.record(storm(number), line(number))
        await scene.pass_by(timedelta(seconds=100))
    scene.channel.away = None
    await scene.pass_by(timedelta(minutes=10))

    roots = [key for key in scene.posted_keys() if key.count(":") == 1]
    assert roots == [f"storm:{number}" for number in range(6)]
    assert sorted(scene.posted_keys()) == sorted([*roots, *(line(number).key for number in range(6))])
    assert await scene.world.outbox.dead_letters(NOW) == []


async def test_while_slack_asks_for_patience_a_thousand_messages_make_no_call(scene: Scene) -> None:
    await scene.record(*(storm(number) for number in range(1_000)))
    scene.channel.away = RateLimited("slack", "ratelimited", timedelta(seconds=60))
    await scene.pass_by(timedelta(seconds=60))

    assert scene.channel.calls == 1


async def test_a_bot_that_is_started_again_while_slack_is_away_asks_once(scene: Scene) -> None:
    await scene.record(*(storm(number) for number in range(30)))
    scene.channel.away = Unavailable("slack", "no connection")
    for _ in range(5):
        await OutboxDispatcher(scene.world.services, always).dispatch()

    assert scene.channel.posts == 0
    assert scene.channel.calls == 5


async def test_a_post_that_is_carried_out_after_it_was_given_up_is_found_and_not_made_again(scene: Scene) -> None:
    await scene.record(storm(1), line(1), storm(2))
    scene.channel.late_effects = 1
    await scene.pass_by(timedelta(minutes=3))

    assert scene.posted_keys() == ["storm:1", "storm:2", "storm:1:hilton"]


async def test_another_bot_does_not_look_for_what_may_still_be_under_way_either(scene: Scene) -> None:
    await scene.record(storm(1))
    scene.channel.late_effects = 1
    await scene.dispatcher.dispatch()
    calls = scene.channel.calls
    scene.world.now += LATE_EFFECT - timedelta(seconds=1)
    await OutboxDispatcher(scene.world.services, always).dispatch()
    assert scene.channel.calls == calls
    scene.world.now += timedelta(seconds=1)
    await OutboxDispatcher(scene.world.services, always).dispatch()

    assert scene.posted_keys() == ["storm:1"]


async def test_an_edit_that_was_given_up_may_be_made_again_soon(scene: Scene) -> None:
    await scene.record(storm(1))
    await scene.pass_by(MIN_EDIT_INTERVAL)
    await scene.record(storm(1, over=1))
    scene.channel.away = NoAnswer("slack", "no answer in time")
    await scene.dispatcher.dispatch()
    scene.channel.away = None
    await scene.pass_by(timedelta(seconds=3))

    assert scene.channel.messages[0].edits == 1


@pytest.mark.parametrize(
    "answer",
    [
        AttributeError("'list' object has no attribute 'get'"),
        Unavailable("slack", "internal_error"),
        NoAnswer("slack", "no answer in time"),
        UnrecognisedRefusal("slack", "a_code_of_next_year"),
    ],
    ids=lambda answer: type(answer).__name__,
)
async def test_one_message_that_always_fails_holds_up_its_own_thread_alone_and_not_for_ever(
    scene: Scene, answer: Exception
) -> None:
    scene.channel.key, scene.channel.answer = "storm:1", answer
    await scene.record(storm(1), line(1), storm(2), line(2), storm(3))
    await scene.pass_by(timedelta(minutes=8))
    soon = scene.posted_keys()
    # Others are said before and after each of its tries.
    for number in range(4, 24):
        await scene.record(storm(number))
        await scene.pass_by(timedelta(minutes=20), timedelta(minutes=1))

    assert soon == ["storm:2", "storm:3", "storm:2:hilton"]
    assert scene.posted_keys() == [*soon, *(f"storm:{number}" for number in range(4, 24))]
    assert [key for key, _ in await scene.world.outbox.dead_letters(NOW)] == ["storm:1", "storm:1:hilton"]


@pytest.mark.parametrize("away", [AWAY[0], AWAY[1]], ids=lambda away: type(away).__name__)
async def test_an_outage_of_posting_alone_gives_nothing_up_however_long_it_takes(
    scene: Scene, away: DependencyError
) -> None:
    await scene.record(storm(9))
    await scene.pass_by(MIN_EDIT_INTERVAL)
    scene.channel.posting = away
    await scene.record(*(storm(number) for number in range(5)))
    for over in range(6):
        # Edits are carried out all the while.
        await scene.record(storm(9, over=over % 2))
        await scene.pass_by(timedelta(hours=2), timedelta(seconds=20))
    edits = scene.channel.messages[0].edits
    scene.channel.posting = None
    await scene.pass_by(timedelta(minutes=5))

    assert edits >= 5
    assert scene.posted_keys() == ["storm:9", *(f"storm:{number}" for number in range(5))]
    assert await scene.world.outbox.dead_letters(NOW) == []


async def test_messages_that_always_fail_hold_up_no_others_though_check_has_something_to_say(scene: Scene) -> None:
    class Poisoned(Choosy):
        def _judge(self, key: str) -> None:
            if key in {f"storm:{number}" for number in range(25)}:
                raise Unavailable("slack", "internal_error")

    scene.world.channel = channel = Poisoned(lambda: scene.world.now, CHANNEL)
    channel.checking = Refused("slack", "scope users:read is missing")
    dispatcher = OutboxDispatcher(scene.world.services, always)
    await scene.record(*(storm(number) for number in range(26)))
    scene = Scene(scene.world, channel, dispatcher)
    await scene.pass_by(timedelta(hours=2), timedelta(seconds=10))

    assert scene.posted_keys() == ["storm:25"]


async def test_a_message_that_is_not_admitted_while_others_are_waits_alone_and_without_an_end(scene: Scene) -> None:
    scene.channel.key, scene.channel.answer = "storm:1", AccessDenied("slack", "no_permission")
    await scene.record(storm(1), storm(2))
    await scene.pass_by(timedelta(minutes=4))
    before = scene.posted_keys()
    await scene.pass_by(DAY, timedelta(minutes=1))
    await scene.record(storm(3))
    await scene.pass_by(timedelta(seconds=2))
    soon = scene.posted_keys()
    scene.channel.answer = None
    await scene.pass_by(timedelta(minutes=11))

    assert before == ["storm:2"]
    assert soon == ["storm:2", "storm:3"]
    assert scene.posted_keys() == [*soon, "storm:1"]


async def test_a_backlog_that_cannot_be_judged_is_said_as_it_was_recorded(scene: Scene) -> None:
    class Unreadable(FakeJournal):
        async def episodes_by_id(self, episode_ids: Collection[str]) -> Mapping[str, Episode]:
            raise ValueError(f"a row of another version among {len(episode_ids)}")

    scene.world.journal = Unreadable(scene.world.outbox)
    await scene.record(storm(1), line(1))
    scene.world.now += timedelta(hours=1)
    await OutboxDispatcher(scene.world.services, always).dispatch()

    assert scene.posted_keys() == ["storm:1", "storm:1:hilton"]


async def test_a_store_that_does_not_answer_is_no_fault_of_slack(scene: Scene) -> None:
    class Away(FakeOutbox):
        async def begin_attempt(self, queued: Queued, now: datetime) -> Queued | None:
            raise Unavailable("store", f"{queued.message.key} at {now}: locked")

    away = Away()
    away.enqueue(storm(1), NOW)
    dispatcher = OutboxDispatcher(replace(scene.world.services, outbox=away), always)
    for _ in range(2):
        with pytest.raises(Unavailable, match="locked"):
            await dispatcher.dispatch()

    assert scene.channel.calls == 0


async def test_a_refusal_that_nobody_knows_may_pass(scene: Scene) -> None:
    scene.channel.key, scene.channel.answer = "storm:1", UnrecognisedRefusal("slack", "a_code_of_next_year")
    await scene.record(storm(1), line(1))
    await scene.pass_by(timedelta(minutes=5))
    scene.channel.answer = None
    await scene.pass_by(timedelta(minutes=6))

    assert scene.posted_keys() == ["storm:1", "storm:1:hilton"]


async def test_what_was_refused_is_not_looked_for(scene: Scene) -> None:
    scene.channel.key, scene.channel.answer = "storm:1", UnrecognisedRefusal("slack", "a_code_of_next_year")
    scene.channel.finding = Unavailable("slack", "conversations.history: HTTP 503")
    await scene.record(storm(1))
    await scene.dispatcher.dispatch()
    scene.channel.answer = None
    await scene.pass_by(timedelta(seconds=11))

    assert scene.posted_keys() == ["storm:1"]


async def test_where_the_bot_may_not_look_others_need_not_wait_until_it_may(scene: Scene) -> None:
    scene.channel.lost_replies = 1
    scene.channel.finding = AccessDenied("slack", "conversations.history: missing_scope")
    await scene.record(storm(1), storm(2))
    await scene.pass_by(DAY / 4, timedelta(minutes=1))
    before = scene.posted_keys()
    scene.channel.finding = None
    await scene.record(line(1))
    await scene.pass_by(timedelta(minutes=11))

    assert before == ["storm:1", "storm:2"]
    assert scene.posted_keys() == [*before, "storm:1:hilton"]


async def test_what_cannot_be_looked_through_is_told_to_people_and_not_posted_again(scene: Scene) -> None:
    scene.channel.lost_replies = 1
    scene.channel.finding = Refused("slack", "more than 5000 messages to look through")
    await scene.record(storm(1), storm(2))
    await scene.pass_by(timedelta(minutes=1))

    assert scene.posted_keys() == ["storm:1", "storm:2"]
    assert await scene.world.outbox.dead_letters(NOW) == [
        ("storm:1", "slack: more than 5000 messages to look through")
    ]


async def _left_behind(scene: Scene) -> None:
    """An alert is posted in the channel that was configured before, which is archived."""

    class Moved(Choosy):
        async def post(
            self,
            message: Message,
            key: str,
            thread: Address | None = None,
            *,
            broadcast: bool = False,
            channel: str = "",
        ) -> Address:
            self._open(thread)
            return await super().post(message, key, thread, broadcast=broadcast, channel=channel)

        async def edit(self, address: Address, message: Message, key: str) -> None:
            self._open(address)
            await super().edit(address, message, key)

        def _open(self, address: Address | None) -> None:
            if address is not None and address.channel == "C0BEFORE":
                raise AccessDenied("slack", "is_archived")

    scene.world.channel = scene.channel = Moved(lambda: scene.world.now, CHANNEL)
    scene.dispatcher = OutboxDispatcher(scene.world.services, always)
    await scene.record(storm(1))
    await scene.world.outbox.done("storm:1", 1, Address("C0BEFORE", "1.000001"))


async def test_an_alert_in_a_channel_of_before_that_is_closed_goes_on_in_the_one_of_today(scene: Scene) -> None:
    await _left_behind(scene)
    await scene.record(line(1), storm(2))
    await scene.pass_by(timedelta(seconds=5))

    assert scene.posted_keys() == ["storm:2", "storm:1", "storm:1:hilton"]


async def test_an_alert_in_a_channel_of_before_stays_there_while_the_bot_is_let_in_nowhere(scene: Scene) -> None:
    await _left_behind(scene)
    scene.channel.checking = AccessDenied("slack", "token_revoked")
    await scene.record(storm(1, over=1))
    await scene.pass_by(timedelta(minutes=5))

    assert await scene.world.outbox.address("storm:1") == Address("C0BEFORE", "1.000001")


async def test_looks_that_fail_for_hours_do_not_count_as_tries(scene: Scene) -> None:
    scene.channel.lost_replies = 1
    await scene.record(storm(1))
    for finding in (UnrecognisedRefusal("slack", "a_code_of_next_year"), AccessDenied("slack", "missing_scope")):
        scene.channel.finding = finding
        await scene.pass_by(timedelta(hours=3), timedelta(minutes=1))
    queued = await scene.world.outbox.get("storm:1")

    assert queued is not None
    assert queued.tries == 0
    assert await scene.world.outbox.dead_letters(NOW) == []


async def test_a_line_that_failed_before_its_alert_was_deleted_is_said_below_the_new_one(scene: Scene) -> None:
    await scene.record(storm(1))
    await scene.pass_by(MIN_EDIT_INTERVAL)
    scene.channel.key, scene.channel.answer = line(1).key, UnrecognisedRefusal("slack", "a_code_of_next_year")
    await scene.record(line(1))
    await scene.pass_by(timedelta(minutes=2))
    scene.channel.answer = None
    scene.channel.delete(scene.channel.messages[0].address)
    await scene.pass_by(timedelta(minutes=4))

    assert scene.posted_keys() == ["storm:1", line(1).key]


async def test_a_body_that_comes_while_an_earlier_one_is_refused_is_said(scene: Scene) -> None:
    class Busy(FakeChannel):
        async def post(
            self,
            message: Message,
            key: str,
            thread: Address | None = None,
            *,
            broadcast: bool = False,
            channel: str = "",
        ) -> Address:
            if not self.posts:
                self.posts += 1
                await scene.record(storm(1, over=1))
                raise Refused("slack", "invalid_blocks")
            return await super().post(message, key, thread, broadcast=broadcast, channel=channel)

    scene.world.channel = busy = Busy(lambda: scene.world.now, CHANNEL)
    dispatcher = OutboxDispatcher(scene.world.services, always)
    await scene.record(storm(1))
    for _ in range(2):
        await dispatcher.dispatch()

    assert [post.message for post in busy.messages] == [draw(parse(storm(1, over=1).body))]
    assert await scene.world.outbox.dead_letters(NOW) == []


async def test_an_alert_that_somebody_deleted_goes_on_in_a_new_message(scene: Scene) -> None:
    await scene.record(storm(1), line(1))
    await scene.pass_by(MIN_EDIT_INTERVAL)
    scene.channel.delete(scene.channel.messages[0].address)
    await scene.record(storm(1, over=1), line(1, "vivint"))
    await scene.pass_by(timedelta(seconds=5))

    old_line, root, new_line = scene.channel.messages
    assert (old_line.key, root.message) == ("storm:1:hilton", draw(parse(storm(1, over=1).body)))
    assert (new_line.key, new_line.thread) == ("storm:1:vivint", root.address)


async def test_a_line_below_a_deleted_alert_brings_the_alert_back_as_it_stands(scene: Scene) -> None:
    await scene.record(storm(1))
    await scene.pass_by(MIN_EDIT_INTERVAL)
    scene.channel.delete(scene.channel.messages[0].address)
    await scene.record(line(1))
    await scene.pass_by(timedelta(seconds=5))

    root, reply = scene.channel.messages
    assert (root.key, reply.thread) == ("storm:1", root.address)


async def test_a_line_below_a_deleted_message_of_a_later_version_becomes_a_dead_letter(scene: Scene) -> None:
    await scene.record(storm(1))
    await scene.pass_by(MIN_EDIT_INTERVAL)
    scene.channel.delete(scene.channel.messages[0].address)
    root = scene.world.outbox.messages["storm:1"]
    root.message = replace(root.message, body='{"steps":7,"kind":"storm"}')
    await scene.record(line(1))
    await scene.pass_by(timedelta(minutes=2))
    reasons = dict(await scene.world.outbox.dead_letters(NOW))

    assert sorted(reasons) == ["storm:1", line(1).key]
    assert all(reason.startswith("cannot be drawn") for reason in reasons.values())


@pytest.mark.parametrize(
    ("ending", "is_told"), [(Ending.COMPLETED, False), (Ending.CANCELLED, False), (Ending.FAILED, True)]
)
async def test_the_end_of_a_deleted_alert_is_told_when_somebody_has_to_look_at_it(
    scene: Scene, ending: Ending, is_told: bool
) -> None:
    hilton = episode()
    await scene.record(card(hilton), of=hilton)
    await scene.pass_by(MIN_EDIT_INTERVAL)
    scene.channel.delete(scene.channel.messages[0].address)
    over = end_episode(hilton, ending, scene.world.now)
    await scene.record(*over.messages, of=over.episode)
    await scene.pass_by(timedelta(minutes=2))

    assert scene.posted_keys() == ([card_key(hilton), f"{card_key(hilton)}:end"] if is_told else [])
    assert await scene.world.outbox.overdue(scene.world.now) == []
    assert await scene.world.outbox.dead_letters(NOW) == []


async def test_a_line_that_no_thread_takes_does_not_bring_the_alert_back_again_and_again(scene: Scene) -> None:
    scene.channel.key, scene.channel.answer = line(1).key, NotFound("slack", "cannot_reply_to_message")
    await scene.record(storm(1), line(1))
    await scene.pass_by(timedelta(minutes=5))

    assert scene.posted_keys() == ["storm:1"] * 3
    assert [key for key, _ in await scene.world.outbox.dead_letters(NOW)] == [line(1).key]
