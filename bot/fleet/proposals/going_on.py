"""Refuses to run days if an open workflow below the customer's runs fills them and will go on. Otherwise two
workflows would write the same rows."""

from collections.abc import Collection, Sequence

from bot.fleet.proposals.context import ProposalContext
from bot.fleet.refusals.declined import ActionBlocked
from bot.fleet.refusals.runs import ChildGoesOn
from bot.fleet.runs.run import Run
from bot.model import Window


def refuse_beside_children(context: ProposalContext, cleared: Sequence[Run], to_run: Collection[Window]) -> None:
    """Raise ActionBlocked if an open workflow below the customer's runs fills days of ``to_run`` and goes on after
    the ``cleared`` runs have ended. The error is about the first such workflow. A workflow that is also in
    ``context.open`` does not count: it is a window of its own, which a sequence waits for."""
    followed = {ref for run in (*context.open, *context.ending_below(cleared)) for ref in run.refs}
    for child in context.descendants:
        identity, run = child.identity, child.execution
        if identity is None or identity.customer != context.target.customer or run.ref in followed:
            continue
        if any(identity.window.intersection(window) for window in to_run):
            facts = ChildGoesOn(identity.customer, run.workflow_type, run.ref.workflow_id, identity.window)
            raise ActionBlocked(facts)
