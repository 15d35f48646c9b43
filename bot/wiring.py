"""The composition root: opens the systems that the configuration names, hands them on as ``Services``, and closes
them in reverse order."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.adapters.pictures import picture_process
from bot.adapters.slack import (
    PacedClient,
    SlackChannel,
    SlackFiles,
    SlackModals,
    SlackPeople,
    check_app_token,
    check_clock,
    slack_client,
)
from bot.adapters.store import OnGone, open_store
from bot.adapters.temporal import (
    TemporalCluster,
    TemporalControl,
    TemporalEngine,
    TemporalQueue,
    assign_namespaces,
    quiet_runtime,
)
from bot.adapters.webhooks import HttpWebhooks, Webhook
from bot.blocks import audit_wording
from bot.config import Config, Loaded, Transport
from bot.errors import BackfillBotError, DependencyError
from bot.fleet.runs.call_budget import CallBudget
from bot.manifest import scopes_for
from bot.ports import Journal, RunHistory
from bot.services import Cluster, Services
from bot.usecases.campaigns.ids import fleet_recogniser
from bot.usecases.check import (
    Probe,
    checksum_probes,
    clock_probe,
    cluster_probes,
    config_probes,
    operators_probe,
    proof_probe,
    routes_probes,
    slack_probes,
    store_probes,
    unopened_store_probe,
)
from bot.usecases.definitions import conditions, kept_hints, result_paths
from bot.usecases.drive.recent_ends import LEAST_REST, RecentEnds
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.engine_with_inputs import EngineWithInputs
from bot.usecases.observe.inputs import InputReader


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def steady_now() -> datetime:
    """The monotonic clock as a datetime. It measures ages, and does not tell the time of day."""
    return datetime.fromtimestamp(time.monotonic(), UTC)


def make_client(loaded: Loaded) -> PacedClient:
    """The Web API client that the ports and Bolt share."""
    settings = loaded.settings
    return slack_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, steady_now)


def make_temporals(loaded: Loaded) -> Mapping[str, TemporalCluster]:
    """Each cluster's Temporal, which the ports and the sequences' workers share."""
    limit, profiles = loaded.config.watch.time_limit, loaded.settings.temporal_config_file
    runtime = quiet_runtime()
    temporals: dict[str, TemporalCluster] = {}
    for name, cluster in loaded.config.clusters.items():
        temporal = TemporalCluster(name, cluster.temporal, limit, profiles=profiles, runtime=runtime)
        if cluster.codec:
            auth = loaded.codec_auths.get(name)
            temporal.use_codec(cluster.codec.endpoint, auth.get_secret_value() if auth else "")
        temporals[name] = temporal.select(cluster.filter or "")
    return temporals


@asynccontextmanager
async def open_services(
    loaded: Loaded, client: PacedClient, temporals: Mapping[str, TemporalCluster], on_gone: OnGone
) -> AsyncIterator[Services]:
    """Open everything that the use-cases reach, and close it at the end of the block.

    Raises Unavailable or Refused if the store cannot be opened. The identity of each cluster's namespace is looked up
    now; where a cluster does not answer, nothing is raised, and the identity is looked up on first use. ``on_gone``
    is called when the store is gone later.
    """
    config = loaded.config
    async with AsyncExitStack() as stack:
        opening = open_store(
            loaded.settings.database_url,
            config.clusters,
            on_gone,
            kept_hints(config),
            fleet_recogniser(config).customer_of,
        )
        store = await stack.enter_async_context(opening)
        await assign_namespaces(temporals, await _last_seen(store.journal))
        yield Services(
            config=config,
            recogniser=fleet_recogniser(config),
            conditions=conditions(config),
            audit_wording=audit_wording.WORDING,
            clusters=_clusters(loaded, temporals, stack, store.ledger),
            journal=store.journal,
            ledger=store.ledger,
            outbox=store.outbox,
            leases=store.leases,
            deliveries=store.deliveries,
            dialogs=store.dialogs,
            subscriptions=store.subscriptions,
            channel=_channel(client, config),
            modals=SlackModals(client, config.slack.channel),
            files=SlackFiles(client, config.slack.channel),
            pictures=stack.enter_context(picture_process()),
            people=SlackPeople(client, steady_now),
            webhooks=HttpWebhooks(_webhooks(loaded)),
            now=utc_now,
        )


def _channel(client: PacedClient, config: Config) -> SlackChannel:
    uis = [str(cluster.temporal.ui) for cluster in config.clusters.values() if cluster.temporal.ui]
    return SlackChannel(client, config.slack.channel, scopes_for(uis))


@asynccontextmanager
async def open_probes(loaded: Loaded, client: PacedClient) -> AsyncIterator[tuple[Probe, ...]]:
    """All probes of ``check``. A store that cannot be opened fails its own probe only."""
    channel, people = _channel(client, loaded.config), SlackPeople(client, steady_now)
    slack = slack_probes(channel, _app_token_check(loaded, client))
    clock_checks = [partial(check_clock, client, utc_now)]
    async with AsyncExitStack() as stack:
        try:
            store = await stack.enter_async_context(open_store(loaded.settings.database_url))
            probes_of_store = (
                *store_probes(store.journal, store.outbox, store.leases, loaded.config.clusters, utc_now),
                proof_probe(store.ledger, loaded.config.clusters),
                *checksum_probes(store.ledger, loaded.config),
            )
            clock_checks.append(partial(store.leases.check_clock, utc_now))
            last_seen = await _last_seen(store.journal)
        except BackfillBotError as exc:
            probes_of_store, last_seen = (unopened_store_probe(exc),), {}
        temporals = make_temporals(loaded)
        await assign_namespaces(temporals, last_seen)
        clusters = _clusters(loaded, temporals, stack, None)
        operators = operators_probe(loaded.config, people)
        probes_of_clusters = cluster_probes(clusters, loaded.config, fleet_recogniser(loaded.config))
        yield (
            *config_probes(loaded.config),
            *slack,
            operators,
            *routes_probes(loaded.config, channel, people),
            clock_probe(*clock_checks),
            *probes_of_store,
            *probes_of_clusters,
        )


def _webhooks(loaded: Loaded) -> Mapping[str, Webhook]:
    made: dict[str, Webhook] = {}
    for name, webhook in loaded.config.webhooks.items():
        secret = loaded.webhook_secrets[name].get_secret_value()
        is_pagerduty = webhook.routing_key_env is not None
        made[name] = (
            Webhook(webhook.pagerduty_url, routing_key=secret) if is_pagerduty else Webhook(secret, webhook.template)
        )
    return made


async def _last_seen(journal: Journal) -> Mapping[str, datetime]:
    """When each cluster last answered; a cluster that never did is absent. Empty if the store cannot be read."""
    try:
        return await journal.last_seen()
    except DependencyError:
        return {}


def _app_token_check(loaded: Loaded, client: PacedClient) -> Callable[[], Awaitable[str]] | None:
    """The check that Slack grants Socket Mode connections; None in HTTP mode, where Slack connects to the bot."""
    if loaded.transport is Transport.HTTP:
        return None
    return partial(check_app_token, client, loaded.settings.slack_app_token.get_secret_value())


def _clusters(
    loaded: Loaded, temporals: Mapping[str, TemporalCluster], stack: AsyncExitStack, ledger: RunHistory | None
) -> dict[str, Cluster]:
    return {name: _cluster(temporal, loaded, stack, ledger) for name, temporal in temporals.items()}


def _cluster(temporal: TemporalCluster, loaded: Loaded, stack: AsyncExitStack, ledger: RunHistory | None) -> Cluster:
    config = loaded.config
    warehouse = ClickHouseWarehouse(temporal.name, config, loaded.clickhouse_passwords[temporal.name])
    stack.push_async_callback(warehouse.close)
    stack.push_async_callback(temporal.codec.close)
    control = TemporalControl(temporal, config.control_queue(temporal.name))
    queue = TemporalQueue(temporal, config.control_queue(temporal.name))
    engine = TemporalEngine(temporal, utc_now)
    has_codec = bool(config.clusters[temporal.name].codec)
    at_once = config.watch.describes_at_once
    budget = CallBudget(config.calls_per_second(temporal.name))
    inputs = InputReader(
        temporal.name, engine, fleet_recogniser(config), ledger, at_once, budget, trusts_blanks=not has_codec
    )
    children = ChildFactsReader(engine, fleet_recogniser(config), budget, at_once)
    facts = CloseFactsReader(engine, result_paths(config), budget, at_once, children)
    reading = EngineWithInputs(engine, inputs, facts, config.watch.time_limit)
    places = [cluster.temporal.place for cluster in config.clusters.values()]
    sharing = places.count(config.clusters[temporal.name].temporal.place)
    ends = RecentEnds(engine, budget, config.watch.every, LEAST_REST * sharing)
    return Cluster(reading, control, queue, warehouse, inputs, facts, budget, ends)
