"""``python -m tests.tour``: make the pictures of the README anew, from a real bot in a browser."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.e2e.browsing import CHROMIUM
from tests.e2e.processes import ROOT, bot, sandbox
from tests.tour.album import Album
from tests.tour.scenes import photograph

# Attempts time out within half a minute, and a window of hilton's takes about twenty seconds.
SPEED = 420.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs/pictures", help="where the pictures go")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    parser.add_argument("--phone", action="store_true", help="400 pixels wide instead of 1280")
    wanted = parser.parse_args()
    if CHROMIUM is None:
        parser.error("no chromium on the PATH: install it, and run this again")
    wanted.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_tour(wanted.folder, wanted.dark, 400 if wanted.phone else 1280))
    return 0


async def _tour(folder: Path, dark: bool, width: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="backfill-tour-") as scratch,
        sandbox("morning", Path(scratch), None, speed=SPEED) as world,
        bot(world, Path(scratch)),
    ):
        async with async_playwright() as driver:
            chromium = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await chromium.new_page(
                viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
            )
            page.set_default_timeout(60_000)
            await page.goto(world.url)
            album = Album(folder, page)
            await photograph(page, world.control, album)
            album.save_film()
            await chromium.close()


if __name__ == "__main__":
    sys.exit(main())
