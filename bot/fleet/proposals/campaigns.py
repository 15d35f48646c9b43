"""Joins the proposals of a command in several campaigns into one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.commands import ControlRequest
from bot.fleet.campaigns.membership import CampaignView
from bot.fleet.proposals.bulk import BulkProposal
from bot.fleet.proposals.proposal import Act, Proposal
from bot.fleet.proposals.warnings import InCampaigns
from bot.fleet.refusals.campaigns import OnOtherClusters
from bot.fleet.refusals.declined import ActionBlocked, Declined

Judge = Callable[[ControlRequest], Proposal]
_P = TypeVar("_P", Proposal, BulkProposal, Proposal | BulkProposal)


def judged_in(judges: Sequence[tuple[str, Judge]], home: str) -> Judge:
    """A function that proposes a command in all campaigns. It asks the judge of each campaign and joins the answers.
    ``judges`` has the names of the campaigns; for ``home`` see ``joined_over_campaigns``."""

    def judge(command: ControlRequest) -> Proposal:
        results: list[tuple[str, Proposal | Declined]] = []
        for name, of_campaign in judges:
            try:
                result: Proposal | Declined = of_campaign(command)
            except Declined as exc:
                result = exc
            results.append((name, result))
        return joined_over_campaigns(results, home)

    return judge


def joined_over_campaigns(results: Sequence[tuple[str, Proposal | Declined]], home: str) -> Proposal:
    """One proposal for all campaigns, which names the campaigns in which something is done. An act that two campaigns
    share is done once.

    If no campaign has a proposal, raises one of the refusals. An ``ActionBlocked`` comes before any other
    ``Declined``; among equals, the refusal of the ``home`` campaign comes first. Raises ActionBlocked if the
    proposals are about different clusters, because a proposal acts on one cluster.
    """
    proposals = [(name, result) for name, result in results if isinstance(result, Proposal)]
    if not proposals:
        refusals = sorted(
            ((name, result) for name, result in results if isinstance(result, Declined)),
            key=lambda each: (not isinstance(each[1], ActionBlocked), each[0] != home),
        )
        raise refusals[0][1]
    first = proposals[0][1]
    if len({proposal.target for _, proposal in proposals}) > 1:
        places = tuple((name, proposal.target.cluster) for name, proposal in proposals)
        raise ActionBlocked(OnOtherClusters(first.command, first.target.customer, places))
    acts: dict[tuple[str, ...], Act] = {}
    for _, proposal in proposals:
        for act in proposal.acts:
            acts.setdefault((type(act).__name__, *act.identity), act)
    named = InCampaigns(tuple(dict.fromkeys(name for name, _ in proposals)))
    warnings = dict.fromkeys(warning for _, proposal in proposals for warning in proposal.warnings)
    return replace(first, acts=tuple(acts.values()), warnings=(named, *warnings), plan=None)


def within(proposal: _P, view: CampaignView | None) -> _P:
    """The proposal, with a note of the campaign that it is in. It is unchanged if only one campaign is known
    (``view`` is None)."""
    if view is None:
        return proposal
    return replace(proposal, warnings=(InCampaigns((view.campaign.name,)), *proposal.warnings))
