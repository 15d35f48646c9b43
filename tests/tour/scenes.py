"""The story that the pictures tell: an alert, the dialog, windows in the thread, and what the bot answers."""

from playwright.async_api import Locator, Page, expect

from tests.e2e.control import Control
from tests.e2e.processes import eventually
from tests.tour.album import Album

WHY = "three attempts timed out; 5-day windows ran well before"
FIRST_WINDOWS = 3
LIMIT = 180.0  # seconds
HEAVY = 4


async def photograph(page: Page, control: Control, album: Album) -> None:
    """Drive the page through the story and take its pictures."""
    await type_line(page, "/backfill status")
    eventually(lambda: len(control.cards()) == HEAVY, LIMIT)
    await page.wait_for_timeout(2_000)
    await album.film("channel")
    alert = control.alert("hilton")
    in_thread = "thread_ts" in alert and alert["thread_ts"] != alert["ts"]
    if in_thread:
        await open_thread(page, alert["thread_ts"])
    card = page.locator(f'{"#replies" if in_thread else "#messages"} .message[data-ts="{alert["ts"]}"]')
    await album.take("alert", card)
    await split(page, card, album)
    eventually(lambda: _windows_done(control) >= FIRST_WINDOWS, LIMIT)
    # A calendar is drawn anew every two minutes, in which a fast world goes far.
    eventually(lambda: "complete" in _calendar(control), LIMIT)
    if not in_thread:
        latest = control.alert("hilton")
        await open_thread(page, latest.get("thread_ts", latest["ts"]))
    await expect(page.locator("#replies .message").last).to_be_visible()
    await album.film("windows")
    await page.locator("#close-thread").click()
    await answers(page, album)
    await home(page, album)


def _windows_done(control: Control) -> int:
    return sum("Counts match" in line for line in control.thread(control.alert("hilton")))


def _calendar(control: Control) -> str:
    """The alternative text of the card's picture."""
    return "".join(block.get("alt_text", "") for block in control.alert("hilton")["blocks"])


async def split(page: Page, card: Locator, album: Album) -> None:
    """Split the customer of an alert: the button, the dialog, the reason."""
    await card.get_by_role("button", name="Split").first.click()
    modal = page.locator("#modal")
    await expect(modal.locator("footer button.primary, footer button[type=submit]").first).to_be_visible()
    await modal.get_by_role("textbox").last.fill(WHY)
    await album.take("split-dialog", modal)
    await album.film("dialog")
    await modal.locator("footer button[type=submit]").click()
    await page.wait_for_timeout(3_000)
    await page.keyboard.press("Escape")


async def answers(page: Page, album: Album) -> None:
    """What looking commands answer: a customer with its calendar, counts, the day's report."""
    for line, name in (
        ("/backfill status hilton", "calendar"),
        ("/backfill verify oportun", "verify"),
        ("/backfill plan marriott", "plan"),
        ("/backfill report", "report"),
    ):
        seen = await page.locator("#messages .message").count()
        await type_line(page, line)
        await expect(page.locator("#messages .message").nth(seen + 1)).to_be_visible()
        await page.wait_for_timeout(3_000)
        await album.take(name, page.locator("#messages .message").last)


async def home(page: Page, album: Album) -> None:
    """The app's Home tab."""
    await page.get_by_role("link", name="Home").click()
    await expect(page.locator(".home h3").first).to_be_visible()
    await page.wait_for_timeout(2_000)
    await album.film("home")


async def open_thread(page: Page, root: str) -> None:
    await page.locator(f'#messages .message[data-ts="{root}"] .open-thread').last.click()


async def type_line(page: Page, line: str) -> None:
    await page.fill("#line", line)
    await page.press("#line", "Enter")
