"""Checks everything around the bot: runs all probes at once, each with its own time limit."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.config import Config, SlackConfig
from bot.errors import BackfillBotError, Refused
from bot.fleet.diagnostics.findings import Answer, Finding, Level, join_findings
from bot.fleet.runs.recogniser import Recogniser
from bot.ports import Channel, Journal, Lease, Outbox, People, Warehouse
from bot.services import Cluster
from bot.usecases.check_filters import check_filters
from bot.usecases.check_operators import check_operators
from bot.usecases.check_runs import check_runs
from bot.usecases.check_temporal import check_temporal

TIME_LIMIT = timedelta(seconds=10)

_TEMPORAL = "See [clusters.{0}.temporal] in the configuration."
_RUNS = "See [workflow.identity] in backfill.toml, and docs/your-workflow.md."
_FILTERS = "See filter in the [clusters.NAME] of those that share a namespace."
_CLICKHOUSE = "See [clusters.{0}.clickhouse] and [[verify.tables]]."
_STATEMENTS = "Correct what is named there; the bot asks the same of every cluster."
_SLACK = "See SLACK_BOT_TOKEN, [slack] channel, and whether the bot is a member of that channel."
_SOCKET_MODE = "See SLACK_APP_TOKEN: an app-level token with connections:write, made in the Slack app's settings."
_OPERATORS = "See [slack] operators and operator_groups in backfill.toml: ids of people (U…) and of user groups (S…)."
_STORE = (
    "See DATABASE_URL: a server must run, let the bot in and let it write; "
    "a file and its folder must be writable, with room left."
)
_OUTBOX = (
    "What is set aside is not tried again, unless it changes: the reason tells what to mend. It is listed for 3 days."
    " What waits is said by itself when its reason is gone."
)
_CLOCK = "Set this machine's clock by NTP: leads, waits, and the search for what may have been said go by it."
# Dead letters older than this are not listed: somebody has dealt with them. Three days outlast a weekend.
LISTED = timedelta(days=3)
LONG = timedelta(hours=1)
# Limit for each list, as there may be very many.
MOST_LISTED = 20

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. ``ask`` returns a line about who answered, or an ``Answer``; ``advice`` is for a failure."""

    name: str
    ask: Callable[[], Awaitable[str | Answer]]
    advice: str


async def check(probes: Sequence[Probe], time_limit: timedelta = TIME_LIMIT) -> tuple[Finding, ...]:
    """The findings in the order of the probes. A probe that fails or does not answer hides no other."""
    results = await asyncio.gather(*(_finding(probe, time_limit) for probe in probes), return_exceptions=True)
    return join_findings([_finding_of(probe, result) for probe, result in zip(probes, results, strict=True)])


def slack_probes(channel: Channel, ask_for_connection: Callable[[], Awaitable[str]] | None) -> tuple[Probe, ...]:
    """Whether the bot may post, and, in Socket Mode, whether it can open a connection to receive anything."""
    posting = Probe("Slack", channel.check, _SLACK)
    if ask_for_connection is None:
        return (posting,)
    return posting, Probe("Slack app token", ask_for_connection, _SOCKET_MODE)


def clock_probe(*asks: Callable[[], Awaitable[str]]) -> Probe:
    """A check that compares this machine's clock with the clock of each system that reports its time."""
    return Probe("clock", partial(_clocks, asks), _CLOCK)


def store_probes(journal: Journal, outbox: Outbox, lease: Lease, now: Callable[[], datetime]) -> tuple[Probe, ...]:
    """Whether the store can be written to, which messages are stuck in the outbox, and which bot leads."""
    return (
        Probe("store", journal.check, _STORE),
        Probe("outbox", partial(_outbox_problems, outbox, now), _OUTBOX),
        Probe("lead", partial(_leader, lease), _STORE),
    )


def unopened_store_probe(why: BackfillBotError) -> Probe:
    """Replaces ``store_probes`` when the store could not be opened."""

    async def fail() -> str:
        raise why

    return Probe("store", fail, _STORE)


