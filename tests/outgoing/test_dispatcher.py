"""The dispatcher delivers each message of the outbox once, whatever fails on the way."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.blocks.notifications import draw
from bot.errors import AccessDenied, DependencyError, NotFound, RateLimited, Refused, Unavailable
from bot.fleet.notifications.notification import AckLine, EpisodeCard, StormCard, dump, parse
from bot.model import MIN_EDIT_INTERVAL, JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import MaySend, OutboxDispatcher
from bot.services import Services
from tests.fakes.episodes import episode
from tests.fakes.leading import always
from tests.fakes.services import NOW, FakeWorld

ROOT = OutboxMessage("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over=0, opened_at=NOW)))
REPLY = OutboxMessage("storm:1:ack", dump(AckLine("hilton", "U1")), thread_key="storm:1")
EDITED = OutboxMessage("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over=1, opened_at=NOW)))


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def dispatch(services: Services, may_send: MaySend) -> int:
    """Make one pass of a newly started bot."""
    return await OutboxDispatcher(services, may_send).dispatch()


async def record(world: FakeWorld, *messages: OutboxMessage) -> None:
    await world.journal.record(JournalEntry(messages=messages), world.now)


async def test_a_message_and_its_reply_are_posted_in_order_and_only_once(world: FakeWorld) -> None:
    await record(world, ROOT, REPLY)
    for _ in range(3):
        await dispatch(world.services, always)

    root, reply = world.channel.messages
    assert (root.key, root.thread) == (ROOT.key, None)
    assert (reply.key, reply.thread) == (REPLY.key, root.address)


async def test_a_changed_speech_edits_its_message(world: FakeWorld) -> None:
    await record(world, ROOT)
    await dispatch(world.services, always)
    await record(world, EDITED)
    world.now += MIN_EDIT_INTERVAL
    await dispatch(world.services, always)

    (root,) = world.channel.messages
    assert root.edits == 1
    assert "1 of them has ended" in root.message.text


async def test_a_reply_that_got_lost_after_the_effect_is_found_and_not_posted_again(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await record(world, ROOT, REPLY)
    await dispatch(world.services, always)
    world.now += timedelta(minutes=1)
    for _ in range(2):
        await dispatch(world.services, always)

    assert [post.key for post in world.channel.messages] == [ROOT.key, REPLY.key]


async def test_a_bot_that_died_between_post_and_note_finds_its_message_by_the_key(world: FakeWorld) -> None:
    await record(world, ROOT)
    (queued,) = await world.outbox.due(world.now, 10)
    await world.outbox.begin_attempt(queued, world.now)
    standing = await world.channel.post(draw(parse(queued.message.body)), queued.message.key)

    await dispatch(world.services, always)

    assert await world.outbox.address(ROOT.key) == standing
    assert len(world.channel.messages) == 1


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (Unavailable("slack", "no answer"), timedelta(seconds=2)),
        (RateLimited("slack", "ratelimited", timedelta(seconds=30)), timedelta(seconds=30)),
    ],
)
async def test_what_may_pass_is_waited_for_and_then_said(
    world: FakeWorld, answer: DependencyError, wait: timedelta
) -> None:
    dispatcher = OutboxDispatcher(world.services, always)
    await record(world, ROOT)
    world.channel.away = answer
    await dispatcher.dispatch()
    world.channel.away = None
    await dispatcher.dispatch()
    assert world.channel.messages == []

    world.now += max(wait, timedelta(seconds=4))
    await dispatcher.dispatch()

    assert [post.key for post in world.channel.messages] == [ROOT.key]


@pytest.mark.parametrize("answer", [Refused("slack", "invalid_blocks"), NotFound("slack", "channel_not_found")])
async def test_what_can_never_be_said_is_kept_with_its_reason_and_holds_nothing_up(
    world: FakeWorld, answer: DependencyError
) -> None:
    await record(world, ROOT)
    world.channel.away = answer
    await dispatch(world.services, always)
    world.channel.away = None
    other = OutboxMessage("storm:2", ROOT.body)
    await record(world, other)
    await dispatch(world.services, always)

    assert [post.key for post in world.channel.messages] == [other.key]
    assert [key for key, _ in await world.outbox.dead_letters(NOW)] == [ROOT.key]


def storm(over: int) -> OutboxMessage:
    return OutboxMessage("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over=over, opened_at=NOW)))


async def test_a_message_found_again_that_may_say_something_older_is_edited_to_what_is_true_now(
    world: FakeWorld,
) -> None:
    world.channel.lost_replies = 1
    await record(world, ROOT)
    await dispatch(world.services, always)
    await record(world, EDITED)
    world.now += timedelta(minutes=1)
    await dispatch(world.services, always)
    world.now += MIN_EDIT_INTERVAL
    await dispatch(world.services, always)

    (root,) = world.channel.messages
    assert (root.edits, root.message) == (1, draw(parse(EDITED.body)))


async def test_a_message_found_again_that_can_only_say_what_it_should_is_left_alone(world: FakeWorld) -> None:
    world.channel.lost_replies = 1
    await record(world, ROOT)
    for _ in range(4):
        await dispatch(world.services, always)
        world.now += timedelta(minutes=1)

    (root,) = world.channel.messages
    assert root.edits == 0


NO_SAYING = OutboxMessage("bad", '{"kind":"of another version"}')
UNDRAWABLE = OutboxMessage("bad", dump(EpisodeCard(episode("x" * 101))))


@pytest.mark.parametrize("bad", [NO_SAYING, UNDRAWABLE], ids=["no saying", "undrawable"])
async def test_a_row_that_cannot_be_drawn_is_set_aside_and_blocks_nothing_behind_it(
    world: FakeWorld, bad: OutboxMessage
) -> None:
    await record(world, bad, ROOT)
    await dispatch(world.services, always)

    ((key, reason),) = await world.outbox.dead_letters(NOW)
    assert [post.key for post in world.channel.messages] == [ROOT.key]
    assert key == "bad"
    assert reason.startswith("cannot be drawn: ")
    assert world.channel.posts == 1


async def test_when_slack_asks_for_patience_nothing_else_is_tried_meanwhile(world: FakeWorld) -> None:
    dispatcher = OutboxDispatcher(world.services, always)
    await record(world, *(replace(ROOT, key=f"storm:{n}") for n in range(50)))
    world.channel.away = RateLimited("slack", "ratelimited", timedelta(seconds=30))
    calls = []
    for _ in range(61):
        await dispatcher.dispatch()
        calls.append(world.channel.calls)
        world.now += timedelta(seconds=1)

    assert [calls[0], calls[29], calls[30], calls[59], calls[60]] == [1, 1, 2, 2, 3]


class Lead:
    """A lead that is lost after it was asked about so many times."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def lasts(self) -> bool:
        self.left -= 1
        return self.left >= 0


