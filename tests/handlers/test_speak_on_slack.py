"""The outbox on the local Slack and a real store: leads come and go, effects come late, channels and messages go."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackChannel, slack_client
from bot.adapters.store import open_store
from bot.fleet.notifications.notification import AckLine, StormCard, dump
from bot.model import Address, JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.services import Services
from bot.wiring import utc_now
from local_slack import UNLIMITED, LocalSlack, Setting
from tests.fakes.leading import always
from tests.fakes.services import FakeWorld
from tests.local_slack.harness import Control, eventually

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Scene:
    """One bot whose clock runs faster than Slack's."""

    world: FakeWorld
    services: Services
    channel: SlackChannel
    control: Control
    client: AsyncWebClient

    def __post_init__(self) -> None:
        self.dispatcher = OutboxDispatcher(self.services, always)

    async def record(self, *messages: OutboxMessage) -> None:
        await self.services.journal.record(JournalEntry(messages=messages), self.world.now)

    async def pass_by(self, span: timedelta, step: timedelta = timedelta(seconds=5)) -> None:
        until = self.world.now + span
        while self.world.now < until:
            await self.dispatcher.dispatch()
            self.world.now += step

    async def named_clusters(self) -> list[str]:
        """The clusters named by the messages in the channel."""
        return [text.partition(":")[0] for text in await self.control.texts()]


@pytest.fixture
async def scene(url: str) -> AsyncIterator[Scene]:
    world = FakeWorld(now=utc_now())
    # The bot paces itself by its own clock, for which Slack's stands almost still.
    setting = Setting(limits=UNLIMITED)
    async with (
        LocalSlack(setting=setting) as slack,
        aiohttp.ClientSession(slack.url) as http,
        open_store(url) as store,
    ):
        client = slack_client(slack.bot_token, slack.api_url, lambda: world.now)
        client.timeout = 1
        channel = SlackChannel(client, slack.channels["backfills"])
        config = world.config.model_copy(
            update={"slack": world.config.slack.model_copy(update={"channel": slack.channels["backfills"]})}
        )
        services = replace(world.services, config=config, channel=channel, journal=store.journal, outbox=store.outbox)
        yield Scene(world, services, channel, Control(http), client)


def storm(number: int, over: int = 0) -> OutboxMessage:
    return OutboxMessage(f"storm:{number}", dump(StormCard(f"c-{number}", ("hilton", "vivint"), over, utc_now())))


def line(number: int) -> OutboxMessage:
    return OutboxMessage(f"storm:{number}:ack", dump(AckLine("hilton", "U1")), f"storm:{number}")


class Interrupted:
    """A channel that runs another bot right after the first answer of ``method``."""

    def __init__(self, channel: SlackChannel, method: str, meanwhile: Callable[[], Awaitable[Any]]) -> None:
        self._channel = channel
        self._method = method
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._channel, name)
        return self._then(real) if name == self._method else real

    def _then(self, real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*given: Any, **more: Any) -> Any:
            answer = await real(*given, **more)
            if self._meanwhile:
                await self._meanwhile.pop()()
            return answer

        return call


@pytest.mark.parametrize("method", ["find", "post"])
async def test_a_lead_that_goes_and_comes_back_within_a_round_doubles_nothing(scene: Scene, method: str) -> None:
    await scene.record(*(storm(number) for number in range(3)))
    (first, *_) = await scene.services.outbox.due(scene.world.now, 1)
    # Its outcome is not known: so it is looked for.
    await scene.services.outbox.begin_attempt(first, scene.world.now)
    other: Any = Interrupted(scene.channel, method, scene.dispatcher.dispatch)
    await OutboxDispatcher(replace(scene.services, channel=other), always).dispatch()

    assert len(await scene.named_clusters()) == 3


async def test_a_post_that_is_carried_out_after_it_was_given_up_stands_once(scene: Scene) -> None:
    await scene.control.fault(fault="late_effect", method="chat.postMessage", seconds=0.5)
    await scene.record(storm(1), line(1))
    await scene.pass_by(timedelta(seconds=30))
    before = await scene.named_clusters()
    await eventually(lambda: _stands(scene, 1))
    await scene.pass_by(timedelta(seconds=60))

    (root,) = await scene.control.messages()
    assert before == []
    assert len(await scene.control.messages(thread_ts=root["ts"])) == 2


async def _stands(scene: Scene, count: int) -> bool:
    return len(await scene.named_clusters()) == count


async def test_a_lost_reply_is_found_by_a_bot_whose_clock_is_minutes_off(scene: Scene) -> None:
    scene.world.now += timedelta(minutes=40)
    await scene.control.fault(fault="lost_reply", method="chat.postMessage")
    await scene.record(storm(1))
    await scene.pass_by(timedelta(seconds=30))

    assert len(await scene.named_clusters()) == 1


