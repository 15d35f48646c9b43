"""Resolves a typed name to a cluster or a customer.

In commands that read or start something, the name means a cluster or customer in the configuration, or else a
customer that runs somewhere unexpectedly. In commands that stop or instruct, the name of a customer means the cluster
where the customer runs, even if the configuration says otherwise, because customers move and leave. Commands that end
runs also take the workflow id of a run whose customer is not recognised.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.commands import Cancel, ControlRequest, Pause, Resume, Terminate
from bot.fleet.name_lookup import Directory, NameRefusal, Target, find, resolve
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.warnings import Unrecognised
from bot.fleet.refusals.declined import Declined
from bot.fleet.runs.open_work import (
    NamesNotSeen,
    OpenWork,
    OpenWorkNote,
    RunsOnSeveral,
    elsewhere_notes,
    expected_on,
    find_open_work,
    not_seen,
)
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Silent
from bot.services import Services
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.open_work import open_work_elsewhere, open_work_on
from bot.usecases.observe.shared import shared_look
from bot.usecases.queue.standing import with_queued


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """The target of a command that changes something. ``warnings`` are what a person may not expect about the target.
    ``elsewhere`` is its open work on other clusters, with the clusters that did not answer.
    """

    target: Target
    warnings: tuple[OpenWorkNote, ...] = ()
    elsewhere: tuple[OpenWorkNote, ...] = ()

    def judged(self, judge: Callable[[], Proposal], unrecognised: int) -> Proposal:
        """The proposal of ``judge``. The warnings about this target are put before the proposal's own ones, and a
        warning about the ``unrecognised`` open runs of the cluster is put last. If ``judge`` refuses, the notes in
        ``elsewhere`` are added to the refusal: the person may have meant work that is open on another cluster."""
        try:
            proposal = judge()
        except Declined as exc:
            raise type(exc)(exc.reason, (*exc.notes, *self.elsewhere)) from exc
        strangers = (Unrecognised(unrecognised),) if unrecognised else ()
        return replace(proposal, warnings=(*self.warnings, *self.elsewhere, *proposal.warnings, *strangers))


def configured_names(services: Services) -> Directory:
    """The clusters and customers in the configuration."""
    return {name: cluster.customers for name, cluster in services.config.clusters.items()}


async def resolve_target(text: str, services: Services) -> Target:
    """The cluster or customer that ``text`` names. Raises Declined if the name is unknown or ambiguous."""
    configured = configured_names(services)
    if find(text, configured):
        return require_target(resolve(text, configured))
    names, unseen = await observed_names(services)
    return require_target(resolve(text, names), () if find(text, names) else unseen)


async def observed_names(services: Services) -> tuple[Directory, tuple[NamesNotSeen, ...]]:
    """The clusters and customers in the configuration, and all customers that were ever seen; and a note about the
    clusters that did not answer."""
    configured = configured_names(services)

    async def ask(cluster: str) -> ClusterView:
        return await shared_look(cluster, services)

    answers = await ask_all(ask, tuple(configured), services)
    views = [view for view in answers if isinstance(view, ClusterView)]
    observed = {view.cluster: view.customers for view in views}
    names = {name: {*customers, *observed.get(name, ())} for name, customers in configured.items()}
    silent = tuple(answer.cluster for answer in answers if isinstance(answer, Silent))
    return names, (NamesNotSeen(silent),) if silent else ()


def require_target(found: Target | NameRefusal, notes: tuple[OpenWorkNote, ...] = ()) -> Target:
    """The target that was found. Raises Declined if the name is unknown or ambiguous."""
    if isinstance(found, Target):
        return found
    raise Declined(found, notes)


async def resolve_open(command: ControlRequest, services: Services) -> ResolvedTarget:
    """The customer or cluster that the command names. Raises Declined for an unknown or ambiguous name, or if the
    customer has open work on several clusters. If the customer has none on the named cluster, other clusters are
    asked too, so that the person learns what is open there."""
    text, configured = command.target, configured_names(services)
    candidates = find(text, configured)
    if candidates and not candidates[0].customer:
        return ResolvedTarget(candidates[0])
    typed_cluster = _typed_cluster(text, configured)
    clusters = typed_cluster or tuple(configured)
    open_work = await open_work_on(clusters, services)
    if reaches_queue(command):
        open_work = await with_queued(open_work, clusters, services)
    match = find_open_work(text, configured, open_work, of_sequences=of_sequences(command))
    if match is None and stops_runs(command):
        match = await _unrecognised(text, clusters, services)
    if isinstance(match, RunsOnSeveral):
        raise Declined(match)
    if typed_cluster and match is None:
        return await with_other_clusters(await resolve_target(text, services), services)
    target = match.target if match else await resolve_target(text, services)
    others = tuple(cluster for cluster in open_work.silent if cluster != target.cluster)
    return ResolvedTarget(target, expected_on(target, configured) if match else (), not_seen(target.customer, others))


def of_sequences(command: ControlRequest) -> bool:
    """Whether the command applies to sequences alone. If so, the name of a customer that is on several clusters
    stands for the customer on the cluster where it has an open sequence."""
    return isinstance(command, Cancel) and command.range is not None


def stops_runs(command: ControlRequest) -> bool:
    """Whether the command ends open runs. Such a command also accepts a workflow id instead of a customer, so that
    somebody can end a run that the bot does not recognise."""
    return isinstance(command, Terminate) or (isinstance(command, Cancel) and command.range is None)


async def _unrecognised(text: str, clusters: Sequence[str], services: Services) -> OpenWork | RunsOnSeveral | None:
    """The open run without a recognised customer that ``text`` names, by its workflow id or as ``cluster/id``.
    ``RunsOnSeveral`` if such runs are on several clusters; None if there is none."""

    async def ask(cluster: str) -> ClusterView:
        return await shared_look(cluster, services)

    answers = await ask_all(ask, clusters, services)
    found = {
        Target(view.cluster, run.execution.ref.workflow_id)
        for view in answers
        if isinstance(view, ClusterView)
        for run in view.unrecognised
        if run.is_open and text in (run.execution.ref.workflow_id, f"{view.cluster}/{run.execution.ref.workflow_id}")
    }
    work = tuple(OpenWork(target) for target in sorted(found, key=str))
    silent = tuple(answer.cluster for answer in answers if isinstance(answer, Silent))
    return RunsOnSeveral(text, work, silent) if len(work) > 1 else next(iter(work), None)


def reaches_queue(command: ControlRequest) -> bool:
    """Whether the command also concerns a customer that only waits in the queue of a cluster."""
    return isinstance(command, Pause | Resume | Terminate) or (isinstance(command, Cancel) and command.range is None)


async def with_other_clusters(target: Target, services: Services) -> ResolvedTarget:
    """A target that is already known. If it is a customer, with its open work on other clusters and a note about
    those that did not answer. If the customer is configured on the target's cluster, the other clusters on which it
    is configured are left out (``elsewhere``)."""
    report = await open_work_elsewhere(target, services)
    return ResolvedTarget(target, elsewhere=elsewhere_notes(target.customer, report))


def _typed_cluster(text: str, configured: Directory) -> tuple[str, ...]:
    """The cluster that was typed before the customer, which limits the search to it; empty if none was typed."""
    cluster, slash, _ = text.partition("/")
    return tuple(name for name in configured if slash and name.casefold() == cluster.casefold())
