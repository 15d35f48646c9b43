"""Why something cannot be done now, in plain text: the problem, and a hint about what to do or type instead.

The sentences about a customer's runs and its sequence are in ``refusals_about_work``.
"""

from collections.abc import Sequence

from bot.blocks import open_work, words
from bot.blocks.refusals_about_campaigns import about_campaign
from bot.blocks.refusals_about_work import about_runs, about_sequence
from bot.commands import SLASH, Notify, Plan, shown, usage_hint
from bot.commands.words import typed
from bot.fleet.name_lookup import NameRefusal, SeveralClusters, UnknownCustomer, UnknownName
from bot.fleet.refusals.campaigns import CampaignRefusal
from bot.fleet.refusals.declined import (
    BlockedForAll,
    ClusterRefusal,
    Declined,
    NamesRefused,
    NothingForAny,
    NothingOnCluster,
    Refusal,
)
from bot.fleet.refusals.requests import (
    AlertOver,
    AlertRefusal,
    AlertUnknown,
    BulkRequestRefusal,
    ClusterAmongNames,
    ClusterGiven,
    DialogTooOld,
    NoAlert,
    NoAlertOnCluster,
    NoSuchCluster,
    NotForAll,
    NothingIncomplete,
    NothingStruggles,
    OutsideCampaign,
    ReasonMissing,
    RequestRefusal,
    SeveralAlerts,
    WindowsTooLong,
)
from bot.fleet.refusals.runs import RunRefusal
from bot.fleet.refusals.sequences import SequenceRefusal
from bot.fleet.runs.open_work import NotSeen, RunsOnSeveral

# A hint lists at most this many open alerts, and counts the others.
ALERTS_LISTED = 10
# A refusal of a command for several customers shows at most this many reasons, and counts the others.
REASONS_TOLD = 5


def lines(declined: Declined) -> tuple[str, str]:
    """The problem and the hint of a refusal. Its notes are at the end of the hint, which may be ""."""
    problem, hint = _lines(declined.reason)
    return problem, " ".join(filter(None, (hint, *map(open_work.note, declined.notes))))


def problem(reason: Refusal) -> str:
    """The problem alone."""
    return _lines(reason)[0]


def _lines(reason: Refusal) -> tuple[str, str]:  # noqa: PLR0911  (one line a kind is the point)
    match reason:
        case UnknownName() | UnknownCustomer() | SeveralClusters():
            return _about_name(reason)
        case RunsOnSeveral():
            return _runs_on_several(reason)
        case SeveralAlerts() | NoAlert() | NoAlertOnCluster() | AlertUnknown() | AlertOver():
            return _about_alert(reason)
        case ReasonMissing() | ClusterGiven() | WindowsTooLong() | OutsideCampaign():
            return _about_request(reason)
        case NothingOnCluster() | BlockedForAll():
            return _about_cluster(reason)
        case NamesRefused() | NothingForAny():
            return _about_several(reason)
        case (
            ClusterAmongNames()
            | NoSuchCluster()
            | NothingStruggles()
            | NothingIncomplete()
            | NotForAll()
            | DialogTooOld()
        ):
            return _about_bulk_request(reason)
        case _:
            return about_campaign(reason) if isinstance(reason, CampaignRefusal) else _about_work(reason)


def _about_work(reason: RunRefusal | SequenceRefusal) -> tuple[str, str]:
    return about_runs(reason) if isinstance(reason, RunRefusal) else about_sequence(reason)


def _about_name(reason: NameRefusal) -> tuple[str, str]:
    match reason:
        case UnknownName(text, cluster, nearest):
            problem = f"There is no cluster or customer {shown(text)}."
            if cluster:
                problem += f" No cluster {shown(cluster)} is configured, or not any more."
            return problem, _nearest(nearest) or f"{SLASH} status shows every cluster, and what is open."
        case UnknownCustomer(customer, cluster, nearest):
            where = f"{SLASH} status {cluster} shows those that are there."
            return f"There is no customer {shown(customer)} on {cluster}.", _nearest(nearest) or where
        case SeveralClusters(text, targets):
            clusters = {target.partition("/")[0] for target in targets}
            where = f"is on {len(targets)} clusters" if len(clusters) == len(targets) else "names several customers"
            return f"{shown(text)} {where}.", f"Say which: {_choice(targets)}."


def _nearest(names: tuple[str, ...]) -> str:
    return f"Did you mean {_choice(names)}?" if names else ""


def _choice(names: tuple[str, ...]) -> str:
    return " or ".join(map(typed, names))


def _runs_on_several(reason: RunsOnSeveral) -> tuple[str, str]:
    where = "; ".join(f"{work.target.cluster}: {open_work.work(work)}" for work in reason.work)
    which = f"Say which: {_choice(tuple(str(work.target) for work in reason.work))}."
    others = open_work.note(NotSeen(reason.text, reason.silent)) if reason.silent else ""
    return f"{shown(reason.text)} runs on {len(reason.work)} clusters. {where}.", f"{which} {others}".strip()


