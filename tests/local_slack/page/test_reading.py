"""What a reader of the page meets: folded texts, older messages above, and a dark theme."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting
from local_slack.page.view_models import LONG_LINES, LONG_TEXT, SHOWN, is_long
from local_slack.web_api.rate_limits import UNLIMITED
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import Json

LINES = "\n".join(f"line {number}" for number in range(1, 31))
BARELY_READABLE = 4.5
"""The least contrast of text: https://www.w3.org/TR/WCAG22/#contrast-minimum"""


@pytest.fixture
async def browser(slack: LocalSlack) -> AsyncIterator[Page]:
    async with browsing(slack.url) as page:
        yield page


def section(**settings: bool) -> list[Json]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": LINES}, **settings}]


async def height_of(element: Locator) -> float:
    box = await element.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("x" * LONG_TEXT, False),
        ("x" * (LONG_TEXT + 1), True),
        ("\n" * (LONG_LINES - 1), False),
        ("\n" * LONG_LINES, True),
    ],
)
def test_texts_are_folded_by_their_length_and_their_lines(text: str, folded: bool) -> None:
    assert is_long(text) is folded


@pytest.mark.browser
@needs_chromium
async def test_a_long_section_shows_its_end_on_request_unless_it_says_expand(
    client: AsyncWebClient, team: str, browser: Page
) -> None:
    await client.chat_postMessage(channel=team, text="folded", blocks=section())
    await client.chat_postMessage(channel=team, text="whole", blocks=section(expand=True))
    folded, whole = (browser.locator("#messages .section-text").nth(place) for place in (0, 1))

    await expect(whole).to_be_visible()
    assert await whole.get_by_role("button", name="Show more").count() == 0
    full = await height_of(whole)
    assert await height_of(folded) < full / 2
    await folded.get_by_role("button", name="Show more").click()
    await expect(folded.get_by_role("button", name="Show more")).to_be_hidden()
    assert await height_of(folded) == full


@pytest.mark.browser
@needs_chromium
async def test_older_messages_appear_when_somebody_scrolls_up() -> None:
    async with LocalSlack(setting=Setting(limits=UNLIMITED)) as slack, browsing(slack.url) as page:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        for number in range(SHOWN + 5):
            await client.chat_postMessage(channel=slack.channels["backfills"], text=f"message {number}.")
        messages = page.locator("#messages .message")
        await expect(messages.last).to_contain_text(f"message {SHOWN + 4}.")
        await expect(messages).to_have_count(SHOWN)

        await page.evaluate("document.getElementById('messages').scrollTop = 0")

        await expect(messages).to_have_count(SHOWN + 5)
        await expect(messages.first).to_contain_text("message 0.")
        await expect(messages.nth(5)).to_be_in_viewport()


CONTRAST = """element => {
  const parts = color => color.match(/[\\d.]+/g).slice(0, 3).map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = color => { const [r, g, b] = parts(color); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  let behind = element;
  while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  const pair = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""
BLOCKS: list[Json] = [
    {"type": "header", "text": {"type": "plain_text", "text": "a header"}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "text, `code`, <https://a.example|a link>, <@U00OLIVIA0>"},
    },
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Head"}], [{"type": "raw_text", "text": "cell"}]]},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": ":white_check_mark: :warning: :x: a context"}]},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": style or "plain", "text": {"type": "plain_text", "text": "Press"}}
            | ({"style": style} if style else {})
            for style in ("", "primary", "danger")
        ],
    },
]


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_of_a_message_is_readable_in_both_themes(
    client: AsyncWebClient, team: str, browser: Page, scheme: str
) -> None:
    await browser.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await client.chat_postMessage(channel=team, text="all kinds", blocks=BLOCKS)
    await expect(browser.locator("#messages .message")).to_have_count(1)

    texts = browser.locator(
        "#messages :is(.head, .text, code, a, th, td, .context span, .emoji, .btn, .mention, b, time)"
    )
    contrasts = {await text.inner_text(): float(await text.evaluate(CONTRAST)) for text in await texts.all()}

    assert len(contrasts) > 10
    assert {text: contrast for text, contrast in contrasts.items() if contrast < BARELY_READABLE} == {}
