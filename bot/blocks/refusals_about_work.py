"""Why a customer's runs or its sequence do not allow what was asked, in plain text: the problem and a hint."""

from bot.blocks import open_work, words
from bot.blocks.open_work import command_form
from bot.commands import ControlRequest, Pause, Selection
from bot.fleet.refusals.runs import (
    CancelledAlready,
    ChildGoesOn,
    CompleteAlready,
    DaysRun,
    NoData,
    NoHeartbeats,
    NoneFailed,
    NothingOpen,
    NothingToPause,
    NothingWaits,
    NoWorkers,
    PausesNotOffered,
    ResetsNotOffered,
    RunFacts,
    RunRefusal,
    RunsAlready,
    TimeoutLongEnough,
    TimeoutsFixed,
    WaitsAlready,
    WholeRangeRuns,
)
from bot.fleet.refusals.sequences import (
    NoDaysToCome,
    NoSequence,
    NoSequenceToSkip,
    NothingToRetry,
    NotPaused,
    PausedAlready,
    RetryLater,
    SameSize,
    SecondSequence,
    SequenceEnding,
    SequenceRefusal,
    SequenceSilent,
    StoppedAlready,
)
from bot.model import duration_text
from bot.model.text import listed

_NOT_AGAIN = {
    Selection.MISSING: "has failed, differs or was skipped; what is missing is still to come",
    Selection.FAILED: "has failed; what is missing is still to come",
    Selection.ALL: "has failed, differs or was skipped; complete ones can run again once the sequence has ended",
}


def about_runs(reason: RunRefusal) -> tuple[str, str]:  # noqa: C901, PLR0911, PLR0912  (one line a kind)
    """The problem, and what to type instead."""
    match reason:
        case NothingOpen(command, customer):
            return f"{customer} has nothing open.", _status(command)
        case CancelledAlready(command, customer, number):
            workflows = words.plural(number, "workflow")
            return f"What is open of {customer} is being cancelled already: {workflows}.", _terminate(command)
        case WholeRangeRuns(command, run):
            return f"A workflow over the whole campaign runs already: {open_work.run(run)}.", _split(command)
        case DaysRun(command, run):
            return f"Days of it run already: {open_work.run(run)}.", _free_days(command, run)
        case NoData(customer, whole):
            return f"{customer} has no data in {whole}, so there is nothing to run.", ""
        case CompleteAlready(command, customer, whole):
            again = command_form(command, "run", f"{whole} all")
            return f"{customer} is complete already in {whole}.", f"Type {again} to run it all again."
        case NoneFailed(command, customer, whole):
            missing = command_form(command, "run", f"{whole} missing")
            return f"No window of {customer} has failed in {whole}.", f"Type {missing} for what is missing."
        case RunsAlready(command, customer):
            return f"What is to be run of {customer} runs already.", _status(command)
        case WaitsAlready(by):
            return f"Queued already, by {by}.", ""
        case ChildGoesOn(customer, workflow_type, workflow_id, window):
            return (
                f"{workflow_type} {workflow_id} fills {window.briefly()} of {customer} already, and would go on "
                "beside the new windows: its parent has abandoned it.",
                "Wait until it has ended, or end it in Temporal first.",
            )
        case NoWorkers(task_queue, workflow_type, cluster):
            return (
                f"No worker polls task queue {task_queue} on {cluster} for workflows: what is started would wait.",
                f"Start a worker of {workflow_type} there first; the queue's name is in the configuration.",
            )
        case _:
            return _about_activities(reason)


def _about_activities(  # noqa: PLR0911  (one line a kind)
    reason: NoHeartbeats
    | TimeoutLongEnough
    | TimeoutsFixed
    | NothingWaits
    | ResetsNotOffered
    | NothingToPause
    | PausesNotOffered,
) -> tuple[str, str]:
    match reason:
        case NoHeartbeats(customer):
            return f"Nothing that runs of {customer} has a heartbeat timeout, so it cannot time out on one.", ""
        case TimeoutLongEnough(customer, longest):
            has = f"What runs of {customer} has a heartbeat timeout of {duration_text(longest)} already."
            return has, "Type a longer one."
        case TimeoutsFixed(command, cluster):
            cannot = f"The Temporal of {cluster} cannot change the heartbeat timeout of what runs."
            return cannot, f"{command_form(command, 'split')} runs smaller windows instead."
        case NothingWaits(command, customer):
            nothing = f"Nothing of {customer} waits for its next attempt."
            return (
                nothing,
                f"A reset would end an attempt that runs. {command_form(command, 'timeout')} gives it more time.",
            )
        case ResetsNotOffered(command, cluster):
            return f"The Temporal of {cluster} cannot reset an activity.", "Its next attempt begins by itself."
        case NothingToPause(command, customer, is_paused=True):
            resume = command_form(command, "resume")
            return f"What runs of {customer} is paused already.", f"Type {resume} to go on."
        case NothingToPause(command, customer):
            return f"Nothing that runs of {customer} has an activity to pause now.", _status(command)
        case PausesNotOffered(command, cluster):
            cannot = f"The Temporal of {cluster} cannot pause an activity or resume one."
            return cannot, f"What runs goes on by itself: {command_form(command, 'cancel')} ends it."


