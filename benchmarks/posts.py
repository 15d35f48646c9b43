"""Measures how close the outbox comes to the rate that Slack allows while messages wait.

Run ``python -m benchmarks.posts SECONDS``. It takes that long, because the local Slack limits posts by the real
clock. It also prints how often Slack refuses a call.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from bot.adapters.slack import SlackChannel, slack_client
from bot.adapters.store import open_store
from bot.background.periodic import Job, run_periodically
from bot.background.scheduler import DISPATCH_EVERY
from bot.fleet.notifications.notification import AckLine, EpisodeCard, dump
from bot.model import JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.services import Services
from bot.wiring import steady_now, utc_now
from local_slack import LocalSlack
from tests.fakes.episodes import episode
from tests.fakes.leading import always
from tests.fakes.services import FakeWorld
from tests.local_slack.harness import Control

SECONDS = 60
WAITING = 1_000
THREADS = 50
ALERT_EVERY = 20
POST = "chat.postMessage"
LEAST_SHARE, NONE = Target(0.95, is_least=True), Target(0)


@dataclass(frozen=True, slots=True)
class Posting:
    """How many posts were accepted in ``span``, how many calls were refused, and how long each alert waited."""

    span: timedelta
    posted: int
    refused: int
    alerts: Sequence[timedelta]


async def measure(seconds: str = str(SECONDS)) -> Measuring:
    """Compare the rate of posts with the one that Slack allows in a channel: a message a second
    (docs/slack-facts.md)."""
    posting = await post_for(int(seconds))
    rate = posting.posted / posting.span.total_seconds()
    name, share = f"posts, {WAITING:,} waiting", Figure.single(rate)
    yield Result(name, share, "/s", LEAST_SHARE, Figure.single(1), "what Slack allows", share)
    yield Result(f"{name}, refused by Slack", Figure.single(posting.refused), "", NONE)
    waits = [wait.total_seconds() for wait in posting.alerts]
    yield Result(f"{name}, alert that comes now", Figure.most_of(waits), "s")


async def post_for(seconds: int) -> Posting:
    """Post from an outbox of ``WAITING`` messages in 50 threads, and add an alert every ``ALERT_EVERY`` seconds."""
    async with _world() as (services, control):
        await _record(services, *_backlog())
        dispatcher = OutboxDispatcher(services, always)

        async def dispatch() -> None:
            await dispatcher.dispatch()

        begun_at, alerts = utc_now(), list[datetime]()
        async with run_periodically([Job("speak", DISPATCH_EVERY, dispatch)]):
            for number in range(seconds // ALERT_EVERY):
                alerts.append(utc_now())
                await _record(services, _alert(number))
                await asyncio.sleep(ALERT_EVERY)
            span = utc_now() - begun_at
        calls = (await control.get("calls"))["calls"]
    posts = [call for call in calls if call["method"] == POST]
    accepted = sum(call["status"] == 200 for call in posts)
    refused = sum(call["status"] == 429 for call in calls)
    return Posting(span, accepted, refused, [_at(posts, n) - at for n, at in enumerate(alerts)])


@asynccontextmanager
async def _world() -> AsyncIterator[tuple[Services, Control]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        async with LocalSlack() as slack, aiohttp.ClientSession(slack.url) as http, open_store(url) as store:
            client = slack_client(slack.bot_token, slack.api_url, steady_now)
            channel = SlackChannel(client, slack.channels["backfills"])
            services = replace(
                FakeWorld().services, channel=channel, journal=store.journal, outbox=store.outbox, now=utc_now
            )
            yield services, Control(http)


def _backlog() -> Sequence[OutboxMessage]:
    roots = [OutboxMessage(f"root:{number}", _line(number)) for number in range(THREADS)]
    lines = [
        OutboxMessage(f"line:{number}", _line(number), f"root:{number % THREADS}")
        for number in range(WAITING - THREADS)
    ]
    return *roots, *lines


def _line(number: int) -> str:
    return dump(AckLine(f"customer-{number}", "U1"))


def _alert(number: int) -> OutboxMessage:
    return OutboxMessage(f"episode:{number}", dump(EpisodeCard(episode(f"alert-{number}"))))


async def _record(services: Services, *messages: OutboxMessage) -> None:
    await services.journal.record(JournalEntry(messages=tuple(messages)), services.now())


def _at(posts: Sequence[dict[str, object]], alert: int) -> datetime:
    """When the post of this alert reached Slack."""
    return next(
        datetime.fromisoformat(str(post["at"])) for post in posts if f"alert-{alert} " in str(post["arguments"])
    )


if __name__ == "__main__":
    alone.run(measure)
