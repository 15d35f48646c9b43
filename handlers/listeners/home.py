"""App Home: published when somebody opens it, and then each minute while they may be looking at it.

Slack does not tell when a Home tab is left, so a person counts as a viewer for ``VIEWED_FOR`` after opening it. A tab
shows one campaign; where several are open, each person chooses which.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.actions import ActionId
from bot.blocks import home as home_blocks
from bot.errors import AccessDenied, DependencyError, Refused
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.status.board import Board
from bot.fleet.status.home import Home
from bot.in_flight import InFlight
from bot.manifest import HOME_OPENED
from bot.message import HomeTab
from bot.model import KnownCampaign
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from handlers.listeners.authorization import Viewer, viewer
from handlers.listeners.home_board import HomeBoard
from handlers.listeners.home_picture import PROCESSING_SECONDS, HomePicture
from handlers.listeners.payloads import ClickPayload

VIEWED_FOR = timedelta(minutes=15)
REFRESH_EVERY = timedelta(minutes=1)
# The tabs of all viewers are published one after the other, so a store that hangs must not hold up each.
RECALLED_WITHIN = timedelta(seconds=1)
# Publishing this many tabs a minute is half of what Slack allows. With more viewers, the tab that was opened first is
# no longer updated.
MOST_VIEWERS = 50

_log = structlog.get_logger(__name__)


class HomeTabs:
    """The Home tabs of those who have opened theirs lately. ``processing`` is how long Slack takes to process a
    picture, in seconds."""

    def __init__(self, services: Services, processing: float = PROCESSING_SECONDS) -> None:
        self._services = services
        self._processing = processing
        self._opened_at: dict[str, datetime] = {}
        self._boards: dict[str, HomeBoard] = {}

    async def opened(self, user_id: str) -> None:
        """Publish the tab of this person, and keep it up to date for a while."""
        self._opened_at.pop(user_id, None)
        self._opened_at[user_id] = self._services.now()
        while len(self._opened_at) > MOST_VIEWERS:
            del self._opened_at[next(iter(self._opened_at))]
        await self._publish_all([user_id])

    async def chosen(self, user_id: str, campaign: str) -> None:
        """Publish the tab of this person with another campaign. The store keeps the choice for an hour, because
        another bot may publish the tab next."""
        try:
            await self._services.dialogs.keep(_choice_of(user_id), campaign, self._services.now())
        except DependencyError as exc:
            _log.warning("campaign of home not kept", user=user_id, reason=str(exc))
        await self.opened(user_id)

    async def refresh(self) -> None:
        """Publish the tabs of all who have opened theirs within ``VIEWED_FOR``."""
        since = self._services.now() - VIEWED_FOR
        self._opened_at = {user_id: at for user_id, at in self._opened_at.items() if at > since}
        await self._publish_all(list(self._opened_at))

    async def _publish_all(self, user_ids: Sequence[str]) -> None:
        """Publish these people's tabs. Then draw the picture of each campaign that they see, if it is time for that,
        and publish the tabs of that campaign again if there is a new picture."""
        if not user_ids:
            return
        book = await campaign_book(self._services)
        viewers: dict[str, list[str]] = {}
        for user_id in user_ids:
            if shown := await self._publish(user_id, book):
                viewers.setdefault(shown.name, []).append(user_id)
        for name, users in viewers.items():
            if await self._boards[name].renew_picture():
                for user_id in users:
                    await self._publish(user_id, book)

    async def _publish(self, user_id: str, book: CampaignBook) -> KnownCampaign | None:
        """Publish the tab; returns the campaign that it shows, if it shows any. A failure is only logged: the tab
        stays as it is until the next minute or opening."""
        try:
            person = await viewer(user_id, self._services)
            if person.refusal:
                await self._services.modals.publish(user_id, home_blocks.refused(person.refusal))
                return None
            campaign = await self._campaign_for(user_id, book)
            shown = self._boards.setdefault(campaign.name, HomeBoard(self._services, self._processing))
            board = await shown.current(in_campaign(campaign, book, self._services))
            tab = home_blocks.render(_seen_by(person, board, campaign, book))
            await self._publish_with_picture(user_id, tab, shown.picture)
        except DependencyError as exc:
            _log.warning("home not published", user=user_id, reason=str(exc))
            return None
        return campaign

    async def _publish_with_picture(self, user_id: str, tab: HomeTab, picture: HomePicture) -> None:
        """Publish the tab with the picture, or without if Slack refuses it."""
        with_picture = picture.add_to(tab)
        try:
            await self._services.modals.publish(user_id, with_picture)
        except Refused as exc:
            if isinstance(exc, AccessDenied) or with_picture is tab:
                raise
            _log.warning("home published without its picture", reason=str(exc))
            picture.refused()
            await self._services.modals.publish(user_id, tab)
        else:
            if with_picture is not tab:
                picture.accepted()

    async def _campaign_for(self, user_id: str, book: CampaignBook) -> KnownCampaign:
        """The open campaign that the person has chosen within the last hour, or else the one shown first."""
        if len(book.open) < 2:
            return book.shown_first
        try:
            async with asyncio.timeout(RECALLED_WITHIN.total_seconds()):
                name = await self._services.dialogs.recall(_choice_of(user_id), self._services.now())
        except (DependencyError, TimeoutError) as exc:
            _log.warning("campaign of home not recalled", user=user_id, reason=str(exc) or "no answer in time")
            name = None
        return next((campaign for campaign in book.open if campaign.name == name), book.shown_first)


def _choice_of(user_id: str) -> str:
    return f"home:{user_id}"


def _seen_by(person: Viewer, board: Board, campaign: KnownCampaign, book: CampaignBook) -> Home:
    name = campaign.name if book.has_several else ""
    others = tuple(each.name for each in book.open) if len(book.open) > 1 else ()
    return Home(board, person.may_change, person.operators, name, person.clusters, others)


def register(app: AsyncApp, tabs: HomeTabs, in_flight: InFlight) -> None:
    """Listen to the opening of the app, and to the choice of another campaign there."""
    app.event(HOME_OPENED)(partial(on_opened, tabs, in_flight))
    app.action(re.compile(f"^{re.escape(ActionId.HOME_CAMPAIGN)}\\b"))(partial(on_chosen, tabs, in_flight))


async def on_opened(tabs: HomeTabs, in_flight: InFlight, event: Mapping[str, Any]) -> None:
    """Publish the tab. The event also comes when somebody opens the app's Messages tab; then nothing is published
    (https://docs.slack.dev/reference/events/app_home_opened)."""
    user_id = event.get("user")
    if event.get("tab") == "home" and isinstance(user_id, str) and user_id:
        with in_flight.track():
            await tabs.opened(user_id)


async def on_chosen(tabs: HomeTabs, in_flight: InFlight, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    """Publish the tab with the campaign that the person has chosen in its menu."""
    with in_flight.track():
        await ack()
        payload = ClickPayload.read(body)
        await tabs.chosen(payload.actor.user_id, payload.value)
