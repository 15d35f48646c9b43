"""The warnings to read before confirming a proposal, in plain text."""

from collections.abc import Sequence

from bot.blocks import open_work, refusals, words
from bot.blocks.lines import first_names
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.proposals.activity_warnings import (
    ActivityWarning,
    AttemptsGoOn,
    DeathSeenLater,
    LaterActivitiesRun,
    OutsideGoesOn,
    PausedAttemptOpen,
    StayPaused,
)
from bot.fleet.proposals.warnings import (
    CampaignWarning,
    ClusterWarning,
    CustomerWarning,
    DaysOfNobody,
    DoesNotApply,
    EndsByItself,
    EndWarning,
    InCampaigns,
    LeftBelow,
    LeftOut,
    MayBeDoneAgain,
    NeverSeen,
    NothingCancelled,
    NothingStarted,
    OfOneCustomer,
    OperationsGoOn,
    OthersGoOn,
    OtherTypeRuns,
    ProgressUnknown,
    ProposalWarning,
    QueuedInOrder,
    ResizesWhatIsToCome,
    RunsAgain,
    SequenceWarning,
    SkipSparesRunning,
    StartWarning,
    StruggledBefore,
    Unrecognised,
    UnwrittenIsLost,
    VolumesUnknown,
    WaitsForCancelled,
)
from bot.fleet.runs.open_work import AlsoRuns, ExpectedElsewhere, NamesNotSeen, NotSeen
from bot.model import duration_text, in_utc
from bot.model.queue import QueueOrder
from bot.model.text import listed

# A warning names at most this many of the workflows that go on.
MOST_NAMES = 5


def mark(warning: ProposalWarning) -> str:
    """The icon before the sentence. A sentence that only explains the command has another icon than a warning."""
    return ":information_source:" if isinstance(warning, QueuedInOrder | InCampaigns) else ":warning:"


def text(warning: ProposalWarning) -> str:
    """The warning as a sentence."""
    match warning:
        case AlsoRuns() | NotSeen() | ExpectedElsewhere() | NamesNotSeen():
            return open_work.note(warning)
        case LeftOut() | DoesNotApply() | Unrecognised() | OfOneCustomer() | QueuedInOrder():
            return _of_cluster(warning)
        case InCampaigns() | DaysOfNobody():
            return _of_campaign(warning)
        case _:
            return _of_customer(warning)


def _of_campaign(warning: CampaignWarning) -> str:
    match warning:
        case DaysOfNobody(campaign):
            run = f"{SLASH} run all in {typed(campaign)}"
            return f"What runs goes on, and nobody fills the new days yet: {run} queues them."
        case InCampaigns(names):
            return f"In {'campaign' if len(names) == 1 else 'the campaigns'} {listed(names)}."


def _of_cluster(warning: ClusterWarning) -> str:
    match warning:
        case LeftOut(customers, reason):
            return f"Left out now: {listed(customers)}. {refusals.problem(reason)}"
        case DoesNotApply(customers):
            return f"It does not apply to {listed(customers)}, and what runs there is left to run."
        case Unrecognised(number):
            return open_work.unrecognised(number)
        case QueuedInOrder(order, at_once):
            first = "by name" if order is QueueOrder.NAME else f"{order.value} first"
            return f"The customers wait in the queue of their cluster, {first}. {_at_once(at_once)}"
        case OfOneCustomer(customer, own):
            return f"{customer}: {text(own)}"


def _at_once(at_once: Sequence[tuple[str, int]]) -> str:
    """``At most 8 windows run at once on voice-prod, 4 on us-east-1-prod.``"""
    (cluster, number), *others = at_once
    are_alike = others and {most for _, most in others} == {number}
    first = f"{words.plural(number, 'window')} {'runs' if number == 1 else 'run'} at once on"
    if are_alike:
        return f"At most {first} each cluster."
    on_others = [f"{most:,} on {name}" for name, most in others]
    return f"At most {first_names([f'{first} {cluster}', *on_others], MOST_NAMES)}."


def _of_customer(warning: CustomerWarning) -> str:
    if isinstance(warning, SequenceWarning):
        return _of_sequence(warning)
    if isinstance(warning, StartWarning):
        return _of_start(warning)
    if isinstance(warning, EndWarning):
        return _of_end(warning)
    return _of_activities(warning)


