"""The activities of one cluster's sequences. Each calls a use-case in ``bot.usecases.drive``."""

from dataclasses import replace
from datetime import timedelta

from temporalio import activity

from bot.adapters.temporal.names import tells_campaign
from bot.errors import Unavailable
from bot.fleet.runs.identity import Identity
from bot.fleet.sequence.ended_windows import note
from bot.model import Count, FollowedRun, Ref, StartResult
from bot.model.queue import Demand
from bot.sequences.heartbeats import beating
from bot.sequences.messages import CancelRunRequest, CountWindowRequest, FollowRequest, StartWindowRequest
from bot.services import Services
from bot.usecases.campaigns.scope import services_of
from bot.usecases.drive.cancel_run import cancel_run
from bot.usecases.drive.completed_elsewhere import find_completed_run
from bot.usecases.drive.completed_runs import CompletedRuns
from bot.usecases.drive.count_window import count_window
from bot.usecases.drive.follow import follow
from bot.usecases.drive.publish import SequenceReport, tell
from bot.usecases.drive.start_window import start_window

# For workflows that an earlier version of the bot began. Attempts are half a minute apart
# (``activity_stubs.RETRY_FOREVER``), so 60 of them take about half an hour.
MAX_ATTEMPTS = 60


class Activities:
    """One method for each activity. Temporal retries an activity that raises, without limit, so its error never
    reaches the workflow. For this reason, whatever a person has to know is part of the result."""

    def __init__(self, cluster: str, services: Services) -> None:
        self._cluster = cluster
        self._services = services
        self._completed: dict[str, CompletedRuns] = {}

    @activity.defn
    async def start_window(self, request: StartWindowRequest) -> StartResult:
        """Start the window. Returns the started run, or one with which somebody else has completed the days, or the
        reason why there is none. Sends heartbeats meanwhile.

        While it is unknown whether somebody else has completed the days, the attempt fails with Unavailable, and
        Temporal retries it. The last attempt returns the reason instead.
        """
        async with beating():
            return await self._started(request)

    @activity.defn
    async def follow(self, request: FollowRequest) -> FollowedRun:
        """Follow a run. The heartbeat details of this activity keep the run's heartbeat timeout, in seconds, so that
        the timeout outlives this worker."""
        return await follow(self._on_this_cluster(request.ref), request.limit, self._services, _beat, _last_beat())

    @activity.defn
    async def cancel_run(self, request: CancelRunRequest) -> timedelta:
        """Request the run's cancellation. Returns the run's heartbeat timeout, which Temporal no longer reports
        once the run has closed."""
        return await cancel_run(self._on_this_cluster(request.ref), request.reason, self._services)

    @activity.defn
    async def count_window(self, request: CountWindowRequest) -> Count:
        """Count the window's rows. Sends heartbeats meanwhile, because a count may take minutes."""
        async with beating():
            services = await services_of(request.campaign, self._services)
            return await count_window(self._cluster, request.customer, request.window, services)

    @activity.defn
    async def demand_slots(self, demand: Demand) -> None:
        """Tell the cluster's queue which slots a sequence has and wants. Begins a queue where none is open."""
        await self._services.clusters[self._cluster].queue.demand(demand)

    @activity.defn
    async def tell(self, telling: SequenceReport) -> None:
        """Queue the messages of a report, and update the alerts that the sequence takes over."""
        await tell(telling, self._services)

    async def _started(self, request: StartWindowRequest) -> StartResult:
        services = await services_of(request.campaign, self._services)
        if why := _why_no_window(request.campaign, tells_campaign(activity.info().workflow_id or ""), services):
            return StartResult(None, why)
        if self._cluster not in services.config.clusters:
            name = services.config.campaign.name
            return StartResult(None, f"The campaign {name} no longer fills {self._cluster}. Nothing was started.")
        if request.since and request.until:
            days, between = Identity(request.customer, request.window), (request.since, request.until)
            try:
                found = await find_completed_run(days, between, self._completed_runs(services), services)
            except Unavailable as exc:
                if activity.info().attempt < (request.attempts or MAX_ATTEMPTS):
                    raise
                return _unknown(request, exc)
            if found:
                return StartResult(found, is_found=True)
        return await start_window(self._cluster, request.customer, request.window, request.token, services)

    def _completed_runs(self, services: Services) -> CompletedRuns:
        """The cached listings of completed runs for the services' campaign. If the services have changed since the
        last call, the cache starts anew, without any listing."""
        name = services.config.campaign.name
        known = self._completed.get(name)
        if known is None or known.services is not services:
            known = self._completed[name] = CompletedRuns(self._cluster, services)
        return known

    def _on_this_cluster(self, ref: Ref) -> Ref:
        """The same run with this cluster's present name. A sequence and its runs are always on one cluster, which may
        have been renamed in the configuration since the sequence began."""
        return replace(ref, cluster=self._cluster)


def _unknown(request: StartWindowRequest, exc: Unavailable) -> StartResult:
    if request.attempts:
        return StartResult(None, unknown=note(exc.why))
    return StartResult(None, f"{exc}. Asked {MAX_ATTEMPTS} times, so nothing was started")


def _beat(heartbeat_timeout: timedelta) -> None:
    activity.heartbeat(heartbeat_timeout.total_seconds())


def _last_beat() -> timedelta:
    """The heartbeat timeout that the latest heartbeat of any earlier attempt recorded; zero if no attempt has sent a
    heartbeat."""
    details = activity.info().heartbeat_details
    return timedelta(seconds=details[0]) if details else timedelta(0)


def _why_no_window(campaign: str, tells_campaign: bool, services: Services) -> str:
    """Why a sequence of this campaign can start no more windows, as a text for its thread; "" if it can. ``services``
    are the campaign's own (``services_of``). ``tells_campaign``: the id of the sequence contains the campaign."""
    own, name = services.view and services.view.campaign, services.config.campaign.name
    if tells_campaign and campaign != name:
        return f"The campaign {campaign} is no longer known. Nothing was started."
    if own and not own.is_open:
        return f"The campaign {name} is closed. Nothing was started."
    if own and own.problem:
        return f"The campaign {name} cannot start anything: {own.problem}. Nothing was started."
    return ""
