"""The picture on the Home tab: how far all customers are. It is drawn anew now and then while somebody may be
looking, and the tab never waits for it."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.blocks import pictures
from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.status.board import Board
from bot.fleet.status.progress import progress_of
from bot.message import HomeTab, Picture
from bot.services import Services

DRAWN_EVERY = timedelta(minutes=5)
# Slack refuses an image block until it has processed the file (slackapi/slack-github-action#413).
PROCESSING_SECONDS = 3.0

_log = structlog.get_logger(__name__)


class HomePicture:
    """The latest picture, which all Home tabs show. ``processing`` is how long Slack takes to process a file, in
    seconds."""

    def __init__(self, services: Services, processing: float = PROCESSING_SECONDS) -> None:
        self._services = services
        self._processing = processing
        self._shown: tuple[Picture, str] | None = None
        self._tried_at: datetime | None = None
        self._is_refused = False

    def add_to(self, tab: HomeTab) -> HomeTab:
        """The tab with the picture at its end, so that no button moves when the picture arrives."""
        return pictures.on_home(tab, *self._shown) if self._shown else tab

    def is_refused(self) -> bool:
        """Record that Slack has refused a tab, and return whether the picture may be why. If so, no tab has a picture
        from then on."""
        if self._shown is None:
            return False
        self._shown, self._is_refused = None, True
        return True

    async def renew(self, board: Board) -> bool:
        """Draw the board's progress, unless that was tried a short while ago or Slack has refused a picture. Returns
        whether there is a new picture."""
        now = self._services.now()
        if self._is_refused or (self._tried_at and timedelta(0) <= now - self._tried_at < DRAWN_EVERY):
            return False
        self._tried_at = now
        picture = pictures.progress(await compute(progress_of, board))
        if picture is None:
            return False
        try:
            drawn = await self._services.pictures.draw(picture.chart)
            file_id = await self._services.files.upload(drawn, f"{picture.name}.png", picture.alt_text)
        except DependencyError as exc:
            _log.warning("home without its picture", reason=str(exc))
            return False
        await asyncio.sleep(self._processing)
        self._shown = picture, file_id
        return True
