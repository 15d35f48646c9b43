"""Finds the digest of a day in the team's channel. What is about that day belongs into its thread."""

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
    """The last scheduled digest of this campaign that was posted on this day of its time zone. None if there is none,
    or if the store does not answer."""
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
    """The time of the digest, if it is the campaign's in the team's channel; otherwise None."""
    try:
        card = parse(row.message.body)
    except ValidationError:  # of a later version of the bot
        return None
    if not isinstance(card, DigestCard) or card.digest.campaign != campaign or row.message.destination:
        return None
    return card.digest.at