def about_sequence(reason: SequenceRefusal) -> tuple[str, str]:  # noqa: C901, PLR0911, PLR0912  (one line a kind)
    """The problem, and what to type instead."""
    match reason:
        case SecondSequence(_, sequence, _):
            return open_work.sequence(sequence), _steer(reason)
        case SequenceEnding(sequence):
            return open_work.sequence(sequence), "It starts no window any more."
        case StoppedAlready(command, sequence):
            return open_work.sequence(sequence), _terminate(command)
        case RetryLater(command, sequence):
            retry = command_form(command, "retry")
            return open_work.sequence(sequence), f"It is being cancelled; type {retry} again once it has ended."
        case NothingToRetry(which, sequence):
            return open_work.sequence(sequence), f"No window that is over {_NOT_AGAIN[which]}."
        case SameSize(command, days, sequence):
            status = command_form(command, "status")
            return open_work.sequence(sequence), f"Its windows have {words.days(days)} already; {status} shows them."
        case PausedAlready(command, customer):
            resume = command_form(command, "resume")
            return f"The sequence of {customer} is paused already.", f"Type {resume} to go on."
        case NotPaused(customer, sequence):
            return f"The sequence of {customer} is not paused.", open_work.sequence(sequence)
        case NoSequence(command, customer, run):
            problem = f"No sequence of {customer} is open, so there is nothing to {command.word()}."
            return problem, _goes_on(command, run) if run else _status(command)
        case NoSequenceToSkip(command, customer):
            cancel = command_form(command, "cancel")
            problem = f"No sequence of {customer} is open, so no days of it can be left out."
            return problem, f"Type {cancel}, without days, to cancel what runs."
        case NoDaysToCome(days, left, sequence):
            to_come = f"Still to come: {listed([window.briefly() for window in left])}. " if left else ""
            return f"No window of {days} is still to come.", f"{to_come}{open_work.sequence(sequence)}"
        case SequenceSilent(system, why):
            return f"{system}: {why}.", ""


def _steer(reason: SecondSequence) -> str:
    """What to type to pause, resume or change the sequence that is already open."""
    command, progress = reason.command, reason.sequence.standing.progress
    if reason.is_ending:
        terminate = command_form(command, "terminate")
        return f"Try again once it has ended; if it does not, {terminate} ends what is open."
    size = progress.size if progress else 1
    smaller = command_form(command, "split", f"windows {max(1, size // 2)}d")
    resize = f", or {smaller} for smaller windows from now on" if size > 1 else ""
    return f"Type {command_form(command, 'pause')} or {command_form(command, 'cancel')}{resize}."


def _goes_on(command: ControlRequest, run: RunFacts) -> str:
    running = f"{open_work.run_label(run)}, {open_work.how_it_runs(run)}"
    cancel = f"{command_form(command, 'cancel')} ends it."
    way = "To pause its activities, name the customer." if isinstance(command, Pause) else cancel
    return f"What runs goes on by itself: {running}. {way}"


def _free_days(command: ControlRequest, run: RunFacts) -> str:
    if run.is_whole:
        return _split(command)
    return f"Type {command_form(command, 'cancel')} first, or {command_form(command, 'run')} for windows."


def _split(command: ControlRequest) -> str:
    return f"Type {command_form(command, 'split')} to cancel it and run windows instead."


def _status(command: ControlRequest) -> str:
    return f"{command_form(command, 'status')} shows how it stands."


def _terminate(command: ControlRequest) -> str:
    return f"If it does not end, {command_form(command, 'terminate')} ends it without asking."
