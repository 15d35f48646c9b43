"""A proposal in words: what would be done, how long it takes, the range, the acts and the windows."""

from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.blocks import (
    acts,
    campaign_change,
    kit,
    sequence_phrases,
    sizing,
    windows,
    words,
)
from bot.blocks.lines import Line
from bot.commands.control import Cancel, Retry, Run
from bot.fleet.planning.plan import Plan
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.proposal import Act, BeginSequence, ChangeQueue, Instruct, Proposal
from bot.model import Window

# In characters, for all windows together.
WINDOWS_ROOM = 2_500


def headline(proposal: Proposal) -> str:
    """What is about to happen. For a customer, ``About to cancel 1 workflow and start 11 windows of 5 days for hilton
    on voice-prod, about 20–31 h.``; for a cluster, its name comes first. For a campaign, see ``campaign_change``."""
    target = proposal.target
    campaign = next((act for act in proposal.acts if isinstance(act, ChangeCampaign)), None)
    if campaign:
        return campaign_change.headline(campaign)
    if not target.customer:
        number = len(proposal.customers)
        where = f"{words.plural(number, 'customer')} on {target.cluster}" if number else target.cluster
        summary = acts.cluster_summary(proposal.acts)
        return f"{where}: about to {summary}{_total_duration_suffix(proposal)}."
    summary, name = acts.customer_summary(proposal.acts), words.name(target.customer)
    return f"About to {summary} for {name} on {target.cluster}{_duration_suffix(proposal)}."


def _duration_suffix(proposal: Proposal) -> str:
    """How long the windows take; "" if none are started."""
    plan = _shown_plan(proposal)
    if plan is None:
        return ""
    eta = plan.eta
    return f", about {sizing.span(eta)}" if eta else "; how long that takes is not known"


def _total_duration_suffix(proposal: Proposal) -> str:
    """How long it takes until the last customer is done; "" if no windows are started."""
    if not _starts_windows(proposal):
        return ""
    eta = proposal.until_last
    return f", about {sizing.span(eta)} until the last is done" if eta else "; how long that takes is not known"


def facts(proposal: Proposal) -> list[Block]:
    """The range, and why windows have this size."""
    common, plan = _common_range(proposal), _shown_plan(proposal)
    facts = [f"Days: {common}."] if common else []
    if plan:
        facts.append(sizing.why(plan))
    return [kit.context("\n".join(kit.escape(fact) for fact in facts))] if facts else []


def _common_range(proposal: Proposal) -> str:
    """The range of the whole proposal; "" if the proposal has several ranges or none. A range that a person typed is
    written as it was typed."""
    plan, command = proposal.plan, proposal.command
    ranges = dict(filter(None, map(_act_range, proposal.acts)))
    if plan:
        ranges = {plan.whole: plan.at}
    elif len(ranges) != 1 or not all(map(_act_range, _of_customers(proposal))):
        return ""
    ((whole, at),) = ranges.items()
    is_typed = isinstance(command, Run | Retry | Cancel) and command.range == whole
    return words.range_of_answer(whole, at, is_typed=is_typed)


def _of_customers(proposal: Proposal) -> list[Act]:
    return [act for act in proposal.acts if not isinstance(act, ChangeQueue)]


def _act_range(act: Act) -> tuple[Window, datetime] | None:
    """The range of an act, and when its sequence begins or has begun; None if the act has no range."""
    match act:
        case BeginSequence(spec=spec):
            window, at = sequence_phrases.whole(spec), spec.started_at
        case Instruct(standing=standing, instruction=instruction):
            own = sequence_phrases.whole(standing.progress.spec) if standing.progress else None
            window, at = instruction.window or own, standing.started_at
        case _:
            return None
    return (window, at) if window else None


def _shown_plan(proposal: Proposal) -> Plan | None:
    """The plan of the windows that the proposal would start; None if it would start no windows."""
    return proposal.plan if _starts_windows(proposal) else None


def _starts_windows(proposal: Proposal) -> bool:
    return any(isinstance(act, BeginSequence) and act.spec.days for act in proposal.acts)


def table(proposal: Proposal) -> list[Block]:
    """The windows that are started, as lines of fixed width."""
    plan = _shown_plan(proposal)
    return kit.preformatted(windows.table_lines(plan, WINDOWS_ROOM)) if plan else []


def lines(proposal: Proposal) -> list[Line]:
    """Each act in detail if the proposal is about one customer; a line for each customer if it is about a cluster."""
    if not proposal.target.customer:
        of_queue = [line for act in proposal.acts if not act.customer for line in acts.details(act, None)]
        by_customer = ([act for act in proposal.acts if act.customer == customer] for customer in proposal.customers)
        return [*of_queue, *map(acts.summary_line, by_customer)]
    whole = proposal.plan.whole if proposal.plan else None
    details = [line for act in proposal.acts for line in acts.details(act, whole)]
    return list(dict.fromkeys([*details, *_rows_kept(proposal), *acts.consequences(proposal.acts)]))


def _rows_kept(proposal: Proposal) -> list[Line]:
    """If the proposal cancels runs and then starts windows, what becomes of the rows that these runs have written.
    Empty otherwise."""
    cancels = any(isinstance(act, BeginSequence) and act.cancels for act in proposal.acts)
    kept = "Rows already written stay, and complete days are not run again."
    return [Line.of(kept)] if cancels and _starts_windows(proposal) else []
