"""Modals on the page: whom they are shown to, and a person filling one in with a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, Timings
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import Control, Json, connected
from tests.local_slack.sample_blocks import (
    actions,
    button,
    option,
    plain,
    section,
)
from tests.local_slack.sample_modals import (
    DAYS,
    OPTIONS,
    REASON,
    field,
    modal,
    opened,
    stack,
)

ORDER = field("order", "static_select", action_id="o", options=OPTIONS)
POLICY = field("policy", "radio_buttons", action_id="p", options=OPTIONS, initial_option=OPTIONS[0])
TELL = field("tell", "checkboxes", action_id="t", options=OPTIONS, more={"optional": True})
CUSTOMER = field("customer", "external_select", action_id="who", min_query_length=1, more={"optional": True})
SPLIT = modal(REASON, DAYS, ORDER, POLICY, TELL, CUSTOMER, actions(button("more")), notify_on_close=True)


async def shown(control: Control, user: str) -> str:
    async with control.http.get("/_page/messages", params={"channel": "backfills", "user": user}) as reply:
        return str((await reply.json())["modal"])


async def test_a_modal_is_shown_to_its_user_alone(client: AsyncWebClient, control: Control) -> None:
    await opened(client, control, modal(REASON, title=plain("Split <hilton>")))

    assert "Split &lt;hilton&gt;" in await shown(control, "olivia")
    assert await shown(control, "victor") == ""


async def test_errors_and_what_was_entered_are_drawn(client: AsyncWebClient, control: Control) -> None:
    view_id = await opened(client, control, modal(REASON, ORDER))
    await control.post("submit", {"user": "olivia", "view_id": view_id, "values": {"reason": "<b>", "order": "new"}})
    html = await shown(control, "olivia")

    assert "Please enter at least 5 characters." in html
    assert "&lt;b&gt;" in html
    assert '<option value="new" selected>' in html


async def test_the_page_looks_again_when_a_modal_changes(client: AsyncWebClient, control: Control) -> None:
    async def version() -> str:
        async with control.http.get("/_page/messages", params={"channel": "backfills"}) as reply:
            return str((await reply.json())["version"])

    begun = await version()
    view_id = await opened(client, control, modal(REASON))
    after_opening = await version()
    await client.views_update(view_id=view_id, view=modal(REASON, section()))

    assert len({begun, after_opening, await version()}) == 3


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """With more patience than elsewhere: a browser looks on while an ack is waited for."""
    async with LocalSlack(setting=Setting(timings=Timings(ack=2.0))) as running:
        yield running


@pytest.fixture
async def app(slack: LocalSlack) -> AsyncIterator[Any]:
    async with connected(slack) as bot:

        @bot.action("split")
        async def split(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=SPLIT)

        yield bot


@pytest.fixture
async def browser(slack: LocalSlack, client: AsyncWebClient, team: str, app: Any) -> AsyncIterator[Page]:
    """The page after somebody has pressed Split."""
    await client.chat_postMessage(channel=team, text="hilton", blocks=[actions(button("split"))])
    async with browsing(slack.url) as page:
        await page.click("[data-action=split]")
        await page.wait_for_selector("#modal textarea, #modal input")
        yield page


@pytest.mark.browser
@needs_chromium
async def test_a_person_fills_a_modal_in_corrects_it_and_submits(app: Any, control: Control, browser: Page) -> None:
    received, go = list[Json](), asyncio.Event()

    @app.options("who")
    async def customers(ack: Any) -> None:
        await ack(options=[option("hilton")])

    @app.view("split")
    async def take(ack: Any, body: Json) -> None:
        received.append(body["view"]["state"]["values"])
        await go.wait()
        await ack()

    await browser.fill("#modal [data-action=n]", "400")
    await browser.click("#modal button[type=submit]")
    await expect(browser.locator("#modal .error")).to_have_text(
        [
            "Please complete this required field.",
            "Please enter 51 or less.",
            "Please complete this required field.",
        ]
    )
    await expect(browser.locator("#modal [data-action=a]")).to_be_focused()
    await browser.fill("#modal [data-action=a]", "it timed out")
    await browser.fill("#modal [data-action=n]", "5")
    await browser.select_option("#modal [data-action=o]", "new")
    await browser.check("#modal [data-action=p] [value=big]")
    await browser.check("#modal [data-action=t] [value=old]")
    await browser.check("#modal [data-action=t] [value=big]")
    await browser.fill("#modal [data-query]", "hil")
    await expect(browser.locator("#modal [data-action=who] option")).to_have_count(2)
    await browser.select_option("#modal [data-action=who]", "hilton")
    await browser.click("#modal button[type=submit]")
    await expect(browser.locator("#modal button[type=submit]")).to_have_text("Sending…")
    await expect(browser.locator("#modal button[type=submit]")).to_be_disabled()
    go.set()
    await browser.wait_for_selector("#modal", state="hidden")

    (values,) = received
    assert {block: next(iter(entries.values())) for block, entries in values.items()} == {
        "reason": {"type": "plain_text_input", "value": "it timed out"},
        "days": {"type": "number_input", "value": "5"},
        "order": {"type": "static_select", "selected_option": OPTIONS[1]},
        "policy": {"type": "radio_buttons", "selected_option": OPTIONS[2]},
        "tell": {"type": "checkboxes", "selected_options": [OPTIONS[0], OPTIONS[2]]},
        "customer": {"type": "external_select", "selected_option": option("hilton")},
    }


@pytest.mark.browser
@needs_chromium
async def test_what_is_typed_stays_while_the_app_changes_the_modal(
    app: Any, client: AsyncWebClient, control: Control, browser: Page
) -> None:
    @app.action("more")
    async def more(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        assert body["view"]["state"]["values"]["reason"]["a"]["value"] == "it timed"
        changed = SPLIT | {"blocks": [section(), *SPLIT["blocks"]]}
        await client.views_update(view_id=body["view"]["id"], view=changed)

    await browser.locator("#modal [data-action=a]").press_sequentially("it timed")
    await browser.click("#modal [data-action=more]")
    await browser.wait_for_selector("#modal .section")
    await browser.press("#modal [data-action=a]", "End")
    await browser.locator("#modal [data-action=a]").press_sequentially(" out")
    (view,) = await stack(control)
    await client.views_update(view_id=view["id"], view=SPLIT)
    await browser.wait_for_selector("#modal .section", state="detached")

    await expect(browser.locator("#modal [data-action=a]")).to_have_value("it timed out")
    await expect(browser.locator("#modal [data-action=a]")).to_be_focused()


@pytest.mark.browser
@needs_chromium
async def test_trouble_is_said_and_escape_closes_the_modal(app: Any, control: Control, browser: Page) -> None:
    closed = asyncio.Event()

    @app.view_closed("split")
    async def gone(ack: Any) -> None:
        await ack()
        closed.set()

    await browser.fill("#modal [data-action=a]", "it timed out")
    await browser.fill("#modal [data-action=n]", "5")
    await browser.select_option("#modal [data-action=o]", "new")
    await browser.click("#modal button[type=submit]")
    await browser.wait_for_selector("#modal .notice >> text=We had some trouble connecting. Try again?")
    await expect(browser.locator("#modal button[type=submit]")).to_be_focused()
    await browser.keyboard.press("Escape")
    await browser.wait_for_selector("#modal", state="hidden")
    await asyncio.wait_for(closed.wait(), 60)

    assert await stack(control) == []


@pytest.mark.browser
@needs_chromium
async def test_switching_users_shows_each_their_own_modal(
    client: AsyncWebClient, control: Control, browser: Page
) -> None:
    await opened(client, control, modal(section(), title=plain("For Victor")), user="victor")
    await browser.select_option("#modal [data-switch]", "victor")
    await browser.wait_for_selector("#modal >> text=For Victor")
    await browser.click("#modal [data-close=one]")
    await browser.wait_for_selector("#modal", state="hidden")
    await browser.select_option("#user", "olivia")
    await browser.wait_for_selector("#modal >> text=Split hilton")

    assert [len(await stack(control, user)) for user in ("olivia", "victor")] == [1, 0]
