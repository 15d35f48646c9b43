"""The estimates in a digest: how long it will take until its open customers are done."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.blocks import sizing, stopped, words
from bot.blocks.lines import Line, first_names
from bot.fleet.status.digest import Digest
from bot.fleet.status.estimate import Estimate
from bot.fleet.status.fleet_eta import FleetEta

NAMES_SHOWN = 15
# With more customers that do not run, their number is given instead of their names.
IDLE_NAMED = 3


def lines(result: Digest) -> list[Line]:
    """Up to two lines. The first says in how much time the running and queued customers will be done. If this time is
    unknown or equals that of the second line, the first line only names the running customers. The second line says
    in how much time all customers will be done, supposing that those that do not run start now, and names the
    customers without an estimate. If nothing is open, a single line says so."""
    eta, found = result.eta, list[Line]()
    if eta.running and eta.running != eta.everything:
        span = _span(result.at, eta.running, eta.running_latest)
        found.append(Line.of(f"{_running(eta)} will be done in {span}."))
    elif eta.going_on:
        found.append(Line.of(f"{len(eta.going_on):,} running: {listed(eta.going_on)}."))
    if eta.everything:
        span = _span(result.at, eta.everything, eta.everything_latest)
        others = f", except {_without_estimate(result)} (no estimate yet)" if eta.unknown else ""
        found.append(Line.of(f"If {_others(eta)} now, all will be done in {span}{others}."))
    elif eta.unknown:
        found.append(Line.of(f"No estimate yet for {_without_estimate(result)}."))
    return found or [Line.of("Nothing is open.")]


def _without_estimate(result: Digest) -> str:
    """Names the customers without an estimate. The digest has already named the customers that need a person. If none
    of the latter has an estimate, the text calls them "those above" and names only the others."""
    above = {f"{run.cluster}/{run.name}" for run in result.struggling} | set(stopped.needing(result))
    unknown = result.eta.unknown
    if not above or not above <= set(unknown):
        return listed(unknown)
    others = [name for name in unknown if name not in above]
    return f"those above{f' and {listed(others)}' if others else ''}"


def _running(eta: FleetEta) -> str:
    """``What runs now (hilton on voice-prod) and 43 queued customers``."""
    queued = [words.plural(eta.queued, "queued customer")] if eta.queued else []
    names = f" ({listed(eta.going_on)})" if eta.going_on else ""
    return words.joined([*([f"What runs now{names}"] if names or not queued else []), *queued])


def _others(eta: FleetEta) -> str:
    """The words for the gap in "If … now, all will be done": the customers that do not run, and a verb. For example:
    ``the stopped ones and nrg on voice-prod start``. In a digest that an earlier version made, all customers that do
    not run are called stopped."""
    halted = ["the stopped ones"] if eta.stopped or not eta.idle else []
    idle = list(map(named, eta.idle))
    if len(idle) > IDLE_NAMED:
        idle = [words.plural(len(idle), "other customer" if halted or eta.running else "customer")]
    return f"{words.joined([*halted, *idle])} {'start' if halted or len(eta.idle) > 1 else 'starts'}"


def _span(now: datetime, earliest: datetime, latest: datetime | None) -> str:
    """``5–7 h``. The digests of earlier versions have only the early end."""
    left = max(earliest - now, timedelta(0))
    return sizing.span(Estimate(left, latest - now)) if latest else sizing.at_pace(left)


def listed(names: Sequence[str]) -> str:
    """The first of these customers, given as ``cluster/customer``, and the number of the others."""
    return first_names(list(map(named, names)), NAMES_SHOWN)


def named(name: str) -> str:
    """``hilton on voice-prod`` for ``voice-prod/hilton``; other names as they are."""
    cluster, slash, customer = name.partition("/")
    return f"{customer} on {cluster}" if slash else name
