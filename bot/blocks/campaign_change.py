"""A change of a campaign in words: the question before it, the result after it, and the states before and after
for the audit."""

from bot.blocks import words
from bot.commands.campaign import CampaignAction
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.model import CampaignDefinition

# Of the customers whose work is stopped before a campaign is closed, at most this many are named.
_NAMED = 20


def headline(act: ChangeCampaign) -> str:
    """``About to change the campaign march to Mar 1–Apr 7, 2026 (38 days).``"""
    return f"About to {phrase(act)}."


def phrase(act: ChangeCampaign) -> str:
    """What would be done, worded to follow "about to"."""
    match act.action:
        case CampaignAction.OPEN:
            return f"open the campaign {act.name} for {_days(act.after)}"
        case CampaignAction.EXTEND:
            return f"change the campaign {act.name} to {_days(act.after)}"
        case CampaignAction.CLOSE:
            stop = f"stop {words.plural(len(act.stops), 'customer')}, then " if act.stops else ""
            return f"{stop}close the campaign {act.name}"
        case CampaignAction.REOPEN:
            return f"open the campaign {act.name} again"


def details(act: ChangeCampaign) -> str:
    """What a person should know before confirming the change."""
    match act.action:
        case CampaignAction.OPEN:
            return f"Filled: {_filled(act.after)}."
        case CampaignAction.EXTEND:
            return f"So far: {_days(act.before)}." if act.before else ""
        case CampaignAction.CLOSE:
            end = "Its last report is posted, its alerts end, and nothing of it can be started until it is reopened."
            return f"{_stopped(act)}{end}"
        case CampaignAction.REOPEN:
            return f"Its days: {_days(act.after)}. Nothing starts by itself."


def _stopped(act: ChangeCampaign) -> str:
    """Whose work is stopped before the campaign is closed, and what happens to it; "" if nothing has to be
    stopped."""
    if not act.stops:
        return ""
    hidden = len(act.stops) - _NAMED
    more = [f"{hidden:,} more"] if hidden > 0 else []
    who = words.joined([*act.stops[:_NAMED], *more])
    return f"Stopped first: {who}. Their windows are cancelled, and what waits in queues is taken out. "


def result(act: ChangeCampaign) -> str:
    """What has been done."""
    return f"{after(act)}."


def before(act: ChangeCampaign) -> str:
    """The state before, as the audit stores it."""
    if act.before is None:
        return "no such campaign"
    return "closed" if act.action is CampaignAction.REOPEN else f"open, {_days(act.before)}"


def after(act: ChangeCampaign) -> str:
    """The state afterwards, as the audit stores it."""
    return "closed" if act.action is CampaignAction.CLOSE else f"open, {_days(act.after)}"


def _days(definition: CampaignDefinition) -> str:
    return f"{definition.window.with_year()} ({words.days(definition.window.days)})"


def _filled(definition: CampaignDefinition) -> str:
    tables = ", ".join(definition.tables) or "all tables"
    clusters = ", ".join(definition.clusters) or "all clusters"
    customers = words.plural(len(definition.customers), "customer") if definition.customers else "all customers"
    by = f" by {definition.workflow}" if definition.workflow else ""
    return f"{tables}{by}, {customers} on {clusters}, days of {definition.timezone}"
