"""A newcomer in the browser: types a command, reads the table, opens an alert's thread, takes the alert on."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page, expect

from tests.adapters.store.server import Server
from tests.e2e.browsing import IN_BROWSER, PATIENCE, browsing
from tests.e2e.processes import TINY, Sandbox, bot, eventually, sandbox
from tests.wording import TIMED_OUT

pytestmark = IN_BROWSER


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("page")
    with sandbox(TINY, folder, store_server, speed=3600) as world, bot(world, folder):
        yield world


@pytest.fixture
async def page(world: Sandbox) -> AsyncIterator[Page]:
    """The page as olivia sees it."""
    eventually(world.control.alerts)
    async with browsing(world.url) as page:
        yield page


async def test_status_typed_in_the_page_shows_the_table(page: Page) -> None:
    await page.locator("#line").fill("/backfill status")
    await page.locator("#line").press("Enter")

    answer = page.locator("#messages .message", has_text="4 of 8 customers complete · ")
    await expect(answer).to_be_visible(timeout=PATIENCE)
    table = await answer.locator("pre").inner_text()
    assert [line.split() for line in table.splitlines()] == [
        ["Cluster", "Done"],
        ["alpha", "2/4", "2", "open"],
        ["beta", "2/4", "2", "open"],
        ["gamma", "–", "nothing", "to", "backfill"],
    ]


async def test_an_alert_is_read_in_its_thread_and_acknowledged_by_button(page: Page) -> None:
    alert = page.locator("#messages .message", has_text=f"toobig on alpha {TIMED_OUT}")
    # Before it, the menu of the message has another one.
    await alert.locator(".open-thread").last.click()
    replies = page.locator("#replies .message")
    # On a busy machine several attempts may end before the bot looks.
    ended = replies.filter(has_text=re.compile(r"toobig, attempt \d+: heartbeat timeout"))
    await expect(ended.first).to_be_visible(timeout=PATIENCE)
    await alert.get_by_role("button", name="Acknowledge").click()

    taken_on = alert.get_by_text("Acknowledged by @Olivia")
    await expect(taken_on).to_be_visible(timeout=PATIENCE)
    await expect(alert.get_by_role("button", name="Acknowledge")).to_have_count(0)
    line = replies.filter(has_text="toobig: acknowledged by @Olivia")
    await expect(line).to_be_visible(timeout=PATIENCE)