def _about_alert(reason: AlertRefusal) -> tuple[str, str]:
    match reason:
        case SeveralAlerts(target, number, word, names):
            choices = " or ".join(f"{SLASH} {word} {typed(name)}" for name in names[:ALERTS_LISTED])
            return f"{number} alerts are open for {shown(target)}.", f"Type {choices}."
        case NoAlert(target, nearest, names):
            return f"No alert is open for {shown(target)}.", _open_alerts(nearest, names)
        case NoAlertOnCluster(cluster):
            return f"No alert of {cluster} is open.", f"{SLASH} status {typed(cluster)} shows what runs there."
        case AlertUnknown():
            return "This alert is not known any more.", ""
        case AlertOver(name, ending):
            return f"The alert about {name} is over: {ending}.", ""


def _open_alerts(nearest: str, names: tuple[str, ...]) -> str:
    if not names:
        return "No alert is open at all."
    if nearest:
        return f"Did you mean {typed(nearest)}?"
    rest = f" and {len(names) - ALERTS_LISTED} more" if len(names) > ALERTS_LISTED else ""
    return f"Alerts are open for {', '.join(map(typed, names[:ALERTS_LISTED]))}{rest}."


def _about_request(reason: RequestRefusal) -> tuple[str, str]:
    match reason:
        case ReasonMissing():
            return "Whatever changes something needs a reason.", "Say why: people read it in the thread."
        case ClusterGiven(command, cluster):
            subject = "a plan" if isinstance(command, Plan) else command.word()
            everybody = f" {SLASH} retry {typed(cluster)} runs what is missing for everybody there."
            hint = usage_hint(type(command)) + ("" if isinstance(command, Plan | Notify) else everybody)
            return f"{cluster} is a cluster, and {subject} is for one customer.", hint
        case WindowsTooLong(days, campaign):
            hint = f"It has {words.days(campaign.days)}, {campaign}."
            return f"Windows of {days:,} days are longer than the campaign.", hint
        case OutsideCampaign(days, campaign):
            inside = days.intersection(campaign)
            hint = f"Did you mean {inside}?" if inside else "Without a range the whole campaign is meant."
            return f"{days} is not within the campaign, which is {campaign}.", hint


def _about_cluster(reason: ClusterRefusal) -> tuple[str, str]:
    word, cluster = reason.command.word(), reason.cluster
    match reason:
        case NothingOnCluster(command, _, example, others, unrecognised):
            why = f" {problem(example)}" if example else ""
            customers = words.plural(others, "other customer")
            more = f" It does not apply to {customers} with something open, either." if others else ""
            strangers = f"{open_work.unrecognised(unrecognised)} " if unrecognised else ""
            hint = f"{strangers}{open_work.command_form(command, 'status')} shows what is open there."
            return f"There is nothing on {cluster} to {word}.{why}{more}", hint
        case BlockedForAll(_, _, number, reasons):
            hint = next(filter(None, (_lines(each)[1] for each in reasons)), "")
            more = f" {words.plural(len(reasons) - 1, 'other reason')} beside it." if len(reasons) > 1 else ""
            something = f"There is something to {word} of {words.plural(number, 'customer')} on {cluster}"
            return f"{something}, but not now. {problem(reasons[0])}{more}", hint


def _about_several(reason: NamesRefused | NothingForAny) -> tuple[str, str]:
    match reason:
        case NamesRefused(reasons):
            problems, hints = zip(*map(_lines, reasons), strict=True)
            return f"{_first(problems)} Nothing was proposed for the others.", _first(hints)
        case NothingForAny(command, number, reasons, silent):
            silence = [f"{', '.join(silent)} did not answer."] if silent else []
            why = _first([*silence, *map(problem, reasons)])
            return f"There is nothing to {command.word()} now for {words.plural(number, 'customer')}.", why


def _about_bulk_request(reason: BulkRequestRefusal) -> tuple[str, str]:
    match reason:
        case ClusterAmongNames(command, cluster):
            hint = f"Type the customers' names, or {cluster} alone if {command.word()} takes a cluster."
            return f"{cluster} is a cluster, and cannot stand among several customers.", hint
        case NoSuchCluster(text, clusters):
            return f"There is no cluster {shown(text)}.", f"There are {', '.join(map(typed, clusters))}."
        case NothingStruggles(cluster, silent):
            unknown = f"{', '.join(silent)} did not answer, so what runs there is unknown." if silent else ""
            hint = f"{SLASH} struggling lists whatever needs a look."
            return f"Nothing struggles on {cluster or 'any cluster'}.", f"{unknown} {hint}".strip()
        case NothingIncomplete(cluster, silent):
            unknown = f"{', '.join(silent)} did not answer, so who is complete there is unknown." if silent else ""
            return f"Every customer on {cluster or 'all clusters'} is complete.", unknown
        case NotForAll(option, _):
            hint = f"Name the customers: {SLASH} run hilton spirit {option}."
            return "This would run completed days again.", hint
        case DialogTooOld(word):
            return "This dialog was open for over an hour: nothing was done.", f"Type {SLASH} {word} … again."


def _first(sentences: Sequence[str]) -> str:
    """The first ``REASONS_TOLD`` distinct sentences, and how many more reasons there are."""
    different = list(dict.fromkeys(filter(None, sentences)))
    rest = len(different) - REASONS_TOLD
    more = [f"{words.plural(rest, 'more reason')}."] if rest > 0 else []
    return " ".join([*different[:REASONS_TOLD], *more])
