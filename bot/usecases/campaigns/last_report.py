"""Makes the last report of a campaign: its operations log from the day on which it began until it is closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.errors import DependencyError
from bot.fleet.notifications.notification import ReportCard, dump
from bot.fleet.report.span import Span
from bot.fleet.runs.day_start import first_moment
from bot.fleet.runs.run import Run
from bot.model import OutboxMessage
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from bot.usecases.report import report_of
from bot.usecases.watch.closed_runs import runs_with_doubts

# A longer log would be read by nobody, and takes long to gather.
LONGEST = timedelta(days=90)
ONE_DAY = timedelta(days=1)

_log = structlog.get_logger(__name__)


async def last_report(name: str, change: str, services: Services) -> tuple[OutboxMessage, ...]:
    """The log as a message; ``change`` is the id of the confirmation that closes the campaign. Empty if the journal
    does not answer, because the closing does not wait for the log."""
    book = await campaign_book(services)
    known = book.find(name)
    limited = in_campaign(known, book, services) if known else services
    try:
        report = await report_of(await _span(name, limited), limited)
    except DependencyError as exc:
        _log.warning("campaign closed without its report", campaign=name, reason=str(exc))
        return ()
    return (OutboxMessage(f"report:campaign:{change}", dump(ReportCard(report))),)


async def _span(name: str, services: Services) -> Span:
    """The time from the day of the campaign's first recorded run or change until now, at most ``LONGEST``. It begins
    yesterday if nothing is recorded, and ``LONGEST`` ago if the runs of a cluster cannot be read."""
    now, zone = services.now(), ZoneInfo(services.config.campaign.timezone)
    earliest = now - LONGEST
    changes = await services.journal.changes(earliest, now)
    first = [change.at for change in changes if change.campaign == name]
    try:
        for cluster in services.config.clusters:
            first += _starts(await runs_with_doubts(cluster, services), services)
    except DependencyError as exc:
        _log.warning("beginning of a campaign not known", campaign=name, reason=str(exc))
        return Span(earliest, now)
    began = min(first, default=now - ONE_DAY)
    if began < earliest:
        return Span(earliest, now, began)
    return Span(max(earliest, first_moment(began.astimezone(zone).date(), zone)), now)


def _starts(runs: Sequence[Run], services: Services) -> list[datetime]:
    """The starts of those runs that have days of the campaign. While a single campaign is known, runs of earlier
    campaigns may be among them."""
    whole = services.config.campaign.window
    return [run.started_at for run in runs if run.window and run.window.intersection(whole)]
