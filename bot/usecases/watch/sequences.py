"""Finds the threads of open sequences. Also finds the sequences that have ended, although alerts that they had taken
over are still open.

If the cluster does not list its sequences, alerts open as if there were no sequence, and no alert ends because of a
sequence.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.errors import DependencyError
from bot.fleet.alerts.episodes import is_handed_over
from bot.fleet.alerts.handed_over import ENDINGS
from bot.fleet.notifications.keys import is_within_sequence
from bot.fleet.queue.other_work import starting_sequence
from bot.fleet.runs.alert_reasons import is_left_to_sequences
from bot.fleet.runs.observation import DescribedRun
from bot.model import Ending, Episode, Execution, ExecutionStatus, Ref, SequenceProgress, SequenceStanding
from bot.services import Services
from bot.usecases.campaigns.scope import services_of

_ENDINGS = {
    ExecutionStatus.CANCELLED: Ending.CANCELLED,
    ExecutionStatus.TERMINATED: Ending.TERMINATED,
    ExecutionStatus.FAILED: Ending.FAILED,
    ExecutionStatus.TIMED_OUT: Ending.FAILED,
}
_GOES_ON = (ExecutionStatus.RUNNING, ExecutionStatus.CONTINUED_AS_NEW)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Alerting:
    """A run that newly needs an alert. ``execution`` is None if Temporal no longer knows the run."""

    run: DescribedRun
    execution: Execution | None


@dataclass(frozen=True, slots=True)
class ObservedSequences:
    """What is known about the sequences of a cluster. ``threads``, ``left`` and ``apart`` mean the same as in
    ``bot.fleet.alerts.reconcile.Pass``."""

    threads: Mapping[str, str] | None = field(default_factory=dict)
    left: Mapping[str, Ending] = field(default_factory=dict)
    apart: frozenset[Ref] = frozenset()


async def observe_sequences(
    cluster: str, alerting: Sequence[Alerting], episodes: Iterable[Episode], services: Services
) -> ObservedSequences:
    """Asks the cluster only if a run newly needs an alert, or if an open alert may belong to a sequence. ``threads``
    is None if the cluster does not answer."""
    still_open = [episode for episode in episodes if episode.is_open]
    handed_over = [episode for episode in still_open if is_handed_over(episode)]
    if not alerting and not handed_over and not any(is_within_sequence(episode) for episode in still_open):
        return ObservedSequences()
    control = services.clusters[cluster].control
    try:
        listed = await control.sequences()
    except DependencyError as exc:
        _log.warning("sequences not listed", cluster=cluster, reason=str(exc))
        return ObservedSequences(threads=None)
    ids = {standing.id for standing in listed}
    unlisted = [episode for episode in handed_over if episode.sequence and episode.sequence.spec.id not in ids]
    left = await _ended(cluster, unlisted, services)
    threads = _threads(cluster, listed, [each.run for each in alerting], services)
    return ObservedSequences(threads, left, await _of_nobody(cluster, alerting, listed, services))


async def _of_nobody(
    cluster: str, alerting: Sequence[Alerting], listed: Sequence[SequenceStanding], services: Services
) -> frozenset[Ref]:
    """The runs that no open sequence has started, follows or cancels. Considers only runs whose alert reason is one
    that sequences deal with by themselves (``is_left_to_sequences``). If a sequence does not answer, the runs that it
    follows or cancels are returned too."""
    ids = frozenset(standing.id for standing in listed)
    unknown = {
        each.run.ref: each.run.customer
        for each in alerting
        if is_left_to_sequences(each.run.alert_reason) and not _is_started_by(each.execution, ids)
    }
    customers = frozenset(unknown.values())
    asked = [standing for standing in listed if standing.customer in customers]
    control, turns = services.clusters[cluster].control, asyncio.Semaphore(services.config.watch.describes_at_once)

    async def ask(standing: SequenceStanding) -> frozenset[str]:
        try:
            async with turns:
                latest = await control.sequence_at(standing.ref.workflow_id)
        except DependencyError as exc:
            _log.warning("sequence not asked", customer=standing.customer, reason=str(exc))
            return frozenset()
        return _workflow_ids(latest.progress) if latest and latest.progress else frozenset()

    held = frozenset[str]().union(*await asyncio.gather(*map(ask, asked)))
    return frozenset(ref for ref in unknown if ref.workflow_id not in held)


def _is_started_by(execution: Execution | None, sequences: Collection[str]) -> bool:
    return execution is not None and starting_sequence(execution) in sequences


def _workflow_ids(progress: SequenceProgress) -> frozenset[str]:
    """The workflow ids of the runs that the sequence cancels or follows."""
    spec = progress.spec
    refs = [*(held.ref for held in (*spec.clear, *spec.adopt)), *(window.ref for window in progress.running)]
    return frozenset(ref.workflow_id for ref in refs if ref)


def _threads(
    cluster: str, listed: Sequence[SequenceStanding], alerting: Sequence[DescribedRun], services: Services
) -> dict[str, str]:
    """The outbox key of the thread of each customer's open sequence, by customer. If a customer has several
    sequences, the one in the campaign of a run that needs an alert is preferred."""
    of_customer: dict[str, list[SequenceStanding]] = {}
    for standing in listed:
        of_customer.setdefault(standing.customer, []).append(standing)
    membership = services.campaigns.membership
    wanted = {
        (run.customer, campaign)
        for run in alerting
        if membership and len(of_customer.get(run.customer, ())) > 1
        for campaign in membership.campaigns_about(cluster, run.customer, run.window)
    }
    chosen = {
        customer: next((each for each in own if (customer, each.campaign) in wanted), own[0])
        for customer, own in of_customer.items()
    }
    return {customer: standing.thread_key for customer, standing in chosen.items()}


async def _ended(cluster: str, unlisted: Sequence[Episode], services: Services) -> dict[str, Ending]:
    """How each sequence that is not listed has ended, by episode id. Leaves out a sequence that is still open,
    because listings lag. Asks once for each customer and campaign."""
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)

    async def ask(customer: str, campaign: str) -> SequenceStanding | DependencyError | None:
        try:
            async with turns:
                own = await services_of(campaign, services)
                return await own.clusters[cluster].control.sequence(customer)
        except DependencyError as exc:
            _log.warning("sequence not asked", customer=customer, reason=str(exc))
            return exc

    wanted = sorted({_owner(episode) for episode in unlisted})
    answers = dict(zip(wanted, await asyncio.gather(*(ask(*owner) for owner in wanted)), strict=True))
    endings = {episode.id: _ending(episode.sequence, answers[_owner(episode)]) for episode in unlisted}
    return {id_: ending for id_, ending in endings.items() if ending is not None}


def _owner(episode: Episode) -> tuple[str, str]:
    """The customer and the campaign of the sequence that has taken the alert over."""
    return episode.customer, episode.sequence.spec.campaign if episode.sequence else ""


def _ending(reported: SequenceProgress | None, latest: SequenceStanding | DependencyError | None) -> Ending | None:
    """How the sequence that last reported this progress has ended; None if it is open or if that is unknown."""
    if isinstance(latest, DependencyError):
        return None
    if latest is None:
        return Ending.GONE
    if latest.status in _GOES_ON:
        # This may be a later sequence of the customer, which then takes over the open alerts.
        return None
    if latest.status in _ENDINGS:
        return _ENDINGS[latest.status]
    end = (latest.progress.end if latest.progress else None) or (reported.end if reported else None)
    return ENDINGS[end] if end else Ending.GONE
