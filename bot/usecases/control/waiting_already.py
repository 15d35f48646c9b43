"""Finds the customers that a command would queue although they wait in the queue already."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands import ControlRequest, Run
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.queue.places import waiting_for
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import WaitsAlready
from bot.model.queue import Batch, QueueStanding
from bot.services import Services
from bot.usecases.control.candidates import Candidate, Judge
from bot.usecases.display_names import names_of
from bot.usecases.queue.standing import standing


async def without_waiting(
    cluster: str, candidates: Sequence[Candidate], command: Run, services: Services
) -> list[Candidate]:
    """The same candidates. If a candidate's customer waits in the queue already, its ``judge`` refuses, because
    queueing the customer again would change nothing. If the queue does not answer, nobody is refused."""
    queue = await standing(cluster, services)
    if not isinstance(queue, QueueStanding):
        return list(candidates)
    waiting = waiting_for(_asked(command, services), queue.state)
    names = await names_of([batch.by for batch in waiting.values()], services)

    def refused(candidate: Candidate) -> Candidate:
        batch = waiting.get(candidate.target.customer)
        return replace(candidate, judge=_refusing(candidate.judge, names[batch.by])) if batch else candidate

    return [refused(each) for each in candidates]


def _refusing(judge: Judge, by: str) -> Judge:
    """A judge that refuses whatever ``judge`` would propose, because ``by`` has already queued the customer. If
    ``judge`` itself raises an error, that error is raised."""

    def judge_waiting(command: ControlRequest) -> Proposal:
        judge(command)
        raise Declined(WaitsAlready(by))

    return judge_waiting


def _asked(command: Run, services: Services) -> Batch:
    campaign = services.config.campaign
    whole = command.range or campaign.window
    return Batch("", "", "", command.which.value, whole, command.days, campaign=campaign.name)
