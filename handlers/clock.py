"""The clock: APScheduler says when; each job is one function of one pass that tests call directly.

Every bot has one, and one bot at a time leads: the others' passes are not made.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.adapters.slack import TIME_LIMIT_SECONDS
from bot.config import DigestConfig
from bot.services import Services
from bot.usecases.digest import announce
from bot.usecases.watch import Rounds, watch
from handlers.leading import CLAIM_EVERY, Leading, new_holder
from handlers.speak import Speaker
from handlers.under_way import UnderWay

SPEAK_EVERY = timedelta(seconds=1)
# How long a call to Slack may take.
LONGEST_CALL = timedelta(seconds=TIME_LIMIT_SECONDS)
# A digest whose time came while no bot was running, or no store answered, is still posted this much later, and not
# after that; it is tried this often.
LATE_DIGEST = timedelta(minutes=30)
DIGEST_AGAIN = timedelta(minutes=1)
# For how long what is under way may go on when the bot is asked to stop.
LAST_PATIENCE = timedelta(seconds=10)

_log = structlog.get_logger(__name__)


class Watching:
    """Passes over one cluster, each beginning with what the one before learned of when to look again."""

    def __init__(self, cluster: str, services: Services) -> None:
        self._cluster = cluster
        self._services = services
        self._rounds = Rounds()

    async def tick(self) -> None:
        """One pass."""
        self._rounds = await watch(self._cluster, self._rounds, self._services)


@asynccontextmanager
async def ticking(services: Services, under_way: UnderWay) -> AsyncIterator[None]:
    """Every job of the bot, running until the block is left. Then nothing is begun any more, all that is under way
    is finished, answers too, and another bot may lead at once."""
    leading = Leading(new_holder(), services.lease, services.now, _has_run)
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        # A pass that is late is made once, whenever that is; two of the same never overlap.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_tell_error, EVENT_JOB_ERROR)
    _add_jobs(scheduler, leading, under_way, services)
    await leading.claim()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        leading.retire()
        await under_way.end(LAST_PATIENCE)
        scheduler.shutdown(wait=False)
        # It takes no longer than the store's own limits.
        await leading.give_back()


def digest_slot(config: DigestConfig, now: datetime) -> datetime | None:
    """The latest time within ``LATE_DIGEST`` before now at which the cron asked for a digest."""
    trigger = CronTrigger.from_crontab(config.cron, timezone=config.timezone)
    slot, following = None, trigger.get_next_fire_time(None, now - LATE_DIGEST)
    while following is not None and following <= now:
        slot, following = following, trigger.get_next_fire_time(following, following + timedelta(seconds=1))
    return slot


def digest_times(config: DigestConfig) -> OrTrigger:
    """When to see whether a digest is due: when the cron says, and now and then for one that was missed.

    They are one job's, so that the same digest is never made twice at once.
    """
    cron = CronTrigger.from_crontab(config.cron, timezone=config.timezone)
    return OrTrigger([cron, IntervalTrigger(seconds=DIGEST_AGAIN.total_seconds(), timezone="UTC")])


def _add_jobs(scheduler: AsyncIOScheduler, leading: Leading, under_way: UnderWay, services: Services) -> None:
    config = services.config
    led = partial(_led, leading, under_way)
    scheduler.add_job(partial(_counted, under_way, leading.claim), _every(CLAIM_EVERY), id="claim the lead")
    for cluster in config.clusters:
        tick = partial(led, Watching(cluster, services).tick)
        scheduler.add_job(tick, _every(config.watch.every), id=f"watch {cluster}")
    speaker = Speaker(services, partial(leading.leads, LONGEST_CALL))
    scheduler.add_job(partial(led, partial(_speak, speaker)), _every(SPEAK_EVERY), id="speak")
    digest_once = partial(led, partial(_digest, services))
    scheduler.add_job(digest_once, digest_times(config.digest), id="digest", next_run_time=services.now())


def _has_run() -> timedelta:
    """For how long, by a clock that nobody sets."""
    return timedelta(seconds=time.monotonic())


def _every(span: timedelta) -> IntervalTrigger:
    return IntervalTrigger(seconds=span.total_seconds(), timezone="UTC")


async def _led(leading: Leading, under_way: UnderWay, job: Callable[[], Awaitable[None]]) -> None:
    """A pass of the one that leads. It may end after its lead, which doubles nothing: the store takes a change only
    of what is still as it was read, and a speech only once."""
    if leading.leads():
        await _counted(under_way, job)


async def _counted(under_way: UnderWay, job: Callable[[], Awaitable[None]]) -> None:
    with under_way.counted():
        await job()


async def _speak(speaker: Speaker) -> None:
    await speaker.speak()


async def _digest(services: Services) -> None:
    slot = digest_slot(services.config.digest, services.now())
    if slot is not None:
        await announce(slot, services)


def _tell_error(event: JobExecutionEvent) -> None:
    """A pass that failed is told and made again at its next time; APScheduler has caught the exception."""
    _log.error("pass failed", job=event.job_id, error=repr(event.exception), traceback=event.traceback)
