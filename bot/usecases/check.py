"""Checks everything that the bot depends on. Runs all probes at once, each with its own time limit."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.commands.words import RESERVED_NAMES
from bot.config import Config
from bot.errors import BackfillBotError, Refused
from bot.fleet.diagnostics.facts import (
    DefectFound,
    Fact,
    KeyWithoutEffect,
    NameReserved,
    NoAnswer,
    NothingStuck,
    StuckMessages,
    SystemSays,
)
from bot.fleet.diagnostics.findings import Advice, Answer, Finding, join_findings
from bot.fleet.runs.recogniser import Recogniser
from bot.ports import Channel, Journal, Leases, Outbox, People, RunHistory, Warehouse
from bot.services import Cluster
from bot.usecases.check_expected_rows import check_expected_rows
from bot.usecases.check_filters import check_filters
from bot.usecases.check_operators import check_operators
from bot.usecases.check_routes import check_routes
from bot.usecases.check_runs import check_runs
from bot.usecases.check_store import check_bots, check_checksums, check_proof
from bot.usecases.check_temporal import check_temporal

TIME_LIMIT = timedelta(seconds=10)

# Older dead letters are not listed, because somebody must have dealt with them. Three days are longer than a weekend.
LISTED = timedelta(days=3)
LONG = timedelta(hours=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to a system. ``name`` is the system, and ``cluster`` the cluster that it belongs to, if any.
    ``ask`` returns a line about who answered, or an ``Answer``. ``advice`` is what to do if the probe fails."""

    name: str
    ask: Callable[[], Awaitable[str | Answer]]
    advice: Advice
    cluster: str = ""


async def check(probes: Sequence[Probe], time_limit: timedelta = TIME_LIMIT) -> tuple[Finding, ...]:
    """The findings, in the order of the probes. A probe that fails or does not answer affects no other. Equal
    failures of several clusters become one finding."""
    results = await asyncio.gather(*(_answer(probe, time_limit) for probe in probes), return_exceptions=True)
    return join_findings([_finding(probe, result) for probe, result in zip(probes, results, strict=True)])


def slack_probes(channel: Channel, ask_for_connection: Callable[[], Awaitable[str]] | None) -> tuple[Probe, ...]:
    """Whether the bot may post; and in Socket Mode, whether it can open the connection over which it receives
    everything."""
    posting = Probe("Slack", channel.check, Advice.SLACK)
    if ask_for_connection is None:
        return (posting,)
    return posting, Probe("Slack app token", ask_for_connection, Advice.SOCKET_MODE)


def clock_probe(*asks: Callable[[], Awaitable[str]]) -> Probe:
    """Compares this machine's clock with the clock of each system that reports its time."""
    return Probe("clock", partial(_clocks, asks), Advice.CLOCK)


def proof_probe(ledger: RunHistory, clusters: Collection[str]) -> Probe:
    """How many completed runs were recorded before the bot kept proof of how runs complete."""
    return Probe("proof", partial(check_proof, ledger, clusters), Advice.STORE)


def checksum_probes(ledger: RunHistory, config: Config) -> tuple[Probe, ...]:
    """Whether the checksums of each table have ever agreed; no probe if no contents are compared."""
    tables = [table.spec for table in config.verify.tables if table.checksum]
    ask = partial(check_checksums, ledger, config.clusters, tables)
    return (Probe("checksums", ask, Advice.STORE),) if tables else ()


def store_probes(
    journal: Journal, outbox: Outbox, leases: Leases, clusters: Collection[str], now: Callable[[], datetime]
) -> tuple[Probe, ...]:
    """Whether the store can be written to, which messages are stuck in the outbox, and which bots are alive and watch
    which of the ``clusters``."""
    return (
        Probe("store", journal.check, Advice.STORE),
        Probe("outbox", partial(_outbox_state, outbox, now), Advice.OUTBOX),
        Probe("bots", partial(check_bots, leases, clusters, now), Advice.STORE),
    )


def config_probes(config: Config) -> tuple[Probe, ...]:
    """Warnings about keys that no longer have an effect, and about names that are reserved words; no probe if there
    are none."""
    names = dict.fromkeys(name for cluster, own in config.clusters.items() for name in (cluster, *own.customers))
    reserved = [name for name in names if name.lower() in RESERVED_NAMES]
    warnings: tuple[Fact, ...] = (
        *map(KeyWithoutEffect, config.watch.keys_without_effect),
        *map(NameReserved, reserved),
    )

    async def warn() -> Answer:
        return Answer(warnings=warnings)

    return (Probe("configuration", warn, Advice.CONFIGURATION),) if warnings else ()


