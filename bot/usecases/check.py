"""Check: asks everything around the bot whether it answers, all at once, each with its own time limit."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.config import Config, SlackConfig
from bot.errors import BackfillBotError, Refused
from bot.fleet.diagnostics.findings import Answer, Finding, Level
from bot.fleet.diagnostics.joined import joined
from bot.fleet.runs.identity import Recogniser
from bot.ports import Channel, Journal, Lease, Outbox, People, Warehouse
from bot.services import Cluster
from bot.usecases.check_operators import check_operators
from bot.usecases.check_temporal import check_temporal

TIME_LIMIT = timedelta(seconds=10)

_TEMPORAL = "See [clusters.{0}.temporal] in the configuration."
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
# A mended mistake need not be looked at for ever; three days outlast a weekend.
LISTED = timedelta(days=3)
LONG = timedelta(hours=1)
# Of each kind; there may be very many.
MOST_LISTED = 20

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to ask: ``ask`` returns a line about who answered, or what it has learned; ``advice`` is for when it
    fails."""

    name: str
    ask: Callable[[], Awaitable[str | Answer]]
    advice: str


async def check(probes: Sequence[Probe], time_limit: timedelta = TIME_LIMIT) -> tuple[Finding, ...]:
    """What each probe found, in their order; one that fails or is silent hides no other."""
    found = await asyncio.gather(*(_finding(probe, time_limit) for probe in probes), return_exceptions=True)
    return joined([_settled(probe, one) for probe, one in zip(probes, found, strict=True)])


def slack_probes(channel: Channel, ask_for_connection: Callable[[], Awaitable[str]] | None) -> tuple[Probe, ...]:
    """Whether the bot may speak, and whether it would hear anything, as far as that can be asked."""
    speaking = Probe("Slack", channel.check, _SLACK)
    if ask_for_connection is None:
        return (speaking,)
    return speaking, Probe("Slack app token", ask_for_connection, _SOCKET_MODE)


def clock_probe(*asks: Callable[[], Awaitable[str]]) -> Probe:
    """Whether this machine's clock is right, by each system that tells its own."""
    return Probe("clock", partial(_clocks, asks), _CLOCK)


def store_probes(journal: Journal, outbox: Outbox, lease: Lease, now: Callable[[], datetime]) -> tuple[Probe, ...]:
    """Whether the store can be written to, what in it will never be said or is not, and which bot leads."""
    return (
        Probe("store", journal.check, _STORE),
        Probe("outbox", partial(_unsaid, outbox, now), _OUTBOX),
        Probe("lead", partial(_lead, lease), _STORE),
    )


def unopened_store_probe(why: BackfillBotError) -> Probe:
    """In place of ``store_probes`` where there is no store to ask."""

    async def tell() -> str:
        raise why

    return Probe("store", tell, _STORE)


def operators_probe(slack: SlackConfig, people: People) -> Probe:
    """Whether anybody may change anything."""
    return Probe("operators", partial(check_operators, slack, people), _OPERATORS)


def cluster_probes(clusters: Mapping[str, Cluster], config: Config, recogniser: Recogniser) -> tuple[Probe, ...]:
    """Both systems of each cluster; of Temporal also who works there, and whether its runs are as they should be."""
    return tuple(
        probe
        for name, cluster in clusters.items()
        for probe in (
            Probe(
                f"{name} Temporal", partial(check_temporal, name, cluster, config, recogniser), _TEMPORAL.format(name)
            ),
            Probe(f"{name} ClickHouse", partial(_warehouse, cluster.warehouse), _CLICKHOUSE.format(name)),
        )
    )


async def _warehouse(warehouse: Warehouse) -> Answer:
    """Statements of no use are mistakes in the file, whichever cluster shows them: told without who has answered, so
    that they are the same for all."""
    found = await warehouse.check()
    if found.problems:
        return Answer(problems=found.problems, advice=_STATEMENTS)
    return Answer(found.line, warnings=found.warnings)


async def _unsaid(outbox: Outbox, now: Callable[[], datetime]) -> str:
    stuck = await outbox.dead_letters(now() - LISTED)
    overdue = await outbox.overdue(now() - LONG)
    if not stuck and not overdue:
        return "nothing is set aside, nothing waits for long"
    told = [*_listed("set aside", stuck), *_listed("waiting for over an hour", overdue)]
    raise Refused("outbox", "\n".join(told))


def _listed(what: str, found: Sequence[tuple[str, str]]) -> list[str]:
    if not found:
        return []
    lines = [f"{key}: {reason}" if reason else key for key, reason in found[:MOST_LISTED]]
    more = [f"and {len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []
    return [f"{len(found)} {what}", *lines, *more]


async def _clocks(asks: Sequence[Callable[[], Awaitable[str]]]) -> str:
    """A line of each; all that is wrong is told at once."""
    answers = await asyncio.gather(*(ask() for ask in asks), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    if refused:
        raise Refused("clock", "\n".join(answer.why for answer in refused))
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return "; ".join(str(answer) for answer in answers)


async def _lead(lease: Lease) -> str:
    """That nobody leads is no fault: this may be asked before the first bot starts. One that was killed is named
    until another one takes over."""
    holder = await lease.holder()
    return f"last taken by {holder}" if holder else "taken by nobody: no bot has begun, or all have stopped"


async def _finding(probe: Probe, time_limit: timedelta) -> Finding:
    try:
        async with asyncio.timeout(time_limit.total_seconds()):
            told = await probe.ask()
    except BackfillBotError as exc:
        return _failed(probe, str(exc))
    except TimeoutError:
        return _failed(probe, f"no answer within {time_limit.total_seconds():g} s")
    answer = told if isinstance(told, Answer) else Answer(told)
    if answer.level is Level.FAILED:
        return _failed(probe, answer.text, answer.advice)
    return Finding(probe.name, answer.level, answer.text)


def _failed(probe: Probe, told: str, advice: str = "") -> Finding:
    return Finding(probe.name, Level.FAILED, told, advice or probe.advice)


def _settled(probe: Probe, found: Finding | BaseException) -> Finding:
    """A finding in any case: what no adapter has translated is our mistake, and the log has it."""
    if isinstance(found, Exception):
        _log.error("probe failed", probe=probe.name, exc_info=found)
        return _failed(probe, f"unexpected {type(found).__name__}; the log has the details")
    if isinstance(found, BaseException):
        raise found
    return found
