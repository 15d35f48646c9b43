"""App Home: published when somebody opens it, and then each minute while they may be looking at it.

Slack does not tell when a Home tab is left, so a person counts as a viewer for ``VIEWED_FOR`` after opening it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot.blocks import home as home_blocks
from bot.errors import AccessDenied, DependencyError, Refused
from bot.fleet.status.board import Board
from bot.fleet.status.home import Home
from bot.in_flight import InFlight
from bot.manifest import HOME_OPENED
from bot.message import HomeTab
from bot.services import Services
from bot.usecases.board import board_of_fleet
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from handlers.listeners.authorization import Viewer, viewer
from handlers.listeners.home_picture import HomePicture

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

    def __init__(self, services: Services, picture: HomePicture | None = None) -> None:
        self._services = services
        self._picture = picture or HomePicture(services)
        self._opened_at: dict[str, datetime] = {}
        self._asking = asyncio.Lock()
        self._board: Board | None = None
        self._campaign = ""

    async def opened(self, user_id: str) -> None:
        """Publish the tab of this person, and keep it up to date for a while."""
        self._opened_at.pop(user_id, None)
        self._opened_at[user_id] = self._services.now()
        while len(self._opened_at) > MOST_VIEWERS:
            del self._opened_at[next(iter(self._opened_at))]
        await self._publish_all([user_id])

    async def refresh(self) -> None:
        """Publish the tabs of all who have opened theirs within ``VIEWED_FOR``."""
        since = self._services.now() - VIEWED_FOR
        self._opened_at = {user_id: at for user_id, at in self._opened_at.items() if at > since}
        await self._publish_all(list(self._opened_at))

    async def _publish_all(self, user_ids: Sequence[str]) -> None:
        """Publish these people's tabs, and publish them again if a new picture has been drawn."""
        for user_id in user_ids:
            await self._publish(user_id)
        if user_ids and self._board and await self._picture.renew(self._board):
            for user_id in user_ids:
                await self._publish(user_id)

    async def _publish(self, user_id: str) -> None:
        """Publish the tab. A failure is only logged: the tab stays as it is until the next minute or opening."""
        try:
            person = await viewer(user_id, self._services)
            if person.refusal:
                await self._services.modals.publish(user_id, home_blocks.refused(person.refusal))
            else:
                home = _seen_by(person, await self._board_now(), self._campaign)
                await self._publish_with_picture(user_id, home_blocks.render(home))
        except DependencyError as exc:
            _log.warning("home not published", user=user_id, reason=str(exc))

    async def _publish_with_picture(self, user_id: str, tab: HomeTab) -> None:
        """Publish the tab with the picture, or without if Slack refuses it."""
        with_picture = self._picture.add_to(tab)
        try:
            await self._services.modals.publish(user_id, with_picture)
        except Refused as exc:
            if isinstance(exc, AccessDenied) or with_picture is tab:
                raise
            _log.warning("home published without its picture", reason=str(exc))
            self._picture.refused()
            await self._services.modals.publish(user_id, tab)
        else:
            if with_picture is not tab:
                self._picture.accepted()

    async def _board_now(self) -> Board:
        """The board. Everybody who asks within ``BOARD_LASTS`` gets the same one."""
        async with self._asking:
            oldest = self._services.now() - BOARD_LASTS
            if self._board is None or self._board.at < oldest:
                book = await campaign_book(self._services)
                campaign = book.default or book.home
                own = in_campaign(campaign, book, self._services)
                self._board = await board_of_fleet(own)
                self._campaign = campaign.name if book.has_several else ""
            return self._board


def _seen_by(person: Viewer, board: Board, campaign: str) -> Home:
    return Home(board, person.may_change, person.operators, campaign, person.clusters)


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
