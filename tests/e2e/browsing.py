"""The page in a real Chromium; whatever the page reports as an error fails the test."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = shutil.which("chromium")
IN_BROWSER = [
    pytest.mark.timeout(1_200),
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH"),
]
PATIENCE = 200_000  # milliseconds; many times what a quiet machine takes

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@asynccontextmanager
async def browsing(url: str) -> AsyncIterator[Page]:
    errors: list[str] = []
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS, env=dict(os.environ))
        page = await chromium.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(url)
        yield page
        await chromium.close()
    assert errors == []
