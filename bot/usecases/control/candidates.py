"""Gathers, once for each cluster, what a command for several customers needs to know about all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.commands import Cancel, ControlRequest, Pause, Resume
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.bulk import ClusterLeftOut
from bot.fleet.proposals.context import ProposalContext, StartContext
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.status.board import Silent
from bot.services import Services
from bot.usecases.control.context import contexts_of_customers, own_part
from bot.usecases.control.described import with_descriptions
from bot.usecases.control.plan_inputs import start_contexts_of
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import observe, observe_open, observe_whole
from bot.usecases.queue.standing import standing

_C = TypeVar("_C", bound=ControlRequest)
_Context = TypeVar("_Context")
Judge = Callable[[ControlRequest], Proposal]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer whose context is known. ``judge`` makes the proposal for a command. The command that is passed to
    ``judge`` may have other options than the typed one, such as another window size. ``judge`` raises Declined, or
    Unavailable if the context lacks something. ``unrecognised`` is the number of open runs on the customer's cluster
    that have no recognised customer."""

    target: Target
    judge: Judge
    unrecognised: int = 0


Gather = Callable[[str, Sequence[str], ControlRequest, Services], Awaitable[list[Candidate]]]
"""Gathers the candidates among a cluster's customers. Raises DependencyError if the cluster does not answer."""


def to_start(kind: type[_C], judge: Callable[[_C, StartContext], Proposal]) -> Gather:
    """A ``Gather`` for a command that starts windows. Its contexts have all runs of the customers, the volumes and
    the workers."""

    async def gather(
        cluster: str, customers: Sequence[str], _command: ControlRequest, services: Services
    ) -> list[Candidate]:
        view = await observe_whole(cluster, services)
        contexts = await contexts_of_customers(customers, view, services)
        starts = await start_contexts_of(view, contexts, services)
        return [_candidate(start.context, narrowed(kind, judge, start)) for start in starts]

    return gather


def to_stop(kind: type[_C], judge: Callable[[_C, ProposalContext], Proposal]) -> Gather:
    """A ``Gather`` for a command that stops or steers open work. Its contexts have the queue and the open runs, or
    all runs if the command skips days."""

    async def gather(
        cluster: str, customers: Sequence[str], command: ControlRequest, services: Services
    ) -> list[Candidate]:
        # Which days are still to be run depends on all runs, including ended ones.
        skips_days = isinstance(command, Cancel) and command.range is not None
        view, queue = await asyncio.gather(
            (observe if skips_days else observe_open)(cluster, services), standing(cluster, services)
        )
        part = own_part(queue, services)
        contexts = await contexts_of_customers(customers, view, services)
        if isinstance(command, Pause | Resume):
            contexts = await with_descriptions(cluster, contexts, services)
        contexts = [replace(each, queue=part) for each in contexts]
        return [_candidate(context, narrowed(kind, judge, context)) for context in contexts]

    return gather


def _candidate(context: ProposalContext, judge: Judge) -> Candidate:
    return Candidate(context.target, judge, context.unrecognised)


async def gather_all(
    targets: Sequence[Target], command: ControlRequest, gather: Gather, services: Services
) -> tuple[list[Candidate], tuple[ClusterLeftOut, ...]]:
    """The candidates in the order of ``targets``, and the clusters that did not answer."""
    customers: dict[str, list[str]] = {}
    for target in targets:
        customers.setdefault(target.cluster, []).append(target.customer)

    async def ask(cluster: str) -> list[Candidate]:
        return await gather(cluster, customers[cluster], command, services)

    answers = await ask_all(ask, tuple(customers), services)
    found = {each.target: each for answer in answers if isinstance(answer, list) for each in answer}
    silent = tuple(
        ClusterLeftOut(answer.cluster, answer.why, tuple(customers[answer.cluster]))
        for answer in answers
        if isinstance(answer, Silent)
    )
    return [found[target] for target in targets if target in found], silent


def narrowed(kind: type[_C], judge: Callable[[_C, _Context], Proposal], context: _Context) -> Judge:
    """A judge for commands of this ``kind``. It raises TypeError for any other command."""

    def judge_command(command: ControlRequest) -> Proposal:
        if not isinstance(command, kind):
            raise TypeError(type(command), "is not", kind)
        return judge(command, context)

    return judge_command
