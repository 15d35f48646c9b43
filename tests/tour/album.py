"""Where the pictures go: single ones as PNG of few colours, and the story as an animation."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Error, Locator, Page

FRAME_MS = 2_500
FRAME_WIDTH = 960
COLOURS = 128
TRIES = 20


class Album:
    """Pictures of one page. Those of the film are the whole page, in the order in which they are taken."""

    def __init__(self, folder: Path, page: Page) -> None:
        self._folder = folder
        self._page = page
        self._frames: list[Image.Image] = []

    async def take(self, name: str, part: Locator) -> None:
        """Save a picture of one part of the page. A message that is edited meanwhile is drawn anew, so it is taken
        again."""
        for _ in range(TRIES):
            try:
                png = await part.screenshot()
            except Error:
                await self._page.wait_for_timeout(500)
            else:
                _few_colours(png).save(self._folder / f"{name}.png", optimize=True)
                return
        raise AssertionError(f"{name} was never still enough for a picture")

    async def film(self, name: str) -> None:
        """Take the whole page into the film, and save it by itself."""
        picture = Image.open(BytesIO(await self._page.screenshot())).convert("RGB")
        _quantized(picture).save(self._folder / f"{name}.png", optimize=True)
        height = round(picture.height * FRAME_WIDTH / picture.width)
        self._frames.append(_quantized(picture.resize((FRAME_WIDTH, height), Image.Resampling.LANCZOS)))

    def save_film(self) -> None:
        """The frames as one animation that repeats."""
        first, *others = self._frames
        first.save(
            self._folder / "story.gif", save_all=True, append_images=others, duration=FRAME_MS, loop=0, optimize=True
        )


def _few_colours(png: bytes) -> Image.Image:
    return _quantized(Image.open(BytesIO(png)).convert("RGB"))


def _quantized(picture: Image.Image) -> Image.Image:
    return picture.quantize(COLOURS, dither=Image.Dither.NONE)