async def test_what_was_to_be_said_in_an_archived_channel_is_said_when_it_is_open_again(scene: Scene) -> None:
    await scene.record(storm(1))
    await scene.pass_by(timedelta(seconds=5))
    await scene.control.fault(fault="channel", channel="backfills", state="archived")
    await scene.record(line(1), storm(2), storm(1, over=1), storm(3))
    await scene.pass_by(timedelta(minutes=5))
    await scene.control.fault(fault="channel", channel="backfills", state="open")
    await scene.pass_by(timedelta(minutes=10))

    roots = await scene.control.messages()
    assert [root["text"][:60] for root in roots] == sorted(root["text"][:60] for root in roots)
    assert [len(await scene.control.messages(thread_ts=root["ts"])) for root in roots] == [2, 1, 1]
    assert "1 of them has ended" in roots[0]["text"]
    assert await scene.services.outbox.dead_letters(utc_now() - timedelta(days=1)) == []


async def test_an_alert_that_a_person_deletes_goes_on_in_a_new_message(scene: Scene) -> None:
    await scene.record(storm(1))
    await scene.pass_by(timedelta(seconds=5))
    gone = await scene.services.outbox.address("storm:1")
    assert isinstance(gone, Address)
    await scene.control.fault(fault="delete_message", channel="backfills", ts=gone.ts)
    await scene.record(line(1), storm(1, over=1))
    await scene.pass_by(timedelta(seconds=30))

    (root,) = await scene.control.messages()
    assert "1 of them has ended" in root["text"]
    assert len(await scene.control.messages(thread_ts=root["ts"])) == 2
    assert await scene.services.outbox.overdue(scene.world.now) == []


async def _deleted(scene: Scene) -> Address:
    """Post the first storm's message and delete it as a person; returns where it was."""
    await scene.record(storm(1))
    await scene.pass_by(timedelta(seconds=5))
    gone = await scene.services.outbox.address("storm:1")
    assert gone is not None
    await scene.control.fault(fault="delete_message", channel="backfills", ts=gone.ts)
    return gone


async def _stands_once_in_its_thread(scene: Scene) -> bool:
    """Also checks that the channel holds nothing else."""
    roots = await scene.control.messages()
    thread = await scene.control.messages(thread_ts=roots[0]["ts"]) if roots else []
    return len(roots) == 1 and len(thread) == 2 and await scene.services.outbox.dead_letters(EPOCH) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "chat.delete", "fault": "http_error", "status": 503},
        {"method": "chat.delete", "fault": "ratelimited", "retry_after": 3},
        {"method": "chat.delete", "fault": "error", "code": "internal_error"},
        {"method": "chat.delete", "fault": "error", "code": "restricted_action"},
        {"method": "chat.delete", "fault": "error", "code": "a_code_of_next_year"},
        {"method": "chat.delete", "fault": "lost_reply"},
        {"method": "chat.postMessage", "fault": "lost_reply"},
        {"method": "chat.postMessage", "fault": "lost_reply", "answer": "fatal_error"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
async def test_a_reply_that_fell_out_of_its_thread_stands_once_whatever_fails_then(
    scene: Scene, fault: dict[str, Any]
) -> None:
    await _deleted(scene)
    await scene.control.fault(**fault)
    await scene.record(line(1))
    await scene.pass_by(timedelta(minutes=10))

    assert await _stands_once_in_its_thread(scene)


async def test_a_bot_killed_before_it_took_the_stray_away_leaves_none(scene: Scene) -> None:
    gone = await _deleted(scene)
    await scene.record(line(1))
    (reply,) = await scene.services.outbox.due(scene.world.now, 1)
    await scene.services.outbox.begin_attempt(reply, scene.world.now)
    await _post(scene, reply.message.key, gone)
    await OutboxDispatcher(scene.services, always).dispatch()
    await scene.pass_by(timedelta(minutes=1))

    assert await _stands_once_in_its_thread(scene)


async def test_a_stray_is_taken_away_though_people_have_answered_it_and_the_root_stands_anew(scene: Scene) -> None:
    gone = await _deleted(scene)
    await scene.record(line(1))
    (reply,) = await scene.services.outbox.due(scene.world.now, 1)
    await scene.services.outbox.begin_attempt(reply, scene.world.now)
    stray = await _post(scene, reply.message.key, gone)
    answer = await scene.client.chat_postMessage(channel=gone.channel, thread_ts=stray, text="what is this?")
    await scene.services.outbox.mark_deleted("storm:1", gone, scene.world.now)
    await scene.pass_by(timedelta(minutes=1))

    tombstone, root = await scene.control.messages()
    assert (tombstone["ts"], tombstone["subtype"]) == (stray, "tombstone")
    assert len(await scene.control.messages(thread_ts=root["ts"])) == 2
    assert answer["ok"]


async def test_a_stray_that_may_not_be_deleted_stays_and_the_reply_is_said_in_its_thread(scene: Scene) -> None:
    await _deleted(scene)
    await scene.control.fault(method="chat.delete", fault="error", code="cant_delete_message", count=None)
    await scene.record(line(1))
    await scene.pass_by(timedelta(minutes=10))

    _stray, root = await scene.control.messages()
    assert len(await scene.control.messages(thread_ts=root["ts"])) == 2
    assert await scene.services.outbox.dead_letters(EPOCH) == []


async def _post(scene: Scene, key: str, thread: Address) -> str:
    metadata = {"event_type": "backfill_bot", "event_payload": {"key": key}}
    answer = await scene.client.chat_postMessage(
        channel=thread.channel, thread_ts=thread.ts, text="stray", metadata=metadata
    )
    return str(answer["ts"])
