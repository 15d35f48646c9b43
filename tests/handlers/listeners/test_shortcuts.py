"""Message shortcuts through Bolt: on the bot's messages they are about its customer, elsewhere they explain
themselves."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bot.actions import ActionId
from bot.blocks import buttons, kit
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.notification import EpisodeCard, StormCard, dump
from bot.manifest import SHORTCUTS
from bot.model import Address, OutboxMessage, Queued
from handlers.listeners import shortcuts
from tests.fakes.episodes import episode
from tests.fakes.outbox import FakeOutbox
from tests.fakes.services import CHANNEL, NOW, VIEWER, FakeWorld
from tests.handlers.bolt import APP, Edge, ResponseUrl
from tests.handlers.confirming import Desk
from tests.usecases.campaigns.two import MARCH, two_campaigns

HILTON = episode()
CARD = Address(CHANNEL, "1600000000.000001")
ELSEWHERE = Address(CHANNEL, "1600000000.000002")


def posted(world: FakeWorld, card: Any) -> None:
    """A message of the bot at ``CARD``."""
    world.outbox.enqueue(OutboxMessage(HILTON.root_key, dump(card)), NOW)
    world.outbox.messages[HILTON.root_key].address = CARD


def with_buttons(*names: str) -> list[Mapping[str, Any]]:
    """The blocks of an answer about these customers."""
    targets = [Target("voice-prod", name) for name in names]
    return [
        block
        for target in targets
        for block in kit.message("", buttons.row(buttons.for_target(target, ActionId.SPLIT))).blocks
    ]


async def test_split_on_an_alert_opens_the_dialog_about_its_customer(desk: Desk) -> None:
    posted(desk.world, EpisodeCard(HILTON))
    acknowledged = await desk.edge.shortcut("message.split", CARD)

    assert acknowledged.status == 200
    assert "start 11 windows of 5 days" in await desk.answer_text(shown=2)


async def test_the_state_of_now_decides_and_not_the_card(desk: Desk, there: ResponseUrl) -> None:
    posted(desk.world, EpisodeCard(episode(customer="vivint")))
    await desk.edge.shortcut("message.split", CARD)

    assert "vivint" in await desk.answer_text(shown=2)
    assert "About to" not in await desk.answer_text(shown=2)
    assert there.received == []


async def test_verify_on_an_alert_counts_and_answers_the_asker_alone(edge: Edge, there: ResponseUrl) -> None:
    posted(edge.world, EpisodeCard(HILTON))
    await edge.shortcut("message.verify", CARD)
    (answer,) = await there.answers()

    assert answer["response_type"] == "ephemeral"
    assert "hilton" in answer["text"]


@pytest.mark.parametrize("callback_id", SHORTCUTS)
@pytest.mark.parametrize("card", [None, StormCard("voice-prod", ("hilton", "vivint"), 0, NOW)])
async def test_elsewhere_it_says_what_it_is_for(
    edge: Edge, there: ResponseUrl, callback_id: str, card: StormCard | None
) -> None:
    if card:
        posted(edge.world, card)
    await edge.shortcut(callback_id, CARD if card else ELSEWHERE, text="hilton is stuck")
    (answer,) = await there.answers()

    name, _ = SHORTCUTS[callback_id]
    assert answer["response_type"] == "ephemeral"
    assert answer["text"].startswith(f"{name} works on the bot's own messages")
    assert edge.world.modals.shown == {}


async def test_verify_on_an_alert_is_about_the_campaign_of_the_alert(there: ResponseUrl) -> None:
    edge = Edge(two_campaigns(), there)
    posted(edge.world, EpisodeCard(episode(campaign=MARCH)))
    await edge.shortcut("message.verify", CARD)
    (answer,) = await there.answers()

    assert f"In campaign {MARCH}" in answer["text"]


async def test_verify_on_an_answer_is_about_the_campaign_of_its_buttons(there: ResponseUrl) -> None:
    edge = Edge(two_campaigns(), there)
    blocks = list(buttons.in_campaign(with_buttons("hilton"), MARCH))
    await edge.shortcut("message.verify", ELSEWHERE, app_id=APP, blocks=blocks)
    (answer,) = await there.answers()

    assert f"In campaign {MARCH}" in answer["text"]


async def test_an_answer_of_the_bot_is_about_the_customer_of_its_buttons(desk: Desk) -> None:
    await desk.edge.shortcut("message.split", ELSEWHERE, app_id=APP, blocks=with_buttons("hilton"))

    assert "start 11 windows of 5 days" in await desk.answer_text(shown=2)


@pytest.mark.parametrize(
    ("app", "names"), [(APP, ("hilton", "vivint")), (APP, ()), ("A0OTHER", ("hilton",)), ("", ("hilton",))]
)
async def test_buttons_of_several_or_of_another_app_mean_nobody(
    edge: Edge, there: ResponseUrl, app: str, names: tuple[str, ...]
) -> None:
    await edge.shortcut("message.split", ELSEWHERE, app_id=app, blocks=with_buttons(*names))
    (answer,) = await there.answers()

    assert answer["text"].startswith("Split works on")


async def test_who_may_not_is_told_in_the_dialog(desk: Desk) -> None:
    posted(desk.world, EpisodeCard(HILTON))
    await desk.edge.shortcut("message.split", CARD, VIEWER)

    assert "Only operators may split" in await desk.answer_text(shown=2)
    assert desk.begun == []


class SlowOutbox(FakeOutbox):
    """Answers after the dialog's trigger has expired."""

    async def posted_at(self, address: Address) -> Queued | None:
        await asyncio.sleep(60)
        return await super().posted_at(address)


async def test_a_slow_store_is_told_while_the_trigger_lasts(
    there: ResponseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcuts, "PATIENCE", shortcuts.PATIENCE / 10)
    edge = Edge(FakeWorld(outbox=SlowOutbox()), there)
    await edge.shortcut("message.split", CARD)
    (answer,) = await there.answers()

    assert "whom the message is about" in answer["text"]
