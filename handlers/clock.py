"""The clock: APScheduler says when; each job is one function of one pass that tests call directly."""

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

from bot.config import DigestConfig
from bot.services import Services
from bot.usecases.digest import announce
from bot.usecases.watch import Rounds, watch
from handlers.speak import speak
from handlers.under_way import UnderWay

SPEAK_EVERY = timedelta(seconds=1)
# A digest whose time came while no bot was running, or no store answered, is still posted this much later, and not
# after that; it is tried this often.
LATE_DIGEST = timedelta(minutes=30)
DIGEST_AGAIN = timedelta(minutes=1)
# For how long what is under way may go on when the bot is asked to stop.
LAST_PATIENCE = timedelta(seconds=5)

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
async def ticking(services: Services) -> AsyncIterator[None]:
    """Every job of the bot, running until the block is left; what is under way then is finished first."""
    passes = UnderWay()
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        # A pass that is late is made once, whenever that is; two of the same never overlap.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_tell_error, EVENT_JOB_ERROR)
    _add_jobs(scheduler, passes, services)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await passes.end(LAST_PATIENCE)
        scheduler.shutdown(wait=False)


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


def _add_jobs(scheduler: AsyncIOScheduler, passes: UnderWay, services: Services) -> None:
    config = services.config
    speak_once, digest_once = (partial(_counted, passes, partial(job, services)) for job in (_speak, _digest))
    every = IntervalTrigger(seconds=config.watch.every.total_seconds(), timezone="UTC")
    for cluster in config.clusters:
        tick = partial(_counted, passes, Watching(cluster, services).tick)
        scheduler.add_job(tick, every, id=f"watch {cluster}")
    speaking = IntervalTrigger(seconds=SPEAK_EVERY.total_seconds(), timezone="UTC")
    scheduler.add_job(speak_once, speaking, id="speak")
    scheduler.add_job(digest_once, digest_times(config.digest), id="digest", next_run_time=services.now())


async def _counted(passes: UnderWay, job: Callable[[], Awaitable[None]]) -> None:
    with passes.counted():
        await job()


async def _speak(services: Services) -> None:
    await speak(services)


async def _digest(services: Services) -> None:
    slot = digest_slot(services.config.digest, services.now())
    if slot is not None:
        await announce(slot, services)


def _tell_error(event: JobExecutionEvent) -> None:
    """A pass that failed is told and made again at its next time; APScheduler has caught the exception."""
    _log.error("pass failed", job=event.job_id, error=repr(event.exception), traceback=event.traceback)