def operators_probe(slack: SlackConfig, people: People) -> Probe:
    """Whether anybody is allowed to change anything."""
    return Probe("operators", partial(check_operators, slack, people), _OPERATORS)


def cluster_probes(clusters: Mapping[str, Cluster], config: Config, recogniser: Recogniser) -> tuple[Probe, ...]:
    """Temporal and ClickHouse of each cluster; for Temporal also its workers and the form of its runs. Where clusters
    share a namespace, also whether their filters keep their runs apart."""
    are_filtered = any(cluster.filter for cluster in config.clusters.values())
    filters = (Probe("filters", partial(check_filters, clusters, config), _FILTERS),) if are_filtered else ()
    return filters + tuple(
        probe
        for name, cluster in clusters.items()
        for probe in (
            Probe(
                f"{name} Temporal", partial(check_temporal, name, cluster, config, recogniser), _TEMPORAL.format(name)
            ),
            Probe(f"{name} runs", partial(check_runs, name, cluster, config, recogniser), _RUNS),
            Probe(f"{name} ClickHouse", partial(_warehouse, cluster.warehouse), _CLICKHOUSE.format(name)),
        )
    )


async def _warehouse(warehouse: Warehouse) -> Answer:
    """A bad statement is a mistake in the configuration, whichever cluster reports it. Such an answer leaves out who
    answered, so that it is the same for all clusters and can be joined."""
    answer = await warehouse.check()
    if answer.problems:
        return Answer(problems=answer.problems, advice=_STATEMENTS)
    return Answer(answer.line, warnings=answer.warnings)


async def _outbox_problems(outbox: Outbox, now: Callable[[], datetime]) -> str:
    stuck = await outbox.dead_letters(now() - LISTED)
    overdue = await outbox.overdue(now() - LONG)
    if not stuck and not overdue:
        return "nothing is set aside, nothing waits for long"
    lines = [*_listed("set aside", stuck), *_listed("waiting for over an hour", overdue)]
    raise Refused("outbox", "\n".join(lines))


def _listed(label: str, messages: Sequence[tuple[str, str]]) -> list[str]:
    if not messages:
        return []
    lines = [f"{key}: {reason}" if reason else key for key, reason in messages[:MOST_LISTED]]
    more = [f"and {len(messages) - MOST_LISTED} more"] if len(messages) > MOST_LISTED else []
    return [f"{len(messages)} {label}", *lines, *more]


async def _clocks(asks: Sequence[Callable[[], Awaitable[str]]]) -> str:
    """One line from each system. Raises Refused with the problems of all that report one."""
    answers = await asyncio.gather(*(ask() for ask in asks), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    if refused:
        raise Refused("clock", "\n".join(answer.why for answer in refused))
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return "; ".join(str(answer) for answer in answers)


async def _leader(lease: Lease) -> str:
    """No leader is no failure: the check may run before the first bot starts. A bot that was killed stays named until
    another one takes the lease."""
    holder = await lease.holder()
    return f"last taken by {holder}" if holder else "taken by nobody: no bot has begun, or all have stopped"


async def _finding(probe: Probe, time_limit: timedelta) -> Finding:
    try:
        async with asyncio.timeout(time_limit.total_seconds()):
            answer = await probe.ask()
    except BackfillBotError as exc:
        return _failed(probe, str(exc))
    except TimeoutError:
        return _failed(probe, f"no answer within {time_limit.total_seconds():g} s")
    if isinstance(answer, str):
        answer = Answer(answer)
    if answer.level is Level.FAILED:
        return _failed(probe, answer.text, answer.advice)
    return Finding(probe.name, answer.level, answer.text)


def _failed(probe: Probe, text: str, advice: str = "") -> Finding:
    return Finding(probe.name, Level.FAILED, text, advice or probe.advice)


def _finding_of(probe: Probe, result: Finding | BaseException) -> Finding:
    """An exception that no adapter has translated is a bug: it becomes a failed finding, and goes to the log."""
    if isinstance(result, Exception):
        _log.error("probe failed", probe=probe.name, exc_info=result)
        return _failed(probe, f"unexpected {type(result).__name__}; the log has the details")
    if isinstance(result, BaseException):
        raise result
    return result
