"""Messages and modals of each kind on a page as wide as a phone: nothing that decides is cut off."""

import aiohttp
import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.modals import view_json
from local_slack import LocalSlack, Setting
from local_slack.web_api.rate_limits import UNLIMITED
from tests.blocks.samples import messages, modals
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import Control
from tests.local_slack.sample_modals import opened

pytestmark = [pytest.mark.browser, needs_chromium]

WIDTH = 400
"""In pixels of CSS: a phone of ordinary size, held upright."""

# What stands out of its message to the right, or hides a part of its text there.
HIDDEN = """(root) => {
  const found = [];
  const within = root.getBoundingClientRect();
  if (within.right > innerWidth + 1) found.push(`${root.className}: ${within.right} of ${innerWidth}`);
  for (const element of root.querySelectorAll(
    "button, select, input, textarea, summary, pre, p, a, code, label, legend, h2, .head, .text, .context, .actions"
  )) {
    if (!element.checkVisibility() || element.closest(".hidden, .message-menu")) continue;
    const box = element.getBoundingClientRect();
    const isOut = box.right > Math.min(within.right, innerWidth) + 1;
    const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline";
    if (isOut || isCut) found.push(`${element.tagName} ${element.className}: ${element.textContent.slice(0, 90)}`);
  }
  return found;
}"""


async def hidden_parts(page: Page, selector: str) -> list[str]:
    parts = [await element.evaluate(HIDDEN) for element in await page.locator(selector).all()]
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return [*(["the whole page"] if wide else []), *(part for found in parts for part in found)]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_message_hides_a_part_of_itself(theme: str) -> None:
    async with LocalSlack(setting=Setting(limits=UNLIMITED)) as slack, browsing(slack.url) as page:
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await page.set_viewport_size({"width": WIDTH, "height": 800})
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        shown = messages()
        for message in shown.values():
            blocks = [dict(block) for block in message.blocks]
            await client.chat_postMessage(channel=slack.channels["backfills"], text=message.text, blocks=blocks)
        await expect(page.locator("#messages .message")).to_have_count(len(shown))

        assert await hidden_parts(page, "#messages .message") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_modal_hides_a_part_of_itself(theme: str) -> None:
    async with LocalSlack(setting=Setting(limits=UNLIMITED)) as slack, browsing(slack.url) as page:
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await page.set_viewport_size({"width": WIDTH, "height": 800})
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        async with aiohttp.ClientSession(slack.url) as http:
            for view in modals().values():
                await opened(client, Control(http), view_json(view))
                await expect(page.locator("#modal h2").first).to_have_text(view.title)

                assert await hidden_parts(page, "#modal") == []
                await page.keyboard.press("Escape")
                await expect(page.locator("#modal")).to_be_hidden()