def unopened_store_probe(why: BackfillBotError) -> Probe:
    """Used instead of ``store_probes`` if the store could not be opened."""

    async def fail() -> str:
        raise why

    return Probe("store", fail, Advice.STORE)


def operators_probe(config: Config, people: People) -> Probe:
    """Whether anybody is allowed to change anything."""
    return Probe("operators", partial(check_operators, config, people), Advice.OPERATORS)


def routes_probes(config: Config, channel: Channel, people: People) -> tuple[Probe, ...]:
    """Whether alerts reach the channels and people that the routes name; no probe if there are no routes."""
    ask = partial(check_routes, config.routing, [each.name for each in config.file_campaigns], channel, people)
    return (Probe("routes", ask, Advice.ROUTES),) if config.routes else ()


def cluster_probes(clusters: Mapping[str, Cluster], config: Config, recogniser: Recogniser) -> tuple[Probe, ...]:
    """Whether the systems of each cluster answer, and whether its runs and statements fit the configuration. If
    clusters have filters, also whether a run is found by the filters of two of them."""
    are_filtered = any(cluster.filter for cluster in config.clusters.values())
    filters = (Probe("filters", partial(check_filters, clusters, config), Advice.FILTERS),) if are_filtered else ()
    return filters + tuple(
        probe
        for name, cluster in clusters.items()
        for probe in (
            Probe("Temporal", partial(check_temporal, name, cluster, config, recogniser), Advice.TEMPORAL, name),
            Probe("runs", partial(check_runs, name, cluster, config, recogniser), Advice.IDENTITY, name),
            *_codec_probes(name, cluster, config),
            Probe("ClickHouse", partial(_warehouse, cluster.warehouse), Advice.CLICKHOUSE, name),
            *_rows_probes(name, cluster, config),
        )
    )


def _codec_probes(name: str, cluster: Cluster, config: Config) -> tuple[Probe, ...]:
    return (Probe("codec", cluster.engine.check_codec, Advice.CODEC, name),) if config.clusters[name].codec else ()


def _rows_probes(name: str, cluster: Cluster, config: Config) -> tuple[Probe, ...]:
    customers = config.clusters[name].customers
    if not customers or not any(table.expected_rows for table in config.verify.tables):
        return ()
    ask = partial(check_expected_rows, cluster.warehouse, customers[0], config)
    return (Probe("expected rows", ask, Advice.STATEMENTS, name),)


async def _warehouse(warehouse: Warehouse) -> Answer:
    """Whether ClickHouse answers, and whether the statements work. A wrong statement is a mistake in the
    configuration. The answer about such a mistake does not name the server. So all clusters give the same answer, and
    it is shown once."""
    answer = await warehouse.check()
    if answer.problems:
        return Answer(problems=tuple(map(SystemSays, answer.problems)), advice=Advice.STATEMENTS)
    return Answer((SystemSays(answer.line),), warnings=tuple(map(SystemSays, answer.warnings)))


async def _outbox_state(outbox: Outbox, now: Callable[[], datetime]) -> Answer:
    stuck = await outbox.dead_letters(now() - LISTED)
    overdue = await outbox.overdue(now() - LONG)
    if not stuck and not overdue:
        return Answer((NothingStuck(),))
    return Answer(problems=(StuckMessages(tuple(stuck), tuple(overdue)),))


async def _clocks(asks: Sequence[Callable[[], Awaitable[str]]]) -> str:
    """One line from each system. Raises Refused with all problems if any system reports one, or else the first other
    error."""
    answers = await asyncio.gather(*(ask() for ask in asks), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    if refused:
        raise Refused("clock", "\n".join(answer.why for answer in refused))
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return "; ".join(str(answer) for answer in answers)


async def _answer(probe: Probe, time_limit: timedelta) -> Answer:
    try:
        async with asyncio.timeout(time_limit.total_seconds()):
            answer = await probe.ask()
    except BackfillBotError as exc:
        return Answer(problems=(SystemSays(str(exc)),))
    except TimeoutError:
        return Answer(problems=(NoAnswer(time_limit.total_seconds()),))
    return Answer((SystemSays(answer),)) if isinstance(answer, str) else answer


def _finding(probe: Probe, result: Answer | BaseException) -> Finding:
    """The finding of a probe. An exception that no adapter has translated is a bug: the probe counts as failed, and
    the exception is logged."""
    if isinstance(result, Exception):
        _log.error("probe failed", probe=probe.name, cluster=probe.cluster, exc_info=result)
        result = Answer(problems=(DefectFound(type(result).__name__),))
    if isinstance(result, BaseException):
        raise result
    answer = replace(result, advice=result.advice or probe.advice) if result.problems else result
    return Finding(probe.name, answer, (probe.cluster,) if probe.cluster else ())
