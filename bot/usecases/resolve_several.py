"""Finds the customers of a command for several customers: those that it names, or the members of its group."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.commands import ControlRequest, Group, Retry, Run
from bot.fleet.name_lookup import Directory, NameRefusal, Target, UnknownCustomer, UnknownName, find, resolve
from bot.fleet.proposals.bulk import ClusterLeftOut
from bot.fleet.refusals.declined import Declined, NamesRefused
from bot.fleet.refusals.requests import ClusterAmongNames, NoSuchCluster, NothingIncomplete, NothingStruggles
from bot.fleet.runs.alert_reasons import starts_over
from bot.fleet.runs.open_work import (
    OpenWorkNote,
    OpenWorkReport,
    RunsOnSeveral,
    elsewhere,
    elsewhere_notes,
    expected_on,
    find_open_work,
    not_seen,
)
from bot.fleet.runs.run import ClusterView, worst_runs_first
from bot.fleet.status.board import ClusterRow, Silent
from bot.model import State
from bot.services import Services
from bot.usecases.board import board
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import observe, observe_open
from bot.usecases.observe.open_work import open_work_on
from bot.usecases.queue.standing import with_queued
from bot.usecases.resolve import configured_names, observed_names, of_sequences, reaches_queue


@dataclass(frozen=True, slots=True)
class SeveralTargets:
    """The customers that are meant, each once. ``warnings`` tell where these customers run unexpectedly, and which
    clusters did not answer. ``silent`` are clusters that did not answer and may have more of these customers."""

    targets: tuple[Target, ...]
    warnings: tuple[OpenWorkNote, ...] = ()
    silent: tuple[ClusterLeftOut, ...] = ()


_Found = Target | NameRefusal | RunsOnSeveral | ClusterAmongNames


async def resolve_several(command: ControlRequest, services: Services) -> SeveralTargets:
    """The customers of the command: those that it names, or the members of its group. Raises Declined if a name is
    unknown, ambiguous or a cluster's, if the cluster of the group is unknown, or if the group has no member."""
    match command.group:
        case Group.STRUGGLING:
            return await _struggling(command, services)
        case Group.INCOMPLETE:
            return await _incomplete(command, services)
        case None:
            return await _named(command, services)


async def _incomplete(command: ControlRequest, services: Services) -> SeveralTargets:
    """The expected customers that are not complete and have something to run, never-started ones included."""
    clusters = _clusters(command.cluster, tuple(services.config.clusters))
    whole = (command.range if isinstance(command, Run) else None) or services.config.campaign.window
    rows = (await board(clusters, whole, services, observe)).rows
    silent = tuple(ClusterLeftOut(row.cluster, row.why) for row in rows if isinstance(row, Silent))
    backfills = [backfill for row in rows if isinstance(row, ClusterRow) for backfill in row.customers]
    over = (State.COMPLETE, State.NOT_APPLICABLE)
    targets = tuple(
        Target(backfill.cluster, backfill.customer) for backfill in backfills if backfill.state not in over
    )
    if not targets:
        cluster = clusters[0] if command.cluster else ""
        raise Declined(NothingIncomplete(cluster, tuple(each.cluster for each in silent)))
    return SeveralTargets(targets, silent=silent)


async def _named(command: ControlRequest, services: Services) -> SeveralTargets:
    configured = configured_names(services)
    report = await open_work_on(tuple(configured), services)
    if reaches_queue(command):
        report = await with_queued(report, tuple(configured), services)
    found = {name: _find(name, command, configured, report) for name in command.names}
    unknown = [name for name, result in found.items() if isinstance(result, UnknownName | UnknownCustomer)]
    notes: tuple[OpenWorkNote, ...] = ()
    if unknown:
        seen, notes = await observed_names(services)
        found |= {name: resolve(name, seen) for name in unknown}
    targets = _require_all(found, notes)
    return SeveralTargets(targets, _notes(targets, configured, report))


def _find(name: str, command: ControlRequest, configured: Directory, report: OpenWorkReport) -> _Found:
    """What the name means, resolved like the name in a command for one customer (``bot.usecases.resolve``)."""
    candidates = find(name, configured)
    if candidates and not candidates[0].customer:
        return ClusterAmongNames(command.for_one(name), candidates[0].cluster)
    if not isinstance(command, Run | Retry):
        match = find_open_work(name, configured, report, of_sequences=of_sequences(command))
        if match is not None:
            return match if isinstance(match, RunsOnSeveral) else match.target
    return resolve(name, configured)


def _require_all(found: Mapping[str, _Found], notes: tuple[OpenWorkNote, ...]) -> tuple[Target, ...]:
    """The targets. Raises Declined with the reasons for all names that do not name a customer."""
    reasons = tuple(result for result in found.values() if not isinstance(result, Target))
    if reasons:
        is_unknown = any(isinstance(reason, UnknownName | UnknownCustomer) for reason in reasons)
        raise Declined(NamesRefused(reasons), notes if is_unknown else ())
    return tuple(dict.fromkeys(result for result in found.values() if isinstance(result, Target)))


def _notes(targets: tuple[Target, ...], configured: Directory, report: OpenWorkReport) -> tuple[OpenWorkNote, ...]:
    """Where these customers run unexpectedly. Clusters that did not answer are named once for all customers."""
    answered, own = replace(report, silent=()), {target.cluster for target in targets}
    of_each = (
        note
        for target in targets
        for note in (
            *expected_on(target, configured),
            *elsewhere_notes(target.customer, elsewhere(target, configured, answered)),
        )
    )
    return (*of_each, *not_seen("", [cluster for cluster in report.silent if cluster not in own]))


async def _struggling(command: ControlRequest, services: Services) -> SeveralTargets:
    """The customers with a run whose attempts start over, the worst first."""
    clusters = _clusters(command.cluster, tuple(services.config.clusters))

    async def ask(cluster: str) -> ClusterView:
        return await observe_open(cluster, services)

    answers = await ask_all(ask, clusters, services)
    silent = tuple(ClusterLeftOut(each.cluster, each.why) for each in answers if isinstance(each, Silent))
    runs = [run for view in answers if isinstance(view, ClusterView) for run in view.runs if run.is_open]
    struggling = worst_runs_first([run for run in runs if run.health and starts_over(run.health)])
    targets = (Target(run.execution.ref.cluster, run.identity.customer) for run in struggling if run.identity)
    members = tuple(dict.fromkeys(targets))
    if not members:
        cluster = clusters[0] if command.cluster else ""
        raise Declined(NothingStruggles(cluster, tuple(each.cluster for each in silent)))
    return SeveralTargets(members, silent=silent)


def _clusters(typed: str, configured: tuple[str, ...]) -> tuple[str, ...]:
    """The cluster that was typed, or all of them. Raises Declined for an unknown one."""
    if not typed:
        return configured
    named = tuple(name for name in configured if name.casefold() == typed.casefold())
    if not named:
        raise Declined(NoSuchCluster(typed, configured))
    return named
