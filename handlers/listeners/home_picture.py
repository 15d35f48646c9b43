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
# After a refusal the tabs are without the picture for this long. Each further refusal in a row doubles the time.
HIDDEN_FIRST = timedelta(minutes=1)
DOUBLINGS = 6

_log = structlog.get_logger(__name__)


class HomePicture:
    """The latest picture, which all Home tabs of a campaign show. ``processing`` is how long Slack takes to process a
    file, in seconds."""

    def __init__(self, services: Services, processing: float = PROCESSING_SECONDS) -> None:
        self._services = services
        self._processing = processing
        self._shown: tuple[Picture, str] | None = None
        self._tried_at: datetime | None = None
        self._refusals = 0
        self._refused_at: datetime | None = None

    def add_to(self, tab: HomeTab) -> HomeTab:
        """The tab with the picture at its end, so that no button moves when the picture arrives. The unchanged tab if
        there is no picture yet, or if Slack has refused the picture a short while ago."""
        return pictures.on_home(tab, *self._shown) if self._shown and not self._is_hidden() else tab

    def accepted(self) -> None:
        """Record that Slack has taken a tab with the picture."""
        self._refusals, self._refused_at = 0, None

    def refused(self) -> None:
        """Record that Slack has refused a tab with the picture. It may still be processing the file, so the picture
        is tried again later."""
        self._refusals, self._refused_at = self._refusals + 1, self._services.now()

    def _is_hidden(self) -> bool:
        if self._refused_at is None:
            return False
        hidden_for = HIDDEN_FIRST * (1 << min(self._refusals - 1, DOUBLINGS))
        return timedelta(0) <= self._services.now() - self._refused_at < hidden_for

    async def renew(self, board: Board) -> bool:
        """Draw the board's progress, unless that was tried a short while ago or Slack has just refused the picture.
        Returns whether there is a new one."""
        now = self._services.now()
        if self._is_hidden() or (self._tried_at and timedelta(0) <= now - self._tried_at < DRAWN_EVERY):
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
