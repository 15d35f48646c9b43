"""The sentences of refusals about campaigns: what is the matter, and what to type instead."""

from bot.blocks import words
from bot.commands import SLASH, shown
from bot.commands.typed_command import typed_command
from bot.commands.words import typed
from bot.fleet.refusals.campaigns import (
    CampaignBroken,
    CampaignClosed,
    CampaignExists,
    CampaignInFile,
    CampaignInUse,
    CampaignIsOpen,
    CampaignNotOnCluster,
    CampaignOverlaps,
    CampaignRefusal,
    EndBeforeStart,
    OnOtherClusters,
    SameEnd,
    TablesGone,
    UnknownCampaign,
    WhichCampaign,
)

# Of the customers that keep a campaign from being closed, at most this many are named.
_NAMED = 5
_LIST = f"{SLASH} campaigns lists them."


def about_campaign(reason: CampaignRefusal) -> tuple[str, str]:  # noqa: C901, PLR0911, PLR0912  (one line a kind is the point)
    """What is the matter, and what to do."""
    match reason:
        case WhichCampaign(_, ()):
            return "No campaign is open.", f"{SLASH} campaigns shows those that were; add in NAME to look at one."
        case WhichCampaign(word, names):
            choice = " or ".join(f"in {typed(name)}" for name in names)
            return f"{len(names)} campaigns are open.", f"Say which: {SLASH} {word} … {choice}."
        case UnknownCampaign(text, names):
            known = f"There {'is' if len(names) == 1 else 'are'} {', '.join(map(typed, names))}."
            return f"There is no campaign {shown(text)}.", known
        case CampaignClosed(name):
            return f"The campaign {name} is closed.", f"{SLASH} campaign reopen {typed(name)} opens it again."
        case CampaignBroken(name, problem):
            return f"The campaign {name} starts nothing: {problem}.", "Mend backfill.toml and restart the bot."
        case TablesGone(name, tables):
            hint = "Add a [[verify.tables]] of such a name and restart the bot."
            return f"backfill.toml has no table of the campaign {name} any more: {words.joined(tables)}.", hint
        case CampaignNotOnCluster(name, cluster):
            hint = f"Add {cluster} to its clusters in backfill.toml and restart the bot."
            return f"The campaign {name} does not fill {cluster}.", hint
        case CampaignInFile(name):
            hint = "Change it there and restart the bot; it can be closed and reopened from here."
            return f"The campaign {name} is in backfill.toml, and the file wins.", hint
        case CampaignExists(name, is_open):
            verb = "extend" if is_open else "reopen"
            return f"There is a campaign {name} already.", f"{SLASH} campaign {verb} {typed(name)} changes it."
        case CampaignOverlaps(name, other, days):
            why = f"{name} and {other} would both fill {days.with_year()} of the same customers."
            return why, "Choose other days, or close the other campaign first."
        case SameEnd(name, end):
            return f"The campaign {name} ends on {end} already.", _LIST
        case EndBeforeStart(name, start, end):
            return f"{end} is not after the first day of {name}, which is {start}.", _LIST
        case CampaignInUse():
            return _in_use(reason)
        case CampaignIsOpen(name):
            return f"The campaign {name} is open already.", _LIST
        case OnOtherClusters(command, customer, places):
            where = " and ".join(f"on {cluster} in {name}" for name, cluster in places)
            choice = " or ".join(f"in {typed(name)}" for name, _ in places)
            again = typed_command(command.model_copy(update={"campaign": ""}), [customer])
            return f"{customer} has something open {where}.", f"Say which: {again} {choice}."


def _in_use(reason: CampaignInUse) -> tuple[str, str]:
    name = reason.name
    if not reason.customers:
        return f"{', '.join(reason.silent)} did not answer, so what is open of {name} is unknown.", "Try again later."
    named = ", ".join(reason.customers[:_NAMED])
    rest = f" and {len(reason.customers) - _NAMED:,} more" if len(reason.customers) > _NAMED else ""
    stop = f"{SLASH} cancel CLUSTER in {typed(name)}"
    hint = f"The button stops them all and closes it. Or wait, or stop them yourself: {stop}."
    return f"Open or queued in {name}: {named}{rest}.", hint
