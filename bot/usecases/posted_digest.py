"""Finds the digest of a day in the team's channel. News about that day goes into the digest's thread."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError

from bot.errors import DependencyError
from bot.fleet.notifications.notification import DigestCard, parse
from bot.fleet.report.span import Span
from bot.fleet.runs.day_start import first_moment
from bot.model import Address, Queued
from bot.services import Services
from bot.usecases.campaigns.scope import services_of

ONE_DAY = timedelta(days=1)

_log = structlog.get_logger(__name__)


async def posted_digest(day: date, campaign: str, services: Services) -> Address | None:
    """Where this campaign's scheduled digest of this day was posted; if the day has several, the last one. The day is
    in the campaign's time zone. None if no digest was posted, or if the store does not answer."""
    try:
        zone = ZoneInfo((await services_of(campaign, services)).config.campaign.timezone)
        span = Span(first_moment(day, zone), first_moment(day + ONE_DAY, zone))
        posted = await services.outbox.posted("digest:", "digest", span.since)
    except DependencyError as exc:
        _log.warning("digest not found", day=str(day), reason=str(exc))
        return None
    found = [(at, row.address) for row in posted if (at := _time_of(row, campaign)) and at in span]
    return max(found, key=lambda each: each[0])[1] if found else None


async def link_to(address: Address, services: Services) -> str:
    """The link to this message; "" if Slack does not answer."""
    try:
        return await services.channel.permalink(address)
    except DependencyError as exc:
        _log.warning("no link to the digest", reason=str(exc))
        return ""


def _time_of(row: Queued, campaign: str) -> datetime | None:
    """The time of the digest in this row. None if the row is anything else than a digest of this campaign in the
    team's channel, or if this version of the bot cannot read it."""
    try:
        card = parse(row.message.body)
    except ValidationError:  # of a later version of the bot
        return None
    if not isinstance(card, DigestCard) or card.digest.campaign != campaign or row.message.destination:
        return None
    return card.digest.at
