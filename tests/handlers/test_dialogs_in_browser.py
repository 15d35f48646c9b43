"""A newcomer in front of the local Slack presses Split, is asked and told; somebody who may not is refused."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.handlers.confirming import CLUSTER, WHY
from tests.handlers.local import Scene, open_scene
from tests.local_slack.browser import browsing, needs_chromium

pytestmark = [pytest.mark.browser, needs_chromium]
SPLIT = "#messages [data-action='control.split']"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with open_scene() as scene:
        yield scene


@pytest.fixture
async def browser(scene: Scene) -> AsyncIterator[Page]:
    async with browsing(scene.url) as page:
        yield page


async def test_split_is_pressed_the_reason_is_asked_for_and_the_outcome_is_shown(scene: Scene, browser: Page) -> None:
    modal = browser.locator("#modal")
    await browser.click(SPLIT)
    await expect(modal).to_contain_text("About to cancel 1 workflow and start 11 windows of 5 days")
    await modal.get_by_role("button", name="Split").click()
    await expect(modal.locator(".error")).to_have_text("Please complete this required field.")
    await modal.get_by_label("Reason").fill(WHY)
    await modal.get_by_role("button", name="Split").click()
    await expect(modal).to_contain_text("11 windows of 5 days run")
    await modal.get_by_role("button", name="Close", exact=True).last.click()
    await expect(modal).to_be_hidden()

    assert scene.world.controls[CLUSTER].states["hilton"].spec.reason == WHY


async def test_a_viewer_is_refused_and_the_operator_sees_nothing_of_it(scene: Scene, browser: Page) -> None:
    await browser.select_option("#user", "victor")
    await browser.click(SPLIT)
    await expect(browser.locator("#modal")).to_contain_text("Only operators may split. Ask olivia.")
    await browser.select_option("#modal [data-switch]", "olivia")
    await browser.wait_for_selector(SPLIT)

    await expect(browser.locator("#modal")).to_be_hidden()
    assert scene.world.controls[CLUSTER].states == {}


async def test_who_has_no_dialog_any_more_is_told_in_the_channel_alone(scene: Scene, browser: Page) -> None:
    await browser.click(SPLIT)
    await browser.locator("#modal").get_by_label("Reason").fill(WHY)
    await scene.control.fault(fault="error", method="views.update", code="not_found")
    await browser.locator("#modal").get_by_role("button", name="Split").click()
    await expect(browser.locator("#modal")).to_contain_text("Working")
    await browser.keyboard.press("Escape")
    await expect(browser.locator("#messages .ephemeral")).to_contain_text("11 windows of 5 days run")
    await browser.select_option("#user", "victor")
    await browser.wait_for_selector(SPLIT)

    await expect(browser.locator("#messages .message")).to_have_count(1)
