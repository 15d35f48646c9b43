"""The names among which a person chooses what a command is about.

They are gathered once, when the modal opens, because clusters may take longer to answer than a menu may. The store
keeps them for the menus, which ask again with each letter.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog
from pydantic import BaseModel, ConfigDict

from bot.commands import Reach, Request
from bot.errors import DependencyError
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.name_lookup import Directory
from bot.fleet.runs.open_work import NamesNotSeen
from bot.services import Services
from bot.usecases.campaigns.scope import book_of, campaign_book
from bot.usecases.resolve import configured_names, observed_names

# How long a person waits for clusters before the modal does without them.
GATHERED_WITHIN = timedelta(seconds=5)
# A menu waits 3 s for its options.
RECALLED_WITHIN = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


class OfferedNames(BaseModel):
    """The customers of each cluster, and the open and the ``closed`` campaigns."""

    model_config = ConfigDict(frozen=True)

    customers: Mapping[str, tuple[str, ...]]
    campaigns: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


async def gather_names(
    view_id: str, command: Request, services: Services
) -> tuple[CampaignBook, tuple[NamesNotSeen, ...]]:
    """Store the names that the modal about this command offers: those in the configuration, and all that were ever
    seen. Returns the campaigns, and a note about clusters that did not answer. Asks no cluster if the command is
    about no customer."""
    (names, unseen), book = await asyncio.gather(_names(command, services), campaign_book(services))
    try:
        await services.dialogs.keep(view_id, _offered(names, book).model_dump_json(), services.now())
    except DependencyError as exc:
        _log.warning("names not kept", dialog=view_id, reason=str(exc))
    return book, unseen


async def offered_names(view_id: str, services: Services) -> OfferedNames:
    """The names that were gathered for this modal. If the store does not return them in time, the result has the
    names in the configuration instead, and the campaigns as they were read last."""
    try:
        async with asyncio.timeout(RECALLED_WITHIN.total_seconds()):
            body = await services.dialogs.recall(view_id, services.now())
        if body is not None:
            return OfferedNames.model_validate_json(body)
    except (DependencyError, TimeoutError, ValueError) as exc:
        _log.warning("names not recalled", dialog=view_id, reason=str(exc) or "no answer in time")
    return _offered(configured_names(services), book_of(services.config, services.campaigns.records))


async def _names(command: Request, services: Services) -> tuple[Directory, tuple[NamesNotSeen, ...]]:
    if command.reach is Reach.NONE:
        return configured_names(services), ()
    try:
        async with asyncio.timeout(GATHERED_WITHIN.total_seconds()):
            return await observed_names(services)
    except TimeoutError:
        return configured_names(services), (NamesNotSeen(tuple(services.clusters)),)


def _offered(names: Directory, book: CampaignBook) -> OfferedNames:
    customers = {cluster: tuple(sorted(own)) for cluster, own in names.items()}
    open_ones = tuple(campaign.name for campaign in book.open)
    closed = tuple(name for name in book.names if name not in open_ones)
    return OfferedNames(customers=customers, campaigns=open_ones, closed=closed)
