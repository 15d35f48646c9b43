"""The activities of one cluster's queue. Each calls a use-case in ``bot.usecases.queue``."""

from datetime import timedelta

from temporalio import activity

from bot.model.queue import Survey
from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult, SurveyRequest
from bot.sequences.heartbeats import beating
from bot.services import Services
from bot.usecases.queue.begin_queued import begin_queued
from bot.usecases.queue.survey import survey

# After this many attempts, or this long, a customer that cannot begin now waits for another turn. The attempts take
# about as long.
BEGIN_ATTEMPTS = 8
BEGIN_WITHIN = timedelta(seconds=90)


class QueueActivities:
    """One method for each activity. Temporal retries an activity that raises, without end."""

    def __init__(self, cluster: str, services: Services) -> None:
        self._cluster = cluster
        self._services = services

    @activity.defn
    async def survey(self, request: SurveyRequest) -> Survey:
        """Ask Temporal what takes slots, and which sequences of the queue are gone."""
        async with beating():
            return await survey(self._cluster, request, self._services)

    @activity.defn
    async def begin_queued(self, request: BeginQueuedRequest) -> BeginQueuedResult:
        """Plan the windows of a customer whose turn has come, and begin its sequence."""
        info = activity.info()
        is_late = request.since is not None and info.started_time - request.since >= BEGIN_WITHIN
        is_last = request.may_wait and (is_late or info.attempt >= BEGIN_ATTEMPTS)
        async with beating():
            return await begin_queued(self._cluster, request, self._services, is_last_attempt=is_last)