def _of_sequence(warning: SequenceWarning) -> str:
    match warning:
        case ProgressUnknown(started_at):
            return f"The sequence does not answer now; it was begun at {in_utc(started_at)}."
        case SkipSparesRunning(windows):
            running = ", ".join(map(str, windows))
            return f"The window that runs, {running}, goes on: only windows still to come are left out."
        case OthersGoOn(number):
            others = f"{words.plural(number, 'open workflow')} {words.be(number)} not the sequence's"
            return f"{others}, and left to run: cancel again once the sequence has ended."
        case WaitsForCancelled(number):
            cancelled = f"{words.plural(number, 'window')} {words.be(number)} being cancelled already"
            return f"{cancelled}: waited for first, then run again."
        case ResizesWhatIsToCome(customer):
            return f"A sequence of {customer} runs already: only its windows still to come get the new size."
        case EndsByItself():
            ends = "most probably its sequence ends by itself in a moment, and tells more then"
            return f"Nothing of it runs any more: {ends}."


def _of_start(warning: StartWarning) -> str:
    match warning:
        case RunsAgain(days):
            return f"{words.days(days)} of it would be run again."
        case NeverSeen(name, cluster):
            return f"No workflow of type {name} has been seen on {cluster} yet: make sure that its workers know it."
        case NothingStarted():
            return "All other days are complete or run: after the cancelling nothing is started."
        case StruggledBefore(command, days, smaller):
            split = open_work.command_form(command, "split", f"windows {smaller}d")
            return f"A window of {words.days(days)} struggled: {split} makes them smaller."
        case VolumesUnknown(why):
            return f"The source did not say how much there is, or whether there is anything: {why}."


def _of_end(warning: EndWarning) -> str:
    match warning:
        case NothingCancelled(something_runs):
            return f"Nothing is cancelled: {'what runs does not struggle' if something_runs else 'nothing runs'}."
        case MayBeDoneAgain(run):
            return f"It does not struggle, and what it has done may be done again: {open_work.run(run)}."
        case UnwrittenIsLost():
            return "Rows not yet written are lost, and the attempt may keep writing for a few minutes."
        case LeftBelow(names):
            shown = ", ".join(names[:MOST_NAMES]) + (
                f" and {len(names) - MOST_NAMES} more" if names[MOST_NAMES:] else ""
            )
            left = f"{words.plural(len(names), 'workflow')} below it {words.be(len(names))} left to run"
            return f"{left}, abandoned by {'its parent' if len(names) == 1 else 'their parents'}: {shown}."
        case OperationsGoOn(names):
            operations = f"{words.plural(len(names), 'Nexus operation')} may go on"
            ends = "it ends" if len(names) == 1 else "they end"
            return f"{operations}, and Temporal does not tell when {ends}: {first_names(names, MOST_NAMES)}."
        case OtherTypeRuns(ended, started):
            return f"What is cancelled is {ended}; its days are run again as {started}."


def _of_activities(warning: ActivityWarning) -> str:
    match warning:
        case DeathSeenLater(timeout):
            span = duration_text(timeout)
            return f"If its worker dies, that shows only after {span}; and once cancelled, it is waited for as long."
        case AttemptsGoOn(number):
            goes = "an attempt that runs goes" if number == 1 else f"{number:,} attempts that run go"
            return f"{goes[0].upper()}{goes[1:]} on as before."
        case LaterActivitiesRun():
            return "What their workflow begins later is not paused, and no timeout ends what is."
        case OutsideGoesOn(number):
            outside = f"{words.plural(number, 'workflow')} outside of a sequence"
            return f"{outside} {'goes' if number == 1 else 'go'} on: no activity there can be paused now."
        case StayPaused(number):
            stays = words.plural(number, "activity")
            return f"{stays} {'stays' if number == 1 else 'stay'} paused: the bot may not resume activities here."
        case PausedAttemptOpen(command):
            resume = open_work.command_form(command, "resume")
            return f"Something of it is paused: a silent attempt hears of the cancel only after {resume}."
