"""App Home: published when somebody opens it, and then each minute while they may be looking at it.

Slack does not tell when a Home tab is left, so a person counts as a viewer for ``VIEWED_FOR`` after opening it.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot.blocks import home as home_blocks
from bot.errors import DependencyError
from bot.fleet.status.board import Board
from bot.fleet.status.home import Home
from bot.in_flight import InFlight
from bot.manifest import HOME_OPENED
from bot.message import HomeTab
from bot.services import Services
from bot.usecases.board import board_of_fleet
from handlers.listeners.authorization import viewer

VIEWED_FOR = timedelta(minutes=15)
REFRESH_EVERY = timedelta(minutes=1)
# People who open the tab at about the same time see the same board.
BOARD_LASTS = timedelta(seconds=5)
# Publishing this many tabs a minute is half of what Slack allows. With more viewers, the tab that was opened first is
# no longer updated.
MOST_VIEWERS = 50

_log = structlog.get_logger(__name__)


class HomeTabs:
    """The Home tabs of those who have opened theirs lately."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._opened_at: dict[str, datetime] = {}
        self._asking = asyncio.Lock()
        self._board: Board | None = None

    async def opened(self, user_id: str) -> None:
        """Publish the tab of this person, and keep it up to date for a while."""
        self._opened_at.pop(user_id, None)
        self._opened_at[user_id] = self._services.now()
        while len(self._opened_at) > MOST_VIEWERS:
            del self._opened_at[next(iter(self._opened_at))]
        await self._publish(user_id)

    async def refresh(self) -> None:
        """Publish the tabs anew."""
        since = self._services.now() - VIEWED_FOR
        self._opened_at = {user_id: at for user_id, at in self._opened_at.items() if at > since}
        for user_id in list(self._opened_at):
            await self._publish(user_id)

    async def _publish(self, user_id: str) -> None:
        """Publish the tab. A failure is only logged: the tab stays as it is until the next minute or opening."""
        try:
            await self._services.modals.publish(user_id, await self._tab(user_id))
        except DependencyError as exc:
            _log.warning("home not published", user=user_id, reason=str(exc))

    async def _tab(self, user_id: str) -> HomeTab:
        person = await viewer(user_id, self._services)
        if person.refusal:
            return home_blocks.refused(person.refusal)
        return home_blocks.render(Home(await self._board_now(), person.may_change, person.operators))

    async def _board_now(self) -> Board:
        """The board. Everybody who asks within ``BOARD_LASTS`` gets the same one."""
        async with self._asking:
            oldest = self._services.now() - BOARD_LASTS
            if self._board is None or self._board.at < oldest:
                self._board = await board_of_fleet(self._services)
            return self._board


def register(app: AsyncApp, tabs: HomeTabs, in_flight: InFlight) -> None:
    """Listen to the opening of the app."""
    app.event(HOME_OPENED)(partial(on_opened, tabs, in_flight))


async def on_opened(tabs: HomeTabs, in_flight: InFlight, event: Mapping[str, Any]) -> None:
    """Publish the tab. The event also comes when somebody opens the app's messages; those need nothing
    (https://docs.slack.dev/reference/events/app_home_opened)."""
    user_id = event.get("user")
    if event.get("tab") == "home" and isinstance(user_id, str) and user_id:
        with in_flight.track():
            await tabs.opened(user_id)
