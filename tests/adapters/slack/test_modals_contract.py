"""The contract of bot.ports.Modals, on the fake and on the adapter over a local Slack."""

from typing import Protocol

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackModals
from bot.errors import Conflict, NotFound, Refused
from bot.message import HomeTab, Message
from bot.model import Address
from bot.ports import Modals
from local_slack import LocalSlack
from tests.adapters.slack.shown import QUESTION, SPLITTING, do, read_control, seen
from tests.fakes.modals import FakeModals

OLIVIA = "olivia"


class Desk(Protocol):
    """A person in front of Slack, and the bot's dialogs with her."""

    modals: Modals
    user_id: str

    async def trigger(self) -> str:
        """What comes with something she does."""
        ...

    async def close(self, view_id: str) -> None:
        """She closes it."""
        ...

    async def shown(self) -> list[tuple[str, str]]:
        """Id and title of what she sees."""
        ...

    async def whispered(self) -> list[str]:
        """What only she has been told."""
        ...

    async def message(self) -> Address:
        """A message of hers."""
        ...

    async def whispered_in_threads(self) -> list[str]:
        """What only she has been told, in a thread."""
        ...

    async def home(self) -> list[str]:
        """The paragraphs of her Home tab."""
        ...


class FakeDesk:
    def __init__(self) -> None:
        self.modals: Modals
        self.modals = self._fake = FakeModals()
        self.user_id = OLIVIA
        self._triggers = 0

    async def trigger(self) -> str:
        self._triggers += 1
        return f"trigger-{self._triggers}"

    async def close(self, view_id: str) -> None:
        self._fake.closed.add(view_id)

    async def shown(self) -> list[tuple[str, str]]:
        return [(name, views[-1].title) for name, views in self._fake.shown.items() if name not in self._fake.closed]

    async def whispered(self) -> list[str]:
        return [message.text for user, message in self._fake.whispers if user == OLIVIA]

    async def message(self) -> Address:
        return Address("C1", "1.000001")

    async def whispered_in_threads(self) -> list[str]:
        whispers = zip(self._fake.whispers, self._fake.places, strict=True)
        return [message.text for (_, message), place in whispers if isinstance(place, Address)]

    async def home(self) -> list[str]:
        tabs = self._fake.tabs.get(OLIVIA, [])
        return [block["text"]["text"] for block in tabs[-1].blocks] if tabs else []


class SlackDesk:
    def __init__(self, slack: LocalSlack, client: AsyncWebClient) -> None:
        self.modals: Modals = SlackModals(client, slack.channels["backfills"])
        self.user_id = slack.users[OLIVIA]
        self._slack = slack

    async def trigger(self) -> str:
        # Nobody is connected, so it is delivered to nobody; its trigger is good all the same.
        typed = {"user": OLIVIA, "channel": "backfills", "text": "split hilton"}
        return str((await do(self._slack, "command", **typed))["payload"]["trigger_id"])

    async def close(self, view_id: str) -> None:
        await do(self._slack, "close", user=OLIVIA, view_id=view_id)

    async def shown(self) -> list[tuple[str, str]]:
        return [(view["id"], view["title"]["text"]) for view in await seen(self._slack, OLIVIA)]

    async def whispered(self) -> list[str]:
        messages = (await read_control(self._slack, "messages", channel="backfills"))["messages"]
        mine = [posted for posted in messages if posted.get("ephemeral_to") == self.user_id]
        return [posted["text"] for posted in mine if posted.get("bot_id")]

    async def message(self) -> Address:
        posted = await do(self._slack, "message", user=OLIVIA, channel="backfills", text="hilton?")
        return Address(posted["message"]["channel"], posted["message"]["ts"])

    async def whispered_in_threads(self) -> list[str]:
        channel = self._slack.channels["backfills"]
        found: list[str] = []
        for root in (await read_control(self._slack, "messages", channel=channel))["messages"]:
            thread = (await read_control(self._slack, "messages", channel=channel, thread_ts=root["ts"]))["messages"]
            found += [posted["text"] for posted in thread if posted.get("ephemeral_to") and posted is not root]
        return found

    async def home(self) -> list[str]:
        home = (await read_control(self._slack, "views", user=OLIVIA))["home"]
        return [block["text"]["text"] for block in home["blocks"]] if home else []


@pytest.fixture(params=["fake", "slack"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "fake":
        return FakeDesk()
    return SlackDesk(request.getfixturevalue("slack"), request.getfixturevalue("client"))


async def test_a_dialog_is_shown_to_who_gave_the_trigger(desk: Desk) -> None:
    view_id = await desk.modals.open(await desk.trigger(), SPLITTING)

    assert await desk.shown() == [(view_id, SPLITTING.title)]


async def test_a_dialog_can_be_made_to_show_something_else(desk: Desk) -> None:
    view_id = await desk.modals.open(await desk.trigger(), SPLITTING)
    await desk.modals.update(view_id, QUESTION)
    await desk.modals.update(view_id, QUESTION)

    assert await desk.shown() == [(view_id, QUESTION.title)]


async def test_a_trigger_opens_one_dialog(desk: Desk) -> None:
    trigger = await desk.trigger()
    view_id = await desk.modals.open(trigger, SPLITTING)

    with pytest.raises(Conflict):
        await desk.modals.open(trigger, QUESTION)
    assert await desk.shown() == [(view_id, SPLITTING.title)]


async def test_without_a_trigger_nothing_opens(desk: Desk) -> None:
    with pytest.raises(Refused, match="invalid"):
        await desk.modals.open("", SPLITTING)
    assert await desk.shown() == []


async def test_what_the_person_has_closed_cannot_show_anything(desk: Desk) -> None:
    view_id = await desk.modals.open(await desk.trigger(), SPLITTING)
    await desk.close(view_id)

    with pytest.raises(NotFound):
        await desk.modals.update(view_id, QUESTION)


async def test_a_dialog_that_never_was_cannot_show_anything(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.modals.update("V0NEVER", QUESTION)


async def test_one_person_can_be_told_something_alone(desk: Desk) -> None:
    await desk.modals.whisper(desk.user_id, Message("11 windows were started."))

    assert await desk.whispered() == ["11 windows were started."]


def tab(text: str) -> HomeTab:
    return HomeTab(({"type": "section", "text": {"type": "mrkdwn", "text": text}},))


async def test_the_home_tab_shows_what_was_published_last(desk: Desk) -> None:
    await desk.modals.publish(desk.user_id, tab("3 of 4 complete"))
    await desk.modals.publish(desk.user_id, tab("4 of 4 complete"))

    assert await desk.home() == ["4 of 4 complete"]


async def test_one_person_can_be_told_something_below_a_message(desk: Desk) -> None:
    await desk.modals.whisper(desk.user_id, Message("below"), thread=await desk.message())
    await desk.modals.whisper(desk.user_id, Message("in the channel"), (await desk.message()).channel)

    assert (await desk.whispered())[-1] == "in the channel"
    assert "below" in await desk.whispered_in_threads()