async def test_who_does_not_lead_says_nothing_and_leaves_everything_untried(world: FakeWorld) -> None:
    await record(world, ROOT)
    sent = await dispatch(world.services, Lead(0).lasts)

    assert (sent, world.channel.calls, world.outbox.messages[ROOT.key].tries) == (0, 0, 0)


async def test_who_loses_the_lead_leaves_the_rest_to_the_next_one_in_order(world: FakeWorld) -> None:
    lines = [OutboxMessage(f"storm:1:{n}", REPLY.body, thread_key="storm:1") for n in range(3)]
    await record(world, ROOT, *lines)
    first = await dispatch(world.services, Lead(4).lasts)
    second = await dispatch(world.services, always)

    assert (first, second) == (2, 2)
    assert [post.key for post in world.channel.messages] == [ROOT.key, *(line.key for line in lines)]


async def test_who_loses_the_lead_just_before_the_post_leaves_it_to_the_next_one_who_looks_first(
    world: FakeWorld,
) -> None:
    await record(world, ROOT)
    first = await dispatch(world.services, Lead(1).lasts)
    posts, calls = world.channel.posts, world.channel.calls
    second = await dispatch(world.services, always)

    assert (first, posts, calls) == (0, 0, 0)
    assert (second, world.channel.posts, world.channel.calls) == (1, 1, 2)


async def test_an_edit_is_not_made_by_who_has_lost_the_lead(world: FakeWorld) -> None:
    await record(world, ROOT)
    await dispatch(world.services, always)
    await record(world, EDITED)
    world.now += MIN_EDIT_INTERVAL
    await dispatch(world.services, Lead(1).lasts)
    edits = world.channel.messages[0].edits
    await dispatch(world.services, always)

    assert (edits, world.channel.messages[0].edits) == (0, 1)


async def test_a_thread_of_four_lines_is_told_in_one_go(world: FakeWorld) -> None:
    lines = [OutboxMessage(f"storm:1:{n}", REPLY.body, thread_key="storm:1") for n in range(4)]
    await record(world, ROOT, *lines)
    sent = await dispatch(world.services, always)

    assert sent == 5
    assert [post.key for post in world.channel.messages] == [ROOT.key, *(line.key for line in lines)]


async def test_one_go_is_bounded_and_the_rest_comes_with_the_next(world: FakeWorld) -> None:
    lines = [OutboxMessage(f"storm:1:{n}", REPLY.body, thread_key="storm:1") for n in range(15)]
    await record(world, ROOT, *lines)
    first = await dispatch(world.services, always)
    second = await dispatch(world.services, always)

    assert first == 10
    assert first + second == 16


async def test_edits_of_one_message_keep_their_distance_and_the_last_state_is_sent(world: FakeWorld) -> None:
    await record(world, ROOT)
    await dispatch(world.services, always)
    edits = []
    for tenth in range(100):
        world.now = NOW + tenth * timedelta(seconds=0.1)
        await record(world, storm(over=tenth % 2) if tenth < 50 else storm(over=2))
        await dispatch(world.services, always)
        edits.append(world.channel.messages[0].edits)

    assert [edits[29], edits[30], edits[59], edits[60]] == [0, 1, 1, 2]
    assert edits[-1] == 2
    assert world.channel.messages[0].message == draw(parse(storm(over=2).body))


async def test_an_edit_that_finds_no_answer_is_tried_again_at_growing_distances(world: FakeWorld) -> None:
    await record(world, ROOT)
    await dispatch(world.services, always)
    await record(world, EDITED)
    world.now += MIN_EDIT_INTERVAL
    world.channel.away = Unavailable("slack", "no answer")
    dispatcher, tried = OutboxDispatcher(world.services, always), []
    for _ in range(120):
        calls = world.channel.calls
        await dispatcher.dispatch()
        if world.channel.calls > calls:
            tried.append(world.now)
        world.now += timedelta(seconds=1)

    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16, 32)]


async def test_while_slack_does_not_let_the_bot_in_nothing_is_lost_and_tries_become_rare(world: FakeWorld) -> None:
    await record(world, ROOT, REPLY)
    world.channel.away = AccessDenied("slack", "chat.postMessage: token_revoked")
    dispatcher = OutboxDispatcher(world.services, always)
    for _ in range(60):
        await dispatcher.dispatch()
        world.now += timedelta(minutes=1)
    calls = world.channel.calls
    world.channel.away = None
    world.now += timedelta(minutes=10)
    await dispatcher.dispatch()

    assert calls == 9
    assert [post.key for post in world.channel.messages] == [ROOT.key, REPLY.key]
    assert await world.outbox.dead_letters(NOW) == []
