"""Draws when the open customers of a digest will be done, as spans of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.blocks import sizing, stopped
from bot.blocks.lines import Line, first_names
from bot.fleet.status.digest import Digest, FleetEta

NAMES_SHOWN = 15


def lines(result: Digest) -> list[Line]:
    """When the open customers will be done, as spans: one for those that run, and one for all if the stopped ones
    start now. If the two are equal, the first is left out."""
    eta, found = result.eta, list[Line]()
    if eta.running and eta.running != eta.everything:
        found.append(_estimate(f"{_running(eta)} will be done", result.at, eta.running))
    elif eta.going_on:
        found.append(Line.of(f"{len(eta.going_on):,} running: {listed(eta.going_on)}."))
    if eta.everything:
        text = "If the stopped ones start now, all will be done"
        others = f", except {_without_estimate(result)} (no estimate yet)" if eta.unknown else ""
        found.append(_estimate(text, result.at, eta.everything, others))
    elif eta.unknown:
        found.append(Line.of(f"No estimate yet for {_without_estimate(result)}."))
    return found or [Line.of("Nothing is open.")]


def _without_estimate(result: Digest) -> str:
    """The customers without an estimate. If none of those that need a person has one, they are called "those
    above"."""
    above = {f"{run.cluster}/{run.name}" for run in result.struggling} | set(stopped.needing(result))
    unknown = result.eta.unknown
    if not above or not above <= set(unknown):
        return listed(unknown)
    others = [name for name in unknown if name not in above]
    return f"those above{f' and {listed(others)}' if others else ''}"


def _running(eta: FleetEta) -> str:
    """``What runs now (hilton on voice-prod)``."""
    return f"What runs now ({listed(eta.going_on)})" if eta.going_on else "What runs now"


def _estimate(text: str, now: datetime, done: datetime, others: str = "") -> Line:
    return Line.of(f"{text} in {sizing.at_pace(max(done - now, timedelta(0)))}{others}.")


def listed(names: Sequence[str]) -> str:
    """The first of these customers, given as ``cluster/customer``, and the number of the others."""
    return first_names(list(map(named, names)), NAMES_SHOWN)


def named(name: str) -> str:
    """``hilton on voice-prod`` for ``voice-prod/hilton``; other names as they are."""
    cluster, slash, customer = name.partition("/")
    return f"{customer} on {cluster}" if slash else name
