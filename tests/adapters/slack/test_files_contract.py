"""The contract of bot.ports.Files, on the fake and on the adapter over a local Slack."""

from typing import Protocol

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackFiles
from bot.message import Document
from bot.ports import Files
from local_slack import LocalSlack
from tests.adapters.slack.shown import read_control
from tests.fakes.files import FakeFiles

OLIVIA = "olivia"
LOG = Document("operations-log-2026-02-22.md", "Operations log of 2026-02-22", "# Log\n\n89 of 95 · “ok”\n")
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"


class Cabinet(Protocol):
    """The bot's files, and what people find of them."""

    files: Files
    user_id: str

    async def in_channel(self) -> list[str]:
        """Contents of the files in the team channel."""
        ...

    async def sent(self) -> list[str]:
        """Contents of the files that Olivia got directly."""
        ...

    async def picture(self, file_id: str) -> tuple[str, str, bytes]:
        """Name, alternative text and content of an uploaded picture."""
        ...


class FakeCabinet:
    def __init__(self) -> None:
        self.files: Files
        self.files = self._fake = FakeFiles()
        self.user_id = OLIVIA

    async def in_channel(self) -> list[str]:
        return [document.text for document in self._fake.shared]

    async def sent(self) -> list[str]:
        return [document.text for user, document in self._fake.sent if user == OLIVIA]

    async def picture(self, file_id: str) -> tuple[str, str, bytes]:
        return self._fake.uploaded[file_id]


class SlackCabinet:
    def __init__(self, slack: LocalSlack, client: AsyncWebClient) -> None:
        self.files: Files = SlackFiles(client, slack.channels["backfills"])
        self.user_id = slack.users[OLIVIA]
        self._slack = slack
        self._client = client

    async def in_channel(self) -> list[str]:
        return await self._contents("backfills")

    async def sent(self) -> list[str]:
        opened = await self._client.conversations_open(users=self.user_id)
        return await self._contents(opened["channel"]["id"])

    async def picture(self, file_id: str) -> tuple[str, str, bytes]:
        file = (await self._client.files_info(file=file_id))["file"]
        return file["name"], file["alt_txt"], await self._read(file["url_private"])

    async def _contents(self, channel: str) -> list[str]:
        messages = (await read_control(self._slack, "messages", channel=channel))["messages"]
        addresses = [file["url_private"] for message in messages for file in message.get("files", [])]
        return [(await self._read(address)).decode() for address in addresses]

    async def _read(self, address: str) -> bytes:
        async with aiohttp.ClientSession() as http, http.get(address) as reply:
            return await reply.read()


@pytest.fixture(params=["fake", "slack"])
def cabinet(request: pytest.FixtureRequest) -> Cabinet:
    if request.param == "fake":
        return FakeCabinet()
    return SlackCabinet(request.getfixturevalue("slack"), request.getfixturevalue("client"))


async def test_a_shared_file_is_in_the_team_channel_alone(cabinet: Cabinet) -> None:
    await cabinet.files.share(LOG)

    assert (await cabinet.in_channel(), await cabinet.sent()) == ([LOG.text], [])


async def test_a_file_for_one_person_is_not_in_the_team_channel(cabinet: Cabinet) -> None:
    await cabinet.files.send(cabinet.user_id, LOG)

    assert (await cabinet.in_channel(), await cabinet.sent()) == ([], [LOG.text])


async def test_an_uploaded_picture_is_kept_byte_for_byte_and_nobody_sees_it_yet(cabinet: Cabinet) -> None:
    file_id = await cabinet.files.upload(PNG, "calendar.png", "51 days: 51 running.")

    assert await cabinet.picture(file_id) == ("calendar.png", "51 days: 51 running.", PNG)
    assert (await cabinet.in_channel(), await cabinet.sent()) == ([], [])


async def test_pictures_of_one_name_have_ids_of_their_own(cabinet: Cabinet) -> None:
    first = await cabinet.files.upload(PNG, "calendar.png", "first")
    second = await cabinet.files.upload(PNG + b"2", "calendar.png", "second")

    assert await cabinet.picture(first) == ("calendar.png", "first", PNG)
    assert await cabinet.picture(second) == ("calendar.png", "second", PNG + b"2")
