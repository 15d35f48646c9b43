"""Pure: what goes wrong, in which order and how long after what went wrong before, drawn from a seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

# Of bots, in seconds; most begin to count when the bot is connected, the others when its process begins.
LONGEST_LIFE = 7.0
CONNECTED = 0.75
# Most leases of killed bots are taken for run out, or most of the time would be spent waiting for that.
LAPSES = 0.9
SOCKETS_EVERY, WAREHOUSE_EVERY, WAY_EVERY, ENGINE_EVERY = 4, 9, 7, 24
LONGEST_AWAY = 6.0  # seconds
SOCKETS: Sequence[Mapping[str, Any]] = (
    {"fault": "abort"},
    {"fault": "disconnect", "reason": "refresh_requested"},
    {"fault": "disconnect", "reason": "too_many_websockets"},
    {"fault": "refuse_handshake", "count": 2},
    {"fault": "duplicate_envelope", "count": 2, "again": "next_socket"},
    {"fault": "duplicate_envelope", "count": 2, "again": "after_reconnect"},
    {"fault": "late_delivery", "count": 1},
    {"fault": "lost_ack", "count": 1},
    {"fault": "no_pong", "count": 2},
    {"fault": "slow", "method": "chat.postMessage", "seconds": 12, "count": 1},
)


@dataclass(frozen=True)
class Connects:
    """No trouble until this bot is connected to Slack."""

    bot: int


@dataclass(frozen=True)
class Kill:
    """``kill -9`` of one bot, which is started again at once. ``lapses``: its lease is taken for run out."""

    bot: int
    lapses: bool


@dataclass(frozen=True)
class SlackMisbehaves:
    """A fault of the local Slack, as its control API takes it."""

    fault: Mapping[str, Any]


@dataclass(frozen=True)
class Away:
    """The Temporal server, or a cluster's ClickHouse, is killed and started again ``seconds`` later."""

    part: str
    cluster: str
    seconds: float


@dataclass(frozen=True)
class Unreachable:
    """The bots' way to one part of a cluster is cut, or everything on it stands still, for ``seconds``."""

    part: str
    cluster: str
    mode: str
    seconds: float


Trouble = Connects | Kill | SlackMisbehaves | Away | Unreachable


@dataclass(frozen=True)
class Moment:
    """``trouble`` comes ``after`` so many seconds."""

    after: float
    trouble: Trouble


def standing(seed: int) -> Iterator[Mapping[str, Any]]:
    """The faults of Slack that may strike any call, all the time; a seed each."""
    rare = (
        {"fault": "lost_reply", "chance": 0.06},
        {"fault": "lost_reply", "answer": "internal_error", "chance": 0.02},
        {"fault": "lost_reply", "answer": "http_error", "chance": 0.02},
        {"fault": "slow", "seconds": 1.5, "chance": 0.05},
        {"fault": "http_error", "status": 503, "chance": 0.04},
        {"fault": "http_error", "status": 500, "chance": 0.02},
        {"fault": "ratelimited", "retry_after": 1, "chance": 0.04},
        {"fault": "error", "code": "fatal_error", "chance": 0.01},
    )
    for number, fault in enumerate(rare):
        yield {"count": None, "seed": seed + number, **fault}


def planned(seed: int, kills: int, bots: int, clusters: Sequence[str]) -> Iterator[Moment]:
    """So many kills with everything else between them; the same for the same seed."""
    dice = Random(seed)
    for number in range(kills):
        bot = dice.randrange(bots)
        if dice.random() < CONNECTED:
            yield Moment(0, Connects(bot))
        troubles = [*_between(number, dice, clusters), Kill(bot, lapses=dice.random() < LAPSES)]
        pause = dice.uniform(0, LONGEST_LIFE) / len(troubles)
        yield from (Moment(pause, trouble) for trouble in troubles)


def _between(number: int, dice: Random, clusters: Sequence[str]) -> Iterator[Trouble]:
    """What happens before a kill; each kind now and then."""
    if number % SOCKETS_EVERY == 1:
        yield SlackMisbehaves(dice.choice(SOCKETS))
    if number % WAREHOUSE_EVERY == 2:
        yield Away("clickhouse", dice.choice(clusters), dice.uniform(0, LONGEST_AWAY))
    if number % WAY_EVERY == 3:
        part, mode = dice.choice(("temporal", "clickhouse", "both")), dice.choice(("cut", "freeze"))
        yield Unreachable(part, dice.choice(clusters), mode, dice.uniform(1, LONGEST_AWAY))
    if number % ENGINE_EVERY == 5:
        # One is gone for longer than a heartbeat may be late; the others come back before anybody times out.
        yield Away("temporal", "", LONGEST_AWAY if number == 5 else 0)
