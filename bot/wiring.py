"""The composition root: opens what the configuration names, hands it out as ``Services``, closes it in reverse."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.adapters.slack import SlackChannel, SlackModals, SlackPeople, check_app_token, check_clock, slack_client
from bot.adapters.store import open_store
from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine, quiet_runtime
from bot.config import Config, Loaded, Transport
from bot.errors import BackfillBotError
from bot.fleet.identity import IdTemplate, Keys, Recogniser
from bot.services import Cluster, Services
from bot.usecases.check import (
    Probe,
    clock_probe,
    cluster_probes,
    slack_probes,
    store_probes,
    unopened_store_probe,
)


def utc_now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


def steady_now() -> datetime:
    """A clock that nobody sets and no NTP moves: it tells how old something is, and not what time it is."""
    return datetime.fromtimestamp(time.monotonic(), UTC)


def make_client(loaded: Loaded) -> AsyncWebClient:
    """Slack's Web API client, for the ports and for Bolt alike."""
    settings = loaded.settings
    return slack_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


def make_temporals(loaded: Loaded) -> Mapping[str, TemporalCluster]:
    """The way to each cluster's Temporal, for the ports and for the sequences' workers alike."""
    limit, profiles = loaded.config.watch.time_limit, loaded.settings.temporal_config_file
    runtime = quiet_runtime()
    return {
        name: TemporalCluster(name, cluster.temporal, limit, profiles=profiles, runtime=runtime)
        for name, cluster in loaded.config.clusters.items()
    }


@asynccontextmanager
async def open_services(
    loaded: Loaded, client: AsyncWebClient, temporals: Mapping[str, TemporalCluster]
) -> AsyncIterator[Services]:
    """Everything the use-cases reach, until the block is left.

    Only the store is opened here and now, and may raise Unavailable or Refused; clusters connect on first use,
    so one that is away holds nothing up.
    """
    config = loaded.config
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(loaded.settings.database_url, config.clusters))
        yield Services(
            config=config,
            recogniser=recogniser(config),
            clusters=_clusters(loaded, temporals, stack),
            journal=store.journal,
            ledger=store.ledger,
            outbox=store.outbox,
            lease=store.lease,
            deliveries=store.deliveries,
            channel=SlackChannel(client, config.slack.channel),
            modals=SlackModals(client, config.slack.channel),
            people=SlackPeople(client, steady_now),
            now=utc_now,
        )


@asynccontextmanager
async def open_probes(loaded: Loaded, client: AsyncWebClient) -> AsyncIterator[tuple[Probe, ...]]:
    """Everything that ``check`` asks; a store that cannot be opened fails its own probe and hides no other."""
    slack = slack_probes(SlackChannel(client, loaded.config.slack.channel), _asking_for_connection(loaded, client))
    async with AsyncExitStack() as stack:
        try:
            store = await stack.enter_async_context(open_store(loaded.settings.database_url))
            of_store = store_probes(store.journal, store.outbox, store.lease, utc_now)
        except BackfillBotError as exc:
            of_store = (unopened_store_probe(exc),)
        clusters = _clusters(loaded, make_temporals(loaded), stack)
        clock = clock_probe(partial(check_clock, client, utc_now))
        yield (*slack, clock, *of_store, *cluster_probes(clusters, loaded.config))


def _asking_for_connection(loaded: Loaded, client: AsyncWebClient) -> Callable[[], Awaitable[str]] | None:
    """None in HTTP mode, where it is Slack that connects."""
    if loaded.transport is Transport.HTTP:
        return None
    return partial(check_app_token, client, loaded.settings.slack_app_token.get_secret_value())


def recogniser(config: Config) -> Recogniser:
    """How this configuration tells executions apart."""
    keys = config.workflow.keys
    template = IdTemplate.of(config.workflow.id_template)
    return Recogniser(template, Keys(keys.customer, keys.start, keys.end), ZoneInfo(config.campaign.timezone))


def _clusters(loaded: Loaded, temporals: Mapping[str, TemporalCluster], stack: AsyncExitStack) -> dict[str, Cluster]:
    return {name: _cluster(temporal, loaded, stack) for name, temporal in temporals.items()}


def _cluster(temporal: TemporalCluster, loaded: Loaded, stack: AsyncExitStack) -> Cluster:
    config = loaded.config
    warehouse = ClickHouseWarehouse(temporal.name, config, loaded.clickhouse_passwords[temporal.name])
    stack.push_async_callback(warehouse.close)
    control = TemporalControl(temporal, config.control.task_queue)
    return Cluster(TemporalEngine(temporal, utc_now), control, warehouse)
