"""Finds how the chain of an alert goes on after the link that the alert is about has closed.

A closed link does not show this: it may have continued as new, and a failed or terminated link may have been retried
or reset. The latest run of the same workflow id shows it, so that run is described in the same pass.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.chains import chain_key
from bot.model import Description, Episode, Ref
from bot.ports import Engine
from bot.usecases.watch.describe import DescribeCalls, PassDescriptions


async def follow_chains(
    described: PassDescriptions, episodes: Iterable[Episode], engine: Engine, at_once: int, budget: CallBudget
) -> PassDescriptions:
    """The descriptions. If an open alert is about a closed link whose chain has gone on, the latest run of the chain
    replaces that link.

    A closed link is left out while it is unknown whether its chain has gone on. A later pass describes it again.
    """
    alerts = {episode.ref: episode for episode in episodes if episode.is_open}
    closed = {d.execution.ref: d for d in described.descriptions if _may_go_on(d)} | dict.fromkeys(described.gone)
    ended = {ref: alerts[ref] for ref in closed if ref in alerts}
    if not ended:
        return described
    latest_of = {ref: replace(ref, run_id="") for ref in ended}
    answers = await DescribeCalls(engine, at_once, budget).describe(list(latest_of.values()))
    latest = {replace(d.execution.ref, run_id=""): d for d in answers.descriptions}
    followed: dict[Ref, Description] = {}
    for ref, alert in ended.items():
        successor, closed_link = latest.get(latest_of[ref]), closed[ref]
        chain = chain_key(closed_link.execution) if closed_link else alert.chain
        if successor and successor.execution.ref != ref and chain_key(successor.execution) == chain:
            followed[ref] = successor
    silent = frozenset(ref for ref in ended if latest_of[ref] not in latest and latest_of[ref] not in answers.gone)
    return _with(followed, silent, described)


def may_go_on(described: PassDescriptions) -> bool:
    """Whether any of the runs has ended in a way after which its chain may go on."""
    return bool(described.gone) or any(map(_may_go_on, described.descriptions))


def _may_go_on(description: Description) -> bool:
    return description.execution.status.may_be_followed


def _with(followed: dict[Ref, Description], silent: frozenset[Ref], described: PassDescriptions) -> PassDescriptions:
    kept = [d for d in described.descriptions if d.execution.ref not in {*followed, *silent}]
    known = {d.execution.ref for d in kept}
    added = {d.execution.ref: d for d in followed.values() if d.execution.ref not in known}
    return replace(
        described,
        descriptions=(*kept, *added.values()),
        gone=described.gone - {*followed, *silent},
        followed={ref: chain_key(d.execution).run_id for ref, d in followed.items()},
    )
