"""Proposals of commands that stop something: in the campaign that they name, or else in all campaigns."""

from collections.abc import Awaitable, Callable, Sequence

from bot.commands import ControlRequest, Reach
from bot.fleet.proposals.bulk import BulkProposal
from bot.fleet.proposals.campaigns import joined_over_campaigns, judged_in
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.refusals.declined import Declined
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from bot.usecases.control.candidates import Candidate, Gather

Propose = Callable[[ControlRequest, Services], Awaitable[Proposal | BulkProposal]]


async def propose_in_all(command: ControlRequest, propose: Propose, services: Services) -> Proposal | BulkProposal:
    """The proposal over all campaigns, closed ones included, because something of them may still be open. Raises
    Declined if there is nothing to do in any of them."""
    book = await campaign_book(services)
    if not book.has_several:
        return await propose(command, services)
    results: list[tuple[str, Proposal | Declined]] = []
    for campaign in book.campaigns:
        try:
            proposal = await propose(command, in_campaign(campaign, book, services))
        except Declined as exc:
            results.append((campaign.name, exc))
            continue
        if not isinstance(proposal, Proposal):
            raise TypeError(proposal, "is no Proposal")
        results.append((campaign.name, proposal))
    return joined_over_campaigns(results, book.home.name)


def over_campaigns(gather: Gather) -> Gather:
    """A ``Gather`` that calls ``gather`` in the campaign that the command names, or else in all campaigns. If there
    are several, each customer has one candidate, whose ``judge`` joins the proposals of the campaigns."""

    async def gather_in(
        cluster: str, customers: Sequence[str], command: ControlRequest, services: Services
    ) -> list[Candidate]:
        book = await campaign_book(services)
        if not book.has_several:
            return await gather(cluster, customers, command, services)
        named = [each for each in book.campaigns if each.name == command.campaign]
        campaigns = book.campaigns if command.reach is Reach.ALL and not command.campaign else named
        found = [
            (campaign.name, await gather(cluster, customers, command, in_campaign(campaign, book, services)))
            for campaign in campaigns
        ]
        if len(found) == 1:
            return found[0][1]
        return [
            Candidate(own[0][1].target, judged_in([(name, each.judge) for name, each in own], book.home.name))
            for customer in customers
            if (own := [(name, each) for name, of in found for each in of if each.target.customer == customer])
        ]

    return gather_in
