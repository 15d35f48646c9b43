"""The board of one campaign on the Home tabs, with its picture."""

import asyncio
from datetime import timedelta

from bot.fleet.status.board import Board
from bot.services import Services
from bot.usecases.board import board_of_fleet
from handlers.listeners.home_picture import HomePicture

# People who open the tab at about the same time see the same board.
BOARD_LASTS = timedelta(seconds=5)


class HomeBoard:
    """The latest board. ``processing`` is how long Slack takes to process a picture, in seconds."""

    def __init__(self, services: Services, processing: float) -> None:
        self._now = services.now
        self._asking = asyncio.Lock()
        self._board: Board | None = None
        self.picture = HomePicture(services, processing)

    async def current(self, campaign: Services) -> Board:
        """The board of the campaign whose services are ``campaign``. Everybody who asks within ``BOARD_LASTS`` gets
        the same board."""
        async with self._asking:
            if self._board is None or self._board.at < self._now() - BOARD_LASTS:
                self._board = await board_of_fleet(campaign)
            return self._board

    async def renew_picture(self) -> bool:
        """Draw the picture of the latest board, if it is time for that. Returns whether there is a new one."""
        return self._board is not None and await self.picture.renew(self._board)
