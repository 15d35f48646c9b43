"""A newcomer in the browser presses Split, says why, and sees the thread of the alert fill."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browsing import IN_BROWSER, PATIENCE, browsing
from tests.e2e.processes import Sandbox, eventually

pytestmark = IN_BROWSER


@pytest.fixture
async def page(steered: Sandbox) -> AsyncIterator[Page]:
    """The page as olivia sees it once the alert stands."""
    eventually(lambda: steered.control.alert("seen"))
    async with browsing(steered.url) as page:
        yield page


def thread_of(alert: dict[str, Any]) -> str:
    """How the page finds the button that opens its thread: its own, or that of its group."""
    return f'#messages .message[data-ts="{alert.get("thread_ts", alert["ts"])}"] .open-thread'


async def test_split_is_pressed_confirmed_with_a_reason_and_told_in_the_thread(page: Page, steered: Sandbox) -> None:
    alert = steered.control.alert("seen")
    # Before it, the menu of the message has another one.
    await page.locator(thread_of(alert)).last.click()
    card = page.locator(f'#replies .message[data-ts="{alert["ts"]}"]')
    await card.get_by_role("button", name="Split into windows…").click()
    modal = page.locator("#modal")
    await expect(modal).to_contain_text(
        "cancel 1 workflow and start 2 windows of 5 days for seen on prod", timeout=PATIENCE
    )
    await modal.get_by_role("textbox").fill("the newcomer says so")
    await modal.get_by_role("button", name="Split").click()
    await expect(modal).to_contain_text("The thread tells how it goes on.", timeout=PATIENCE)
    await page.keyboard.press("Escape")

    replies = page.locator("#replies .message")
    await expect(replies.filter(has_text="asked to split: the newcomer says so")).to_be_visible(timeout=PATIENCE)
    await expect(replies.filter(has_text="Jan 6–10").last).to_be_visible(timeout=PATIENCE)
