"""The picture of an alert, drawn by the real process and shown by a local Slack over sockets."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import aiohttp
from matplotlib.image import imread

from bot.adapters.pictures import PictureProcess
from bot.adapters.slack import SlackChannel, SlackFiles, slack_client
from bot.fleet.notifications.notification import EpisodeCard, dump
from bot.model import AttemptProgress, JournalEntry, OutboxMessage
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.outgoing.pictures import PROCESSING
from bot.wiring import steady_now
from local_slack import LocalSlack
from tests.adapters.slack.shown import read_control
from tests.fakes.episodes import episode
from tests.fakes.leading import always
from tests.fakes.services import FakeWorld

ALERT = episode(attempts=(AttemptProgress(1, "day 2026-01-04, 3,619 of 61,500 rows"),))


async def test_an_alert_is_posted_and_then_shows_its_picture_with_the_figures_in_its_text(tmp_path: Path) -> None:
    world = FakeWorld()
    async with LocalSlack() as slack:
        client, channel = slack_client(slack.bot_token, slack.api_url, steady_now), slack.channels["backfills"]
        services = replace(
            world.services,
            channel=SlackChannel(client, channel),
            files=SlackFiles(client, channel),
            pictures=PictureProcess(tmp_path, limit=120),
        )
        dispatcher = OutboxDispatcher(services, always)
        message = OutboxMessage(ALERT.root_key, dump(EpisodeCard(ALERT)))
        await world.journal.record(JournalEntry(messages=(message,)), world.now)
        await dispatcher.dispatch()
        (posted,) = (await read_control(slack, "messages", channel="backfills"))["messages"]

        await dispatcher.pictures.step()
        world.now += PROCESSING + timedelta(seconds=1)
        await dispatcher.pictures.step()
        await dispatcher.dispatch()
        (shown,) = (await read_control(slack, "messages", channel="backfills"))["messages"]
        file = (await client.files_info(file=shown["blocks"][-1]["slack_file"]["id"]))["file"]
        async with aiohttp.ClientSession() as http, http.get(file["url_private"]) as reply:
            pixels = imread(BytesIO(await reply.read()), format="png")

    assert (shown["ts"], len(shown["blocks"])) == (posted["ts"], len(posted["blocks"]) + 1)
    assert shown["blocks"][-1]["alt_text"].endswith("attempt 1 reached Jan 4 (5%, 3,619 rows).")
    assert pixels.shape[1] > 300
