"""Stops everything of a campaign that is open or queued, cluster by cluster, before the campaign is closed."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.commands import Cancel
from bot.errors import BackfillBotError
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.problems import Problem, SystemFailed
from bot.fleet.proposals.proposal import ExecutedProposal
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.services import Services
from bot.usecases.campaigns.scope import services_of
from bot.usecases.control.execute import ConfirmedProposal
from bot.usecases.control.propose import cancel

CarryOut = Callable[[ConfirmedProposal, Services], Awaitable[ExecutedProposal]]


async def stop_campaign(
    act: ChangeCampaign, given: Approval, carry_out: CarryOut, services: Services
) -> Problem | None:
    """Cancel what is open on each cluster, as ``cancel CLUSTER in NAME`` does, with audit records of its own. Ends at
    the first problem and returns it: the campaign must not be closed then. Returns None if there was no problem. A
    second call stops what is left."""
    own = await services_of(act.name, services)
    alerts = await services.journal.open_episodes()
    for cluster in act.clusters_to_stop:
        approval = replace(given, change=secrets.token_hex(8))
        try:
            proposal = await cancel(Cancel(target=cluster, campaign=act.name), own)
            episodes = tuple(alert for alert in alerts if alert.ref.cluster == cluster)
            result = await carry_out(ConfirmedProposal(proposal, approval, episodes), services)
        except ActionBlocked as exc:
            return SystemFailed(services.audit_wording.refusal(exc.reason))
        except Declined:
            # Nothing is left to stop: it has ended, or is ending since somebody stopped it.
            continue
        except BackfillBotError as exc:
            return SystemFailed(str(exc))
        if problem := next((done.problem for done in result.done if done.problem), None):
            return problem
    return None
